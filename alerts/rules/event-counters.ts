// The two counters of an SLO: cumulative sums of events, of which any window is the difference of two values.
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { nominalSeconds } from '../../slo/window.ts';
import { formatDuration } from '../../slo/duration.ts';
import { indented, sumBy } from './counter-tile.ts';
import type { EventTile } from './event-tile.ts';
import type { RecordingRule } from './rule.ts';
import { CONTINUED } from './tile.ts';

/** Records both counters; the first evaluation that sees a series twice begins them. */
export function eventCounters(slo: Slo, tile: EventTile): readonly RecordingRule[] {
  const labels = { slo: slo.id, service: slo.service.name };
  const groups = slo.groupBy?.labels ?? [];
  const { total, bad } = RULE_SERIES;
  const known = `${total}{slo="${slo.id}"}`;
  const sum = sumBy(groups);
  const sums = (before: string, members: readonly string[]): string =>
    `${sum} (\n  ${indented([before, ...members].join('\nor '))}\n)`;
  return [
    { record: total, labels, expr: sums(soFar(slo, total), tile.total) },
    // Bad events are known to be none as soon as any are counted.
    {
      record: bad,
      labels,
      expr: `${sums(soFar(slo, bad), tile.bad)}\nor 0 * ${sum} (${known})`,
    },
  ];
}

/**
 * The counter's last value. A group in which nothing happened for a whole compliance window
 * ends, so that groups that came and went do not add up for ever.
 */
function soFar(slo: Slo, series: string): string {
  const value = (offset = ''): string =>
    `last_over_time(${series}{slo="${slo.id}"}[${CONTINUED}]${offset})`;
  if (slo.groupBy === undefined) return value();
  const labels = ['slo', ...slo.groupBy.labels].join(', ');
  if (series === RULE_SERIES.bad)
    return `(${value()} and on (${labels}) ${RULE_SERIES.total}{slo="${slo.id}"})`;
  const ago = ` offset ${formatDuration(Math.max(nominalSeconds(slo.window), LONGEST_IDLE))}`;
  return `(${value()} unless ${value()} == ${value(ago)})`;
}

/** Alert windows may be longer than the compliance window. */
const LONGEST_IDLE = 30 * 86_400;
