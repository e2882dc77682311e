// How much of a dashboard is linted: what has more than any real one is told, and the rest of it is not looked at.
import type { LintedDashboard, LintedTarget } from './linted-dashboard.ts';
import type { Breach, LintRule } from './rule.ts';

/** Panels of a dashboard; one with a tenth of them is slow already. */
const MOST_LINTED_PANELS = 1000;
/** Variables of a dashboard. */
const MOST_VARIABLES = 200;
/** Queries of a dashboard. */
const MOST_QUERIES = 5000;
/** Characters of one query. */
const LONGEST_QUERY = 10_000;
/** Characters of all queries together. */
const MOST_QUERY_TEXT = 1_000_000;

/** The dashboard without what is too much of it, and what that was. */
export function boundDashboard(dashboard: LintedDashboard): {
  readonly bounded: LintedDashboard;
  readonly breaches: readonly Breach[];
} {
  const breaches: Breach[] = [];
  const tell = (message: string, at?: Pick<Breach, 'path' | 'panel'>): void => {
    breaches.push({ ...at, message, remedy: 'Split it; the rest was not looked at.' });
  };
  const { panels, variables } = dashboard;
  if (panels.length > MOST_LINTED_PANELS)
    tell(`It has ${panels.length} panels; at most ${MOST_LINTED_PANELS} are linted.`);
  if (variables.length > MOST_VARIABLES)
    tell(`It has ${variables.length} variables; at most ${MOST_VARIABLES} are linted.`);
  let queries = 0;
  let text = 0;
  const fits = ({ expression }: LintedTarget): boolean => {
    queries += 1;
    text += Math.min(LONGEST_QUERY, expression.length);
    return queries <= MOST_QUERIES && text <= MOST_QUERY_TEXT;
  };
  const bounded = panels.slice(0, MOST_LINTED_PANELS).map((panel) => {
    const { path, title } = panel;
    const targets = panel.targets.filter(fits).map((target): LintedTarget => {
      if (target.expression.length <= LONGEST_QUERY) return target;
      tell(
        `A query has ${target.expression.length} characters; at most ${LONGEST_QUERY} are read.`,
        {
          path,
          panel: title,
        },
      );
      return { ...target, expression: '' };
    });
    return { ...panel, targets };
  });
  if (queries > MOST_QUERIES || text > MOST_QUERY_TEXT)
    tell(
      `It has more than ${MOST_QUERIES} queries or ${MOST_QUERY_TEXT} characters of them together.`,
    );
  return {
    bounded: { ...dashboard, variables: variables.slice(0, MOST_VARIABLES), panels: bounded },
    breaches,
  };
}

/** What `boundDashboard` finds, as a rule that can be named. */
export const SIZE_RULE: Pick<LintRule, 'name' | 'demand' | 'severity'> = {
  name: 'dashboard-size-rule',
  demand: 'A dashboard is small enough to be looked at as a whole.',
  severity: 'error',
};
