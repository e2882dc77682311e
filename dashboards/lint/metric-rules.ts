// Rules of our own about what queries select: metrics that there are, in the installation that the reader chose.
import { formatSelector } from '../../formats/promql-selector.ts';
import type { LintedDashboard } from './linted-dashboard.ts';
import { queryBreach } from './panel-breach.ts';
import type { Breach, LintContext, LintRule } from './rule.ts';
import { KNOWN_SERIES } from './slo-rules.ts';

const metrics: LintRule = {
  name: 'known-metric-rule',
  demand: 'Every metric is one that something gives.',
  severity: 'error',
  check(_, { promql, metrics, queries }) {
    if (metrics === undefined) return [];
    return queries('prometheus').flatMap((place) =>
      promql(place.target.expression)
        .selectors.flatMap(({ selector }) => selector.metric ?? [])
        .filter((metric) => !isKnown(metric, metrics))
        .map((metric) =>
          queryBreach(
            place,
            `No metric ${metric} is known.`,
            'Write its name right, or add it to the list of known metrics.',
          ),
        ),
    );
  },
};

const scope: LintRule = {
  name: 'cluster-selector-rule',
  demand: 'Every query follows the reader’s choice of an installation.',
  severity: 'error',
  check: (dashboard, context) =>
    labelsOf(dashboard, context).flatMap((label) => scopeBreaches(dashboard, context, label)),
};

export const METRIC_RULES: readonly LintRule[] = [metrics, scope];

/** What Prometheus makes itself, what Ninefold makes, and what the list has. */
function isKnown(metric: string, metrics: ReadonlySet<string>): boolean {
  if (PROMETHEUS_OWN.has(metric) || KNOWN_SERIES.has(metric)) return true;
  if (metric.startsWith('ninefold_slo_')) return true; // A rule of its own tells those that nothing makes.
  // The list may have the name of a histogram, or those of its series.
  return metrics.has(metric) || metrics.has(metric.replace(/_(?:bucket|count|sum)$/, ''));
}

const PROMETHEUS_OWN: ReadonlySet<string> = new Set([
  'ALERTS',
  'ALERTS_FOR_STATE',
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
]);

function labelsOf({ variables }: LintedDashboard, { scopeLabels }: LintContext): readonly string[] {
  return scopeLabels ?? (variables.some(({ name }) => name === 'cluster') ? ['cluster'] : []);
}

function scopeBreaches(
  dashboard: LintedDashboard,
  { promql, queries }: LintContext,
  label: string,
): readonly Breach[] {
  const places = queries('prometheus');
  if (places.length === 0) return [];
  if (!dashboard.variables.some(({ name }) => name === label))
    return [
      {
        message: `There is no variable ${label}, so that all installations are thrown together.`,
        remedy: `Add a query variable ${label}, and ${label}=~"$${label}" to every selector.`,
      },
    ];
  return places.flatMap((place) =>
    promql(place.target.expression)
      .selectors.filter(({ selector }) => !selector.matchers.some(({ name }) => name === label))
      .map(({ selector }) =>
        queryBreach(
          place,
          `The selector ${formatSelector(selector)} takes every ${label}.`,
          `Add ${label}=~"$${label}" to it.`,
        ),
      ),
  );
}
