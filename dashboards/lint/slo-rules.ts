// Rules of our own that need more than the dashboard: which series and variables there are, and the numbers of alerts.
import { variablesOf } from '../../formats/query-variables.ts';
import { toNumber } from '../../slo/decimal.ts';
import { RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { panelBreach, queryBreach } from './panel-breach.ts';
import type { LintRule } from './rule.ts';

const variables: LintRule = {
  name: 'known-variable-rule',
  demand: 'Queries use variables that are there.',
  severity: 'error',
  check(dashboard) {
    const known = new Set(dashboard.variables.map(({ name }) => name));
    return dashboard.panels.flatMap((panel) =>
      panel.targets.flatMap((target) =>
        variablesOf(target.expression)
          .filter((name) => !known.has(name) && !name.startsWith('__') && !/^\d+$/.test(name))
          .map((name) =>
            queryBreach(
              { panel, target },
              `There is no variable ${name}.`,
              'Define it, or write its name right.',
            ),
          ),
      ),
    );
  },
};

const series: LintRule = {
  name: 'known-series-rule',
  demand: 'Series of SLOs are among those that rules and collector make.',
  severity: 'error',
  check: (_, { promql, queries }) =>
    queries('prometheus').flatMap(({ panel, target }) =>
      promql(target.expression)
        .selectors.flatMap(({ selector }) => selector.metric ?? [])
        .filter((metric) => metric.startsWith('ninefold_slo_') && !KNOWN_SERIES.has(metric))
        .map((metric) =>
          queryBreach(
            { panel, target },
            `Nothing makes ${metric}.`,
            `Take one of ${[...KNOWN_SERIES].toSorted().join(', ')}.`,
          ),
        ),
    ),
};

const alertNumber: LintRule = {
  name: 'threshold-equals-alert-rule',
  demand: 'Lines about an SLO are at the numbers that its alerts and its objective have.',
  severity: 'error',
  check: (dashboard, { promql, slos = [] }) =>
    dashboard.panels.flatMap((panel) => {
      const found = panel.targets.flatMap(({ expression }) => promql(expression).selectors);
      const metrics = new Set(found.map(({ selector }) => selector.metric));
      const ids = new Set(
        found.flatMap(({ selector }) =>
          selector.matchers.flatMap(({ name, operator, value }) =>
            name === 'slo' && operator === '=' ? value : [],
          ),
        ),
      );
      const slo = ids.size === 1 ? slos.find(({ id }) => ids.has(id)) : undefined;
      const allowed = slo === undefined ? undefined : alertNumbers(slo, metrics);
      if (allowed === undefined) return [];
      return panel.thresholds
        .filter((each) => !allowed.includes(each))
        .map((each) =>
          panelBreach(
            panel,
            `A line is at ${each}; the numbers of ${slo?.id ?? ''} are ${allowed.join(', ')}.`,
            'Take the number from the definition.',
          ),
        );
    }),
};

/** Series of SLOs, by collector or rules. */
export const KNOWN_SERIES: ReadonlySet<string> = new Set([
  ...Object.values(SERIES),
  ...Object.values(RULE_SERIES),
]);

export const SLO_RULES: readonly LintRule[] = [variables, series, alertNumber];

/** Numbers that lines may have in a panel of these metrics of an SLO; undefined when that is open. */
function alertNumbers(
  { burnPolicy, objective }: Slo,
  metrics: ReadonlySet<string | undefined>,
): readonly number[] | undefined {
  const only = metrics.size === 1 ? [...metrics][0] : undefined;
  if (only === SERIES.burnRate) return burnPolicy.conditions.map((each) => toNumber(each.burnRate));
  return only === SERIES.sli ? [toNumber(objective.target)] : undefined;
}
