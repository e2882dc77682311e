// The linter: every rule over any dashboard of Grafana's, one alone or several together.
import { promqlProblems, selectorsIn } from '../../formats/dashboard-query.ts';
import type { LintException } from '../dashboard.ts';
import { DASHBOARD_RULES } from './dashboard-rules.ts';
import { objectOf } from './json-reader.ts';
import type { LintedDashboard } from './linted-dashboard.ts';
import { PANEL_RULES } from './panel-rules.ts';
import { QUERY_RULES } from './query-rules.ts';
import { readClassic } from './read-classic.ts';
import { readResource } from './read-resource.ts';
import { READER_RULES } from './reader-rules.ts';
import type { LintFinding, LintKnowledge, LintRule, ReadPromql } from './rule.ts';
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
  const { exceptions = [] } = knowledge;
  const dashboard = readDashboard(json);
  if (dashboard === undefined)
    return { findings: [NO_DASHBOARD], excepted: [], unused: exceptions };
  const context = { ...knowledge, promql: createPromqlReader() };
  const all = LINT_RULES.flatMap((rule) =>
    rule.check(dashboard, context).map((breach): LintFinding => ({
      rule: rule.name,
      severity: rule.severity,
      dashboard: dashboard.title,
      ...breach,
    })),
  );
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

function createPromqlReader(): (expression: string) => ReadPromql {
  const known = new Map<string, ReadPromql>();
  return (expression) => {
    let read = known.get(expression);
    if (read === undefined) {
      read = { problems: promqlProblems(expression), selectors: selectorsIn(expression) };
      known.set(expression, read);
    }
    return read;
  };
}

const NO_DASHBOARD: LintFinding = {
  rule: 'dashboard-rule',
  severity: 'error',
  dashboard: '',
  message: 'This is no dashboard of Grafana: it has neither panels nor a spec with elements.',
  remedy: 'Give the JSON of a dashboard, classic or as a resource.',
};

function readDashboard(json: unknown): LintedDashboard | undefined {
  const object = objectOf(json);
  if ('elements' in objectOf(object['spec']))
    return readResource(objectOf(object['spec']), objectOf(object['metadata']));
  if ('elements' in object) return readResource(object, {});
  // What the HTTP API answers has the dashboard within, and so has a resource of the first version.
  for (const within of [object['dashboard'], object['spec'], object]) {
    const classic = objectOf(within);
    if ('panels' in classic || 'rows' in classic || 'schemaVersion' in classic)
      return readClassic(classic);
  }
  return undefined;
}
