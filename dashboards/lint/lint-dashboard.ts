// The linter: every rule over any dashboard of Grafana's, one alone or several together.
import { readPromql } from '../../formats/dashboard-query.ts';
import type { LintException } from '../dashboard.ts';
import { DASHBOARD_RULES } from './dashboard-rules.ts';
import { boundDashboard, SIZE_RULE } from './bounded-dashboard.ts';
import type { LintedDashboard } from './linted-dashboard.ts';
import { METRIC_RULES } from './metric-rules.ts';
import { PANEL_RULES } from './panel-rules.ts';
import { QUERY_RULES } from './query-rules.ts';
import { readDashboard } from './read-dashboard.ts';
import { READER_RULES } from './reader-rules.ts';
import type { Breach, LintFinding, LintKnowledge, LintRule } from './rule.ts';
import { SLO_RULES } from './slo-rules.ts';
import { queriesOf } from './telemetry.ts';
import { VARIABLE_RULES } from './variable-rules.ts';

/** In the order in which findings are told. */
export const LINT_RULES: readonly LintRule[] = [
  ...VARIABLE_RULES,
  ...PANEL_RULES,
  ...QUERY_RULES,
  ...DASHBOARD_RULES,
  ...READER_RULES,
  ...SLO_RULES,
  ...METRIC_RULES,
];

/** Where a breach is that an exception allows, and the exception's reason. */
export interface ExceptedBreach
  extends Omit<LintFinding, 'message' | 'remedy' | 'severity'>, LintException {}

export interface LintResult {
  readonly findings: readonly LintFinding[];
  /** Breaches that an exception allows, with its reason. */
  readonly excepted: readonly ExceptedBreach[];
  /** Exceptions that nothing needs any more. */
  readonly unused: readonly LintException[];
}

/** Lints a dashboard of any format, as parsed JSON. Never throws: what is no dashboard is a finding. */
export function lintDashboard(json: unknown, knowledge: LintKnowledge = {}): LintResult {
  const dashboard = readDashboard(json);
  if (dashboard !== undefined) return lintReadDashboard(dashboard, knowledge);
  return { findings: [NO_DASHBOARD], excepted: [], unused: knowledge.exceptions ?? [] };
}

/** Lints a dashboard that was read. */
export function lintReadDashboard(
  dashboard: LintedDashboard,
  knowledge: LintKnowledge = {},
): LintResult {
  const { exceptions = [] } = knowledge;
  const { bounded, breaches } = boundDashboard(dashboard);
  const context = {
    ...knowledge,
    promql: remembering(knowledge.promql ?? readPromql),
    queries: remembering((plugin) => queriesOf(bounded, plugin)),
  };
  const rules = [
    { rule: SIZE_RULE, found: breaches },
    ...LINT_RULES.map((rule) => ({ rule, found: rule.check(bounded, context) })),
  ].filter(({ found }) => found.length > 0);
  const reasons = new Map(exceptions.map(({ rule, reason }) => [rule, reason]));
  const broken = new Set(rules.map(({ rule }) => rule.name));
  const { title } = dashboard;
  return {
    findings: rules.flatMap(({ rule, found }) =>
      reasons.has(rule.name) ? [] : found.map((breach) => findingOf(rule, title, breach)),
    ),
    excepted: rules.flatMap(({ rule, found }) => {
      const reason = reasons.get(rule.name);
      return reason === undefined
        ? []
        : found.map((breach) => exceptedOf(rule, title, breach, reason));
    }),
    unused: exceptions.filter(({ rule }) => !broken.has(rule)),
  };
}

type NamedRule = Pick<LintRule, 'name' | 'severity'>;

function findingOf(
  { name, severity }: NamedRule,
  dashboard: string,
  { message, ...breach }: Breach,
): LintFinding {
  const text = typeof message === 'string' ? message : message();
  return { rule: name, severity, dashboard, ...breach, message: text };
}

function exceptedOf(
  { name }: NamedRule,
  dashboard: string,
  { panel, path, target }: Breach,
  reason: string,
): ExceptedBreach {
  return {
    rule: name,
    reason,
    dashboard,
    ...(panel !== undefined && { panel }),
    ...(path !== undefined && { path }),
    ...(target !== undefined && { target }),
  };
}

/** Every rule asks for the same. */
function remembering<T extends object>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = read(key);
    known.set(key, value);
    return value;
  };
}

const NO_DASHBOARD: LintFinding = {
  rule: 'dashboard-rule',
  severity: 'error',
  dashboard: '',
  message: 'This is no dashboard of Grafana: it has neither panels nor a spec with elements.',
  remedy: 'Give the JSON of a dashboard, classic or as a resource.',
};
