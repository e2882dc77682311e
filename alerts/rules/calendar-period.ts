// Calendar windows in rules: the number of the running period, and what the counters said as it began.
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { CalendarUnit, CalendarWindow } from '../../slo/window.ts';
import type { RecordingRule } from './rule.ts';
import { instanceLabelsOf, matchersOf } from './slo-set.ts';
import { CONTINUED, SETTLE_SECONDS, TILE_SECONDS } from './tile.ts';
import { zoneOffset } from './zone-offset.ts';

export type CalendarSlo = Slo & { readonly window: CalendarWindow };

export function isCalendarSlo(slo: Slo): slo is CalendarSlo {
  return slo.window.kind === 'calendar';
}

/** Records periods and both counters at their beginning; a period begins with the tile that holds its first moment. */
export function periodRules(slos: readonly CalendarSlo[]): readonly RecordingRule[] {
  if (slos.length === 0) return [];
  const { period, periodStartTotal, periodStartBad, total, bad } = RULE_SERIES;
  const own = `{${matchersOf(slos)}}`;
  const numbers = slos.map(({ id, service, window }) => {
    const named = `label_replace(vector(1) * ${periodNumber(window)}, "slo", "${id}", "", "")`;
    return `label_replace(${named}, "service", "${service.name}", "", "")`;
  });
  const before = `last_over_time(${period}${own}[${CONTINUED}]`;
  return [
    {
      record: period,
      labels: {},
      // Clocks that go back over midnight do not bring the old period back.
      expr: `max by (slo, service) (\n  ${numbers.join('\n  or ')}\n  or label_replace(${before}), "part", "before", "", "")\n)`,
    },
    periodStart(periodStartTotal, total, slos),
    periodStart(periodStartBad, bad, slos),
  ];
}

/** The counter one evaluation before the period began; nought when it began later itself. */
function periodStart(record: string, counter: string, slos: readonly Slo[]): RecordingRule {
  const own = `{${matchersOf(slos)}}`;
  const by = `max by (${instanceLabelsOf(slos)})`;
  const { period } = RULE_SERIES;
  const ago = `[${CONTINUED}] offset ${TILE_SECONDS}s`;
  const changed = `${period}${own} > max by (slo, service) (last_over_time(${period}${own}${ago}))`;
  return {
    record,
    labels: {},
    expr: [
      `(${by} (last_over_time(${counter}${own}${ago})) and on (slo) (${changed}))`,
      `or ${by} (last_over_time(${record}${own}[${CONTINUED}]))`,
      `or 0 * ${counter}${own}`,
    ].join('\n'),
  };
}

/** A number that changes when, and only when, a period of the unit begins in the zone. */
function periodNumber({ unit, zone }: CalendarWindow): string {
  const now = `(time() - ${SETTLE_SECONDS})`;
  return PERIODS[unit](`vector(${now} + ${zoneOffset(zone, now)})`);
}

/** Of local time as seconds since 1970, which began on a Thursday. */
const PERIODS: Readonly<Record<CalendarUnit, (local: string) => string>> = {
  day: (local) => `floor(${local} / 86400)`,
  week: (local) => `floor((${local} + 259200) / 604800)`,
  month: (local) => `(year(${local}) * 12 + month(${local}))`,
  quarter: (local) => `(year(${local}) * 4 + floor((month(${local}) - 1) / 3))`,
  year: (local) => `year(${local})`,
};
