// Rules of our own about what a panel tells its reader: where numbers come from, in what unit, and what emptiness means.
import type { FoundSelector } from '../../formats/dashboard-query.ts';
import { panelBreach } from './panel-breach.ts';
import type { LintRule } from './rule.ts';

const empty: LintRule = {
  name: 'panel-empty-state-rule',
  demand: 'A panel without data says what that means.',
  severity: 'warning',
  check: ({ panels }) =>
    panels
      .filter(({ type }) => ['stat', 'gauge', 'timeseries', 'table', 'bargauge'].includes(type))
      .filter(({ noValue = '' }) => noValue === '')
      .map((panel) =>
        panelBreach(panel, 'It says nothing when it has no data.', 'Set noValue: “No traffic”.'),
      ),
};

const source: LintRule = {
  name: 'description-source-rule',
  demand: 'The description of a panel names a metric that it shows, and the SLO when it shows one.',
  severity: 'warning',
  check: (_, { promql, queries: queriesTo }) =>
    [...Map.groupBy(queriesTo('prometheus'), ({ panel }) => panel)].flatMap(([panel, queries]) => {
      const selectors = queries.flatMap(({ target }) => promql(target.expression).selectors);
      const metrics = new Set(selectors.flatMap(({ selector }) => selector.metric ?? []));
      const slos = new Set(
        selectors.flatMap(({ selector }) =>
          selector.matchers.flatMap(({ name, operator, value }) =>
            name === 'slo' && operator === '=' ? value : [],
          ),
        ),
      );
      const says = (text: string): boolean => panel.description.includes(text);
      // What an alert shows is best said by its name.
      const alerts = selectors.flatMap(({ selector }) =>
        selector.matchers.flatMap(({ name, value }) =>
          name === 'alertname' || name === 'alert' ? value : [],
        ),
      );
      // The buckets of a histogram are best said by the name of all of it.
      const bases = [...metrics].map((metric) => metric.replace(/_(?:bucket|count|sum)$/, ''));
      const named = [...bases, ...alerts].some(says);
      return [
        ...(metrics.size === 0 || named
          ? []
          : [
              panelBreach(
                panel,
                `Its description names none of ${[...metrics].join(', ')}.`,
                'Say where the numbers come from.',
              ),
            ]),
        ...(slos.size === 1 && ![...slos].every(says)
          ? [
              panelBreach(
                panel,
                `Its description does not name ${[...slos].join()}.`,
                'Name the SLO.',
              ),
            ]
          : []),
      ];
    }),
};

const unitFits: LintRule = {
  name: 'unit-fits-rule',
  demand: 'The unit is that of the metric.',
  severity: 'warning',
  check: (dashboard, { promql }) =>
    dashboard.panels.flatMap((panel) => {
      // Columns have units of their own, and words none.
      const [unit, ...others] = panel.units;
      if (unit === undefined || others.length > 0 || panel.hasMappings) return [];
      return panel.targets.flatMap(({ expression }) => {
        const metric = plainMetric(expression, promql(expression).selectors);
        const [suffix, fitting] =
          METRIC_UNITS.find(([ending]) => metric?.endsWith(ending) === true) ?? [];
        if (suffix === undefined || fitting === undefined || fitting.includes(unit)) return [];
        return [
          panelBreach(panel, `${metric ?? ''} is shown as ${unit}.`, `Show it as ${fitting[0]}.`),
        ];
      });
    }),
};

export const READER_RULES: readonly LintRule[] = [empty, source, unitFits];

/** Endings of metric names and the units that they mean; the first fitting one is the best. */
const METRIC_UNITS: readonly (readonly [string, readonly string[]])[] = [
  ['_timestamp_seconds', ['dateTimeFromNow', 'dateTimeAsIso', 's']],
  ['_seconds', ['s', 'dtdurations', 'dthms', 'dtdhms', 'clocks']],
  ['_bytes', ['bytes', 'decbytes']],
  ['_ratio', ['percentunit']],
];

/** The metric of an expression that shows its very values: a selector, or the highest, lowest or mean of one. */
function plainMetric(expression: string, selectors: readonly FoundSelector[]): string | undefined {
  const [first, ...more] = selectors;
  if (more.length > 0 || first?.range !== undefined) return undefined;
  // Runs of blanks would make the patterns slow.
  const plain = expression.replaceAll(/\s+/g, ' ');
  const rest = plain.replace(/^\s*(?:max|min|avg)(?:\s+(?:by|without)\s*\([^)]*\))?\s*\(/, '');
  return /^\s*[A-Za-z_:]\w*\s*(?:\{[^}]*\})?\s*\)?\s*$/.test(rest)
    ? first?.selector.metric
    : undefined;
}
