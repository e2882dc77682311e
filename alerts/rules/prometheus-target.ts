// Which Prometheus the rules are for, and what that version lacks.

export const PROMETHEUS_TARGETS = ['2.42', '3.5', '3.15'] as const;

export type PrometheusTarget = (typeof PROMETHEUS_TARGETS)[number];

/**
 * Since 3.0 a range leaves out its left edge, before it held both edges: a subquery over a tile then sees the tile's first
 * moment twice, once as the end of the tile before.
 */
export function rangeIsLeftOpen(target: PrometheusTarget): boolean {
  return target !== '2.42';
}

/** Since 3.0 metric and label names may hold any characters; the selector then quotes them. */
export function takesQuotedNames(target: PrometheusTarget): boolean {
  return target !== '2.42';
}
