// The events of one tile out of raw counters: every increase once, restarts and late-born series included.
import { formatStringLiteral } from '../../formats/string-literal.ts';
import { OF, type ToldBad } from './event-tile.ts';
import { AT_END, AT_START, PRESENT, REMEMBERED } from './tile.ts';

/** Labels that tell one scraped process from another; series that differ in these were never one. */
const TARGET = ['job', 'instance'];

/** Smaller births cannot do harm when they are taken for new though they are only relabelled. */
const HARMLESS = 100;

export interface CounterTile {
  /** PromQL vector selector that fixes the metric. */
  readonly selector: string;
  /** Selectors whose series prove that a target was scraped before. */
  readonly known: readonly string[];
  /** Labels that keep the events apart. */
  readonly groups: readonly string[];
  /** The label whose values tell the SLOs of a family apart: a target is known to each of them by itself. */
  readonly key?: string;
  /** Tells bad events from good ones by the label `ninefold_of`. */
  readonly told?: ToldBad;
}

/**
 * The members of a union whose sum is the number of events in the tile. No `increase()`, which extrapolates: the
 * differences of one series' tiles add up to the difference of its ends, by the same rule as the collector's counter fold.
 */
export function counterTile({
  selector,
  known,
  groups,
  key,
  told,
}: CounterTile): readonly string[] {
  const now = `last_over_time(${selector}[${PRESENT}] ${AT_END})`;
  const before = `last_over_time(${selector}[${REMEMBERED}] ${AT_START})`;
  const proof = known.map((each) => `last_over_time(${each}[${REMEMBERED}] ${AT_START})`);
  const own = key === undefined ? TARGET : [...new Set([...TARGET, key])];
  const kinds = told === undefined ? [] : [OF];
  const target = [...new Set([...own, ...groups, ...kinds])].join(', ');
  const marked = (text: string): string => (told === undefined ? text : markedOf(text, told));
  const members = [
    `(${now} - ${before} >= 0)`,
    // Else it began again, or was born at a target that is known: all of its value is new.
    `(${now} >= 0 and on (${own.join(', ')}) (${proof.join(' or ')}))`,
  ];
  return [
    ...(told === undefined ? members : [marked(members.join('\nor '))]),
    // What a target's new series took over from series of its own that ended was counted before: they are only relabelled.
    [
      `label_replace(-${sumBy([...groups, ...kinds])} (`,
      `  sum by (${target}) (${marked(`last_over_time(${selector}[${REMEMBERED}] ${AT_END}) unless (${selector} ${AT_END})`)})`,
      `  <= (sum by (${target}) (${marked(`${now} unless ${before}`)}) >= ${HARMLESS})`,
      `), "part", "relabelled", "", "")`,
    ].join('\n'),
  ];
}

function markedOf(text: string, { label, pattern, matching }: ToldBad): string {
  return `label_replace(${text}, "${OF}", "${matching}", "${label}", ${formatStringLiteral(pattern)})`;
}

/** `sum`, kept apart by labels when there are any. */
export function sumBy(groups: readonly string[]): string {
  return groups.length === 0 ? 'sum' : `sum by (${groups.join(', ')})`;
}

/** Further lines two columns to the right. */
export function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
