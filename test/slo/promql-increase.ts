// PromQL's increase() as Prometheus computes it (promql/functions.go, extrapolatedRate), to hold exact counting against.

/** A raw sample: seconds, value. */
export type Sample = readonly [at: number, value: number];

/**
 * increase() over `window` seconds that end at `at`; undefined where Prometheus has no result.
 * @param closedLeft whether the range holds its left edge, as before Prometheus 3
 */
export function promqlIncrease(
  samples: readonly Sample[],
  at: number,
  window: number,
  closedLeft = false,
): number | undefined {
  const start = at - window;
  const inside = samples.filter(([t]) => t <= at && (closedLeft ? t >= start : t > start));
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || inside.length < 2) return undefined;
  let result = last[1] - first[1];
  for (const [k, [, value]] of inside.entries()) {
    const before = inside[k - 1]?.[1] ?? 0;
    if (value < before) result += before;
  }
  const sampled = last[0] - first[0];
  const spacing = sampled / (inside.length - 1);
  let toStart = first[0] - start;
  let toEnd = at - last[0];
  if (toStart >= spacing * 1.1) toStart = spacing / 2;
  // A counter is not extrapolated below zero.
  if (result > 0 && first[1] >= 0) toStart = Math.min(toStart, sampled * (first[1] / result));
  if (toEnd >= spacing * 1.1) toEnd = spacing / 2;
  return result * ((sampled + toStart + toEnd) / sampled);
}
