// The two counters of an SLO: cumulative sums of events, of which any window is the difference of two values.
import { RULE_SERIES } from '../../slo/names.ts';
import { nominalSeconds } from '../../slo/window.ts';
import { formatDuration } from '../../slo/duration.ts';
import { indented, sumBy } from './counter-tile.ts';
import type { CountedSlos } from './counted-slos.ts';
import type { RecordingRule } from './rule.ts';
import { instanceLabelsOf, type SloSet } from './slo-set.ts';
import { type EventTile, OF } from './event-tile.ts';
import { CONTINUED, TILE_SECONDS } from './tile.ts';

/** Records both counters; the first evaluation that sees a series twice begins them. */
export function eventCounters(counted: CountedSlos, set: SloSet): readonly RecordingRule[] {
  const { tile, labels } = counted;
  const { both } = tile;
  const { total, bad } = RULE_SERIES;
  // Bad events are known to be none as soon as any are counted.
  const none = `0 * ${isAlone(counted) ? `${sumBy(counted.keys)} ` : ''}(${total}{${set.matchers}})`;
  if (both !== undefined) return countersOfOneTile(counted, set, both, none);
  return [
    { record: total, labels, expr: sums(counted, set, soFar(set, total), tile.total) },
    { record: bad, labels, expr: `${sums(counted, set, soFar(set, bad), tile.bad)}\nor ${none}` },
  ];
}

/** One look at the series for both counters. */
function countersOfOneTile(
  counted: CountedSlos,
  set: SloSet,
  { members, told }: NonNullable<EventTile['both']>,
  none: string,
): readonly RecordingRule[] {
  const { labels, keys } = counted;
  const { total, bad } = RULE_SERIES;
  // Relabelled in the tile in which they were born, series take more away than they add.
  const events = `clamp_min(${sumBy([...keys, OF])} (\n  ${indented(members.join('\nor '))}\n), 0)`;
  const sum = isAlone(counted) ? sumBy(keys) : `sum by (${instanceLabelsOf(set.slos)})`;
  // Of this evaluation: were the tile not evaluated, its last one would be added again.
  const added = (matcher: string): string =>
    `last_over_time(${RULE_SERIES.tile}{${set.matchers}${matcher}}[${TILE_SECONDS / 2}s])`;
  const grown = (series: string, matcher: string): string => {
    const before = `label_replace(${soFar(set, series)}, "${OF}", "before", "", "")`;
    return `${sum} (${before} or ${added(matcher)})`;
  };
  const ofBad = `,${OF}="${told.matching === 'bad' ? 'bad' : ''}"`;
  return [
    {
      record: RULE_SERIES.tile,
      labels,
      expr: isAlone(counted) ? events : counted.named(events),
    },
    { record: total, labels, expr: grown(total, '') },
    { record: bad, labels, expr: `${grown(bad, ofBad)}\nor ${none}` },
  ];
}

/** One SLO needs no labels that tell it from others; its rules set them. */
function isAlone({ labels }: CountedSlos): boolean {
  return Object.keys(labels).length > 0;
}

function sums(
  counted: CountedSlos,
  { slos }: SloSet,
  before: string,
  members: readonly string[],
): string {
  if (isAlone(counted))
    return `${sumBy(counted.keys)} (\n  ${indented([before, ...members].join('\nor '))}\n)`;
  const events = `${sumBy(counted.keys)} (\n  ${indented(members.join('\nor '))}\n)`;
  const tile = `label_replace(${counted.named(events)}, "part", "tile", "", "")`;
  return `sum by (${instanceLabelsOf(slos)}) (\n  ${indented(`${before}\nor ${tile}`)}\n)`;
}

/**
 * The counter's last value. A group in which nothing happened for a whole compliance window
 * ends, so that groups that came and went do not add up for ever; of one whose series are still there both counters begin
 * anew, which shows in the total: it does not fall otherwise.
 */
function soFar({ slos, matchers }: SloSet, series: string): string {
  const value = (offset = ''): string =>
    `last_over_time(${series}{${matchers}}[${CONTINUED}]${offset})`;
  const [slo] = slos;
  if (slo?.groupBy === undefined) return value();
  const labels = ['slo', ...slo.groupBy.labels].join(', ');
  if (series === RULE_SERIES.bad) {
    const now = `${RULE_SERIES.total}{${matchers}}`;
    const last = `last_over_time(${now}[${CONTINUED}] offset ${TILE_SECONDS / 2}s)`;
    return `(${value()} and on (${labels}) ${now} unless on (${labels}) ${now} < ${last})`;
  }
  const ago = ` offset ${formatDuration(Math.max(nominalSeconds(slo.window), LONGEST_IDLE))}`;
  return `(${value()} unless ${value()} == ${value(ago)})`;
}

/** Alert windows may be longer than the compliance window. */
const LONGEST_IDLE = 30 * 86_400;
