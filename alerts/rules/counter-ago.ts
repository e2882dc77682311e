// What the counters of SLOs were at the beginning of windows: one look back for both of them.
import { RULE_SERIES } from '../../slo/names.ts';
import { CONTINUED } from './tile.ts';

/** Both counters of some SLOs as they were; over a pause of the rules they stood still. */
export function countersAgo(matchers: string, ago: string): string {
  const both = `{__name__=~"${RULE_SERIES.total}|${RULE_SERIES.bad}",${matchers}}`;
  return `last_over_time(${both}[${CONTINUED}] offset ${ago})`;
}

/** A union of them as it is recorded: one name holds both, and the label `of` tells the bad events. */
export function recordedTogether(members: readonly string[]): string {
  return `label_replace(\n  ${members.join('\n  or ')}\n, "of", "bad", "__name__", "${RULE_SERIES.bad}")`;
}

/** The recorded value of one of the counters. */
export function before(
  counter: typeof RULE_SERIES.total | typeof RULE_SERIES.bad,
  matchers: string,
): string {
  return `${RULE_SERIES.before}{${matchers},of="${counter === RULE_SERIES.bad ? 'bad' : ''}"}`;
}
