// Scenarios for SLIs of gauges: a gauge that is good, bad or gone, and what its slices count.
import { compileSelector, parseSelector } from '../../formats/promql-selector.ts';
import type { Comparison, GaugeForm } from '../../slo/sli.ts';
import { type Labels, labelsFor } from './sample-series.ts';
import type { Step } from './rule-scenario.ts';
import { pointOf } from './step-tile.ts';
import { TILE_SECONDS } from './tile.ts';

/** A gauge's state at a scrape; `none`: no scrape. */
export type GaugeState = 'good' | 'bad' | 'none';

export interface GaugeScenario {
  readonly name: string;
  /** What is scraped at every tile; nothing at the first. */
  readonly states: readonly GaugeState[];
}

/** A series whose value is that of the gauge, with values that are good and bad. */
export interface SampleGauge {
  readonly labels: Labels;
  readonly good: number;
  readonly bad: number;
}

/** Longer slices would take hours of samples. */
const LONGEST_SLICE = 300;

/** The series of a gauge that is one selector, or one aggregation of it; undefined for others. */
export function sampleGauge(
  { expression, goodWhen, sliceSeconds }: GaugeForm,
  groups: readonly string[],
): SampleGauge | undefined {
  if (sliceSeconds > LONGEST_SLICE || sliceSeconds % TILE_SECONDS !== 0) return undefined;
  const inner = /^\s*(?:max|min|avg|sum)\s*\((?<selector>.*)\)\s*$/s.exec(expression);
  const selector = parseSelector(inner?.groups?.['selector'] ?? expression);
  if (selector?.metric === undefined) return undefined;
  const labels = labelsFor(selector, groups);
  const { bound } = goodWhen;
  const values = [bound, bound + 1, bound - 1];
  const good = values.find((value) => compares(value, goodWhen));
  const bad = values.find((value) => !compares(value, goodWhen));
  if (!compileSelector(selector)(labels) || good === undefined || bad === undefined)
    return undefined;
  return { labels, good, bad };
}

function compares(value: number, { operator, bound }: Comparison): boolean {
  if (operator === '==') return value === bound;
  if (operator === '!=') return value !== bound;
  if (operator.endsWith('=') && value === bound) return true;
  return operator.startsWith('<') ? value < bound : value > bound;
}

/** In the order in which they are written, with slices of so many seconds. */
export function gaugeScenarios(sliceSeconds: number): readonly GaugeScenario[] {
  const slices = (count: number, state: GaugeState): readonly GaugeState[] =>
    Array.from({ length: (count * sliceSeconds) / TILE_SECONDS }, () => state);
  const known = [...slices(10, 'good')].fill('none', 0, 1);
  return [
    {
      name: 'down for ten slices',
      states: [...known, ...slices(10, 'bad'), ...slices(40, 'good')],
    },
    { name: 'down at one scrape', states: [...known, 'bad', ...slices(20, 'good')] },
    {
      name: 'data that are missing neither fire nor resolve a page',
      states: [...known, ...slices(6, 'bad'), ...slices(20, 'none')],
    },
  ];
}

/** What the slices of a gauge count, tile by tile: a slice is bad when any of its points is. */
export function gaugeSteps(states: readonly GaugeState[], sliceSeconds: number): readonly Step[] {
  const point = pointOf(sliceSeconds);
  return states.map((state, index) => {
    const ended = state === 'none' && index > 0 ? { ended: true } : {};
    const end = index * TILE_SECONDS;
    if (end % sliceSeconds !== 0) return { total: 0, bad: 0, ...ended };
    const points = Array.from(
      { length: sliceSeconds / point },
      (_, back) => states[Math.floor((end - back * point) / TILE_SECONDS)] ?? 'none',
    ).filter((seen) => seen !== 'none');
    return { total: points.length > 0 ? 1 : 0, bad: points.includes('bad') ? 1 : 0, ...ended };
  });
}
