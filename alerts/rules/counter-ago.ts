// What the counters of SLOs were at the beginning of windows: one look back for both of them.
import { RULE_SERIES } from '../../slo/names.ts';
import { CONTINUED } from './tile.ts';

/** Selects both counters of some SLOs. */
function bothCounters(matchers: string): string {
  return `{__name__=~"${RULE_SERIES.total}|${RULE_SERIES.bad}",${matchers}}`;
}

/** Both counters of some SLOs as they were; over a pause of the rules they stood still. */
export function countersAgo(matchers: string, ago: string): string {
  return `last_over_time(${bothCounters(matchers)}[${CONTINUED}] offset ${ago})`;
}

/** A union of two series as one, in which the label `of` tells those of bad events. */
export function markedBad(members: readonly string[], bad: string = RULE_SERIES.bad): string {
  return `label_replace(\n  ${members.join('\n  or ')}\n, "of", "bad", "__name__", "${bad}")`;
}

/** The recorded value of one of the counters. */
export function before(
  counter: typeof RULE_SERIES.total | typeof RULE_SERIES.bad,
  matchers: string,
): string {
  return `${RULE_SERIES.before}{${matchers},of="${counter === RULE_SERIES.bad ? 'bad' : ''}"}`;
}
