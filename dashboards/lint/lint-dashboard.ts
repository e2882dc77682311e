// The linter: every rule over any dashboard of Grafana's, one alone or several together.
import { readPromql, type ReadPromql } from '../../formats/dashboard-query.ts';
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

export interface LintResult {
  readonly findings: readonly LintFinding[];
  /** Breaches that an exception allows, with its reason. */
  readonly excepted: readonly (LintFinding & { readonly reason: string })[];
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
  const context = { ...knowledge, promql: remembering(knowledge.promql ?? readPromql) };
  const told =
    ({ name, severity }: Pick<LintRule, 'name' | 'severity'>) =>
    (breach: Breach): LintFinding => ({
      rule: name,
      severity,
      dashboard: dashboard.title,
      ...breach,
    });
  const all = [
    ...breaches.map(told(SIZE_RULE)),
    ...LINT_RULES.flatMap((rule) => rule.check(bounded, context).map(told(rule))),
  ];
  const reasons = new Map(exceptions.map(({ rule, reason }) => [rule, reason]));
  const broken = new Set(all.map(({ rule }) => rule));
  return {
    findings: all.filter(({ rule }) => !reasons.has(rule)),
    excepted: all.flatMap((finding) => {
      const reason = reasons.get(finding.rule);
      return reason === undefined ? [] : [{ ...finding, reason }];
    }),
    unused: exceptions.filter(({ rule }) => !broken.has(rule)),
  };
}

/** Every rule asks for the same expressions. */
function remembering(read: (expression: string) => ReadPromql): (expression: string) => ReadPromql {
  const known = new Map<string, ReadPromql>();
  return (expression) => {
    const before = known.get(expression) ?? read(expression);
    known.set(expression, before);
    return before;
  };
}

const NO_DASHBOARD: LintFinding = {
  rule: 'dashboard-rule',
  severity: 'error',
  dashboard: '',
  message: 'This is no dashboard of Grafana: it has neither panels nor a spec with elements.',
  remedy: 'Give the JSON of a dashboard, classic or as a resource.',
};
