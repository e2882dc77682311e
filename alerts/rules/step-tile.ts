// The events of one tile out of PromQL judged step by step: gauges and expressions, on the same steps as the collector.
import { checkPromql, substituteStep } from '../../formats/promql.ts';
import type { ExpressionForm, GaugeForm } from '../../slo/sli.ts';
import { sumBy } from './counter-tile.ts';
import type { EventTile } from './event-tile.ts';
import { type PrometheusTarget, rangeIsLeftOpen } from './prometheus-target.ts';
import { AT_END, TILE_SECONDS } from './tile.ts';

/**
 * A subquery is evaluated at whole multiples of its step, wherever the evaluation itself falls: the tile takes the steps
 * that end in it, and so every step of the collector exactly once.
 */
export function stepTile(
  form: ExpressionForm | GaugeForm,
  groups: readonly string[],
  target: PrometheusTarget,
): EventTile {
  return form.form === 'gauge'
    ? gaugeTile(form, groups, target)
    : expressionTile(form, groups, target);
}

function expressionTile(
  { total, part, counted, stepSeconds }: ExpressionForm,
  groups: readonly string[],
  target: PrometheusTarget,
): EventTile {
  const amount = (expression: string): string =>
    `clamp_min(${sumBy(groups)} (${vectorOf(substituteStep(expression, stepSeconds))}), 0)`;
  const [all, some] = [amount(total), amount(part)];
  const bad =
    counted === 'bad'
      ? `${all} - clamp_min(${all} - ${some}, 0)`
      : `clamp_min(${all} - (${some} or 0 * ${all}), 0)`;
  return {
    total: [stepsOf(all, stepSeconds, target)],
    bad: [stepsOf(bad, stepSeconds, target)],
    measured: `count(last_over_time((${all})[1s:1s] ${AT_END}))`,
  };
}

/** Points of a slice are at most so far apart, as the collector's. */
const LONGEST_POINT_SECONDS = 15;

function gaugeTile(
  { expression, goodWhen, sliceSeconds }: GaugeForm,
  groups: readonly string[],
  target: PrometheusTarget,
): EventTile {
  const gauge = vectorOf(expression);
  const count = groups.length === 0 ? 'count' : `count by (${groups.join(', ')})`;
  const range = `${rangeText(sliceSeconds, target)}:${pointOf(sliceSeconds)}s`;
  const once = (points: string): string =>
    `max_over_time((${count} (${points}) > bool 0)[${range}])`;
  // What does not compare at all, as NaN, is not good.
  const failing = `${gauge} unless ${gauge} ${goodWhen.operator} ${goodWhen.bound}`;
  return {
    total: [stepsOf(once(gauge), sliceSeconds, target)],
    bad: [stepsOf(once(failing), sliceSeconds, target)],
    measured: `count(last_over_time(${gauge}[1s:1s] ${AT_END}))`,
  };
}

/** What a value at the end of each step adds up to over the steps that end in the tile. */
function stepsOf(value: string, stepSeconds: number, target: PrometheusTarget): string {
  return `sum_over_time((${value})[${rangeText(TILE_SECONDS, target)}:${stepSeconds}s] ${AT_END})`;
}

/** A range without its left edge, which Prometheus before 3.0 takes in. */
function rangeText(seconds: number, target: PrometheusTarget): string {
  return rangeIsLeftOpen(target) ? `${seconds}s` : `${seconds * 1000 - 1}ms`;
}

/** The widest distance of points that divides the slice into at least two, as the collector's. */
export function pointOf(sliceSeconds: number): number {
  for (let points = 2; points < sliceSeconds; points += 1)
    if (sliceSeconds % points === 0 && sliceSeconds / points <= LONGEST_POINT_SECONDS)
      return sliceSeconds / points;
  return 1;
}

function vectorOf(expression: string): string {
  // A comment at its end must not swallow what follows.
  const text = expression.includes('#') ? `\n${expression}\n` : expression;
  return checkPromql(expression).type === 'scalar' ? `vector(${text})` : `(${text})`;
}
