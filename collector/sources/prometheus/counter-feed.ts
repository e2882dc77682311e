// A counter SLO made ready to judge series: which label sets belong to its total, which to the counted part.
import { parseSelector, type Selector } from '../../../formats/promql-selector.ts';
import type { CellWidth } from '../../../slo/counts.ts';
import { CELL_WIDTHS } from '../../../slo/counts.ts';
import type { CounterForm, CounterQuery } from '../../../slo/sli.ts';
import type { Slo } from '../../../slo/slo.ts';
import { readBound } from './histogram-bound.ts';
import { compileMatcher, type LabelSet } from './label-matcher.ts';

/** One of an SLO's two queries. */
export interface FeedSelector {
  readonly selector: Selector;
  /** Bucket bound as a number, when the query is for one bucket. */
  readonly bound: number | undefined;
  matches(labels: LabelSet): boolean;
}

export interface CounterFeed {
  readonly slo: Slo;
  readonly form: CounterForm;
  readonly total: FeedSelector;
  readonly part: FeedSelector;
  /** The widest cell in which old counts of this SLO may be told: its time slices need it narrow. */
  readonly coarsest: CellWidth;
}

/** A counter SLI that cannot be read; the message names the SLO, the query and what to write instead. */
export class CounterFeedError extends Error {
  constructor(slo: Slo, query: CounterQuery, reason: string, options: { cause?: unknown } = {}) {
    super(`SLO ${slo.id}: counter query ${JSON.stringify(query)}: ${reason}`, options);
    this.name = 'CounterFeedError';
  }
}

/** Whether the SLO's SLI is read from raw counters. */
export function isCounterSlo(slo: Slo): boolean {
  return slo.sli.form.form === 'counters';
}

/** @throws CounterFeedError, TypeError when the SLI is of another form */
export function createCounterFeed(slo: Slo): CounterFeed {
  const form = slo.sli.form;
  if (form.form !== 'counters') throw new TypeError(`SLO ${slo.id} is not read from counters`);
  return {
    slo,
    form,
    total: compile(slo, form.total),
    part: compile(slo, form.part),
    coarsest: coarsestCell(slo),
  };
}

function compile(slo: Slo, query: CounterQuery): FeedSelector {
  const selector = parseSelector(query.selector);
  if (selector === undefined)
    throw new CounterFeedError(
      slo,
      query,
      'not a vector selector: write a metric name with matchers, without range, offset or function',
    );
  const bound = query.le === undefined ? undefined : readBound(query.le);
  if (Number.isNaN(bound))
    throw new CounterFeedError(slo, query, "the bound is not a number: write '0.5' or '+Inf'");
  try {
    const tests = selector.matchers.map(compileMatcher);
    const { metric } = selector;
    return {
      selector,
      bound,
      matches: (labels) =>
        (metric === undefined || labels['__name__'] === metric) &&
        tests.every((test) => test(labels)) &&
        (bound === undefined || readBound(labels['le'] ?? '') === bound),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CounterFeedError(slo, query, reason, { cause });
  }
}

function coarsestCell(slo: Slo): CellWidth {
  if (slo.method.kind === 'occurrences') return 900;
  const { sliceSeconds } = slo.method;
  return CELL_WIDTHS.findLast((width) => sliceSeconds % width === 0) ?? 1;
}
