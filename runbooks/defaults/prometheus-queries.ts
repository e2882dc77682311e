// Queries that a human puts to Prometheus about an SLI: how much is bad now, and which part of it.
import { substituteStep } from '../../formats/promql.ts';
import { formatSelector, parseSelector } from '../../formats/promql-selector.ts';
import type { CounterForm, CounterQuery, ExpressionForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';

/** Labels that tell copies of one thing apart; without them the thing itself shows. */
const COPIES = 'instance, pod, container, endpoint';

/** The share of bad events over a range such as '5m', of each group where the SLO has groups. */
export function counterRatio({ groupBy }: Slo, form: CounterForm, range: string): string {
  const by = groupBy === undefined ? '' : ` by (${groupBy.labels.join(', ')})`;
  const sum = (query: CounterQuery): string => `sum${by}(rate(${selectorOf(query)}[${range}]))`;
  const ratio = `${sum(form.part)} / ${sum(form.total)}`;
  return form.counted === 'bad' ? ratio : `1 - ${ratio}`;
}

/** The ten kinds of series with the most bad events a second. */
export function worstSeries(form: CounterForm): string {
  const sum = (query: CounterQuery): string =>
    `sum without (le, ${COPIES})(rate(${selectorOf(query)}[5m]))`;
  // Where good events are counted, a kind of series without any is bad altogether.
  const rest = `${sum(form.total)} - ${sum(form.part)} or ${sum(form.total)}`;
  const bad = form.counted === 'bad' ? sum(form.part) : rest;
  return `topk(10, ${bad})`;
}

/** The same by instance: whether it is one of them, or all. */
export function worstInstances(form: CounterForm): string {
  const sum = (query: CounterQuery): string => `sum by (instance)(rate(${selectorOf(query)}[5m]))`;
  const ratio = `${sum(form.part)} / ${sum(form.total)}`;
  return form.counted === 'bad' ? `topk(10, ${ratio})` : `topk(10, 1 - ${ratio})`;
}

/** The latency that a share of the events stays below, in the unit of the histogram. */
export function latencyQuantile(form: CounterForm, quantile: string): string {
  return `histogram_quantile(${quantile}, sum by (le)(rate(${form.part.selector}[5m])))`;
}

/** The share of bad events of an expression over a range. */
export function expressionRatio(form: ExpressionForm, seconds: number): string {
  const value = (query: string): string => `(${substituteStep(query, seconds)})`;
  const ratio = `${value(form.part)} / ${value(form.total)}`;
  return form.counted === 'bad' ? ratio : `1 - ${ratio}`;
}

/** The series that a counter query means; a bucket's bound as Prometheus 2 and 3 spell it. */
export function selectorOf({ selector, le }: CounterQuery): string {
  const parsed = parseSelector(selector);
  if (le === undefined || parsed === undefined) return selector;
  const bound = /^\d+$/.test(le)
    ? ({ name: 'le', operator: '=~', value: String.raw`${le}|${le}\.0` } as const)
    : ({ name: 'le', operator: '=', value: le } as const);
  return formatSelector({ ...parsed, matchers: [...parsed.matchers, bound] });
}
