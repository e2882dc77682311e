// Which SLOs a signal tells of, and how its PromQL is put together.
import type { Slo } from '../../slo/slo.ts';
import { SERIES } from '../../slo/names.ts';
import { promqlSignal, type Signal } from '../signal.ts';
import type { Unit } from '../unit.ts';
import { dialectOf, type SeriesDialect, type Site } from './series-source.ts';

/** Which SLOs, and which labels tell the numbers apart. */
export interface SignalScope {
  /** All that may be selected; what they have in common needs no distinction. */
  readonly slos: readonly Slo[];
  readonly site: Site;
  /** Label matchers without braces. */
  readonly matchers: string;
  readonly by: readonly string[];
  /** Of many groups of an SLO only the ten with the least budget left. @default false */
  readonly worstOnly?: boolean;
}

interface ScopedSignal<U extends Unit> {
  readonly name: string;
  readonly description: string;
  readonly unit: U;
  readonly text: (dialect: SeriesDialect) => string | undefined;
}

export function ofScope<U extends Unit>(
  { slos, site, by }: SignalScope,
  { name, description, unit, text }: ScopedSignal<U>,
): Signal<U> {
  // Nobody needs to be told which SLO it is where there is one.
  const labels = by.filter((label) => label !== 'slo' || slos.length > 1);
  // A text for no dialect: such a signal has nothing to ask, and panels without questions are left out.
  const expression = text(dialectOf(slos, site)) ?? {};
  return promqlSignal({
    name,
    description,
    unit,
    expression,
    labels: by,
    legend: labels.length === 0 ? name : labels.map((label) => `{{${label}}}`).join(' '),
  });
}

/** The same ten groups at every moment of a chart, and in every chart of a page. */
export function only(scope: SignalScope, { select }: SeriesDialect, expression: string): string {
  if (scope.worstOnly !== true) return expression;
  const groups = scope.by.filter((label) => label !== 'window').join(', ');
  const left = select(SERIES.budgetRemaining, scope.matchers);
  return `${expression} and on (${groups}) bottomk(10, min by (${groups}) (${left} @ end()))`;
}

export function grouping({ by }: SignalScope): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`;
}
