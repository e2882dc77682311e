// Counts of log lines as LogQL: all lines of a window, and the bad ones among them.
import { formatDuration } from '../../slo/duration.ts';
import type { LogForm } from '../../slo/sli.ts';

/** Events of one window as two expressions, each of which reads the lines anew wherever it stands. */
export interface WindowCounts {
  readonly total: string;
  readonly bad: string;
}

/** Windows end so long before their evaluation, because lines that are still under way would make good ones look bad. */
export const SETTLE_SECONDS = 10;

/** The counts of a window of seconds; one value for each set of values of the labels. */
export function lineCounts(
  { total, counted, part }: LogForm,
  groups: readonly string[],
  seconds: number,
): WindowCounts {
  const sum = groups.length === 0 ? 'sum' : `sum by (${groups.join(', ')}) `;
  const window = `[${formatDuration(seconds)}] offset ${SETTLE_SECONDS}s`;
  const lines = (query: string): string =>
    `${sum}(count_over_time(${closed(query.trim())}${window}))`;
  const all = lines(total);
  if (counted === 'bad') return { total: all, bad: lines(part) };
  const good = lines(part);
  // No good line at all is no zero in LogQL but nothing, and nothing less is nothing: a total outage would be silent.
  const bad =
    groups.length === 0 ? `(${all} - (${good} or vector(0)))` : `(${all} - ${good} or ${all})`;
  return { total: all, bad };
}

/** A query whose comment, if it ends in one, does not swallow what follows. */
function closed(query: string): string {
  return query.includes('#') ? `${query}\n` : query;
}
