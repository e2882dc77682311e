// The LogQL that counts lines cell by cell, and the reading of its answer.
import type { Cell, CellWidth, EpochSeconds } from '../../../slo/counts.ts';

/** A stretch of whole cells: `[from, to)`, both multiples of `width`. */
export interface CellRange {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly width: CellWidth;
}

/**
 * The metric query whose point at `t` counts the lines of the cell that ends at `t`.
 *
 * Loki counts `(t − width, t]`, both to the nanosecond, while a cell is `[t − width, t)`: without more, a line stamped
 * exactly on the boundary, as all lines with whole seconds are, would fall into the cell before. Looking one
 * millisecond back puts every line with a time of whole milliseconds into its own cell, and any line into exactly one.
 * (Loki 3.7 answers nothing at all, without an error, to an offset of microseconds or nanoseconds.)
 */
export function countQuery(logQuery: string, width: CellWidth, groupBy: readonly string[]): string {
  const by = groupBy.length === 0 ? '' : ` by (${groupBy.join(', ')})`;
  // On a line of its own, because a query may end in a comment.
  return `sum${by} (count_over_time(${logQuery}\n[${width}s] offset 1ms))`;
}

/** The parameters of query_range for the cells of a range. */
export function rangeParameters(query: string, { from, to, width }: CellRange): URLSearchParams {
  return new URLSearchParams({
    query,
    start: nanoseconds(from + width),
    end: nanoseconds(to),
    step: `${width}s`,
  });
}

function nanoseconds(seconds: EpochSeconds): string {
  return `${seconds}000000000`;
}

/** Lines counted in one cell of one group. */
export interface LineCount {
  readonly start: Cell['start'];
  readonly lines: number;
}

/** One group's labels with its non-empty cells. */
export interface LineSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: readonly LineCount[];
}

/** The series of an answer. @throws RangeError when the text is no answer of query_range with a matrix */
export function readMatrix(text: string, { from, to, width }: CellRange): LineSeries[] {
  const wrong = (what: string): never => {
    throw new RangeError(`${what}: ${text.slice(0, 200)}`);
  };
  let answer: {
    readonly status?: unknown;
    readonly data?: { readonly resultType?: unknown; readonly result?: unknown };
  };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return wrong('the answer is not JSON');
  }
  const result = answer?.data?.result;
  if (
    answer?.status !== 'success' ||
    answer.data?.resultType !== 'matrix' ||
    !Array.isArray(result)
  )
    return wrong('the answer holds no matrix');
  return result.map((series: { metric?: unknown; values?: unknown }) => {
    const { metric, values } = series;
    if (typeof metric !== 'object' || metric === null || !Array.isArray(values))
      return wrong('a series is unreadable');
    const counts: LineCount[] = [];
    for (const pair of values as readonly unknown[]) {
      const [time, value] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
      const lines = Number(value);
      if (typeof time !== 'number' || !Number.isSafeInteger(lines) || lines < 0)
        return wrong('a count is not a whole number');
      const start = Math.round(time) - width;
      if (start >= from && start < to && lines > 0) counts.push({ start, lines });
    }
    return { labels: metric as LineSeries['labels'], counts };
  });
}
