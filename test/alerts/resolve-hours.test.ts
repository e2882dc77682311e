import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActiveTimes } from '../../alerts/alertmanager/active-time.ts';
import type { HoursInput } from '../../alerts/define-hours.ts';
import { defineTeam } from '../../alerts/define-team.ts';
import { type TimeSpec, WEEKDAYS } from '../../alerts/hours.ts';
import { webhook } from '../../alerts/receivers/webhook.ts';
import { resolveTeam } from '../../alerts/resolve-team.ts';
import type { Resolved } from '../../slo/resolved.ts';
import type { Team } from '../../alerts/team.ts';
import { randomHours } from './random-workspace.ts';

const page = [webhook({ url: 'https://pager.example' })];

function resolve(hours: unknown): Resolved<Team> {
  return resolveTeam(defineTeam({ name: 'shop', page, hours: hours as HoursInput }), 'shop');
}

function specs(hours: unknown): readonly TimeSpec[] {
  const { value, diagnostics } = resolve(hours);
  expect(diagnostics).toEqual([]);
  return value?.hours ?? [];
}

describe('hours', () => {
  it('inside a day and a week stay as they are', () => {
    expect(
      specs({ zone: 'Europe/Berlin', days: 'monday:friday', from: '09:00', to: '17:30' }),
    ).toEqual([
      {
        times: [{ begin: 540, end: 1050 }],
        weekdays: [{ begin: 1, end: 5 }],
        location: 'Europe/Berlin',
      },
    ]);
    expect(specs({ zone: 'UTC' })).toEqual([{ location: 'UTC' }]);
  });

  it('over midnight are split, and the morning belongs to the evening before', () => {
    expect(specs({ zone: 'UTC', days: 'friday', from: '22:00', to: '06:00' })).toEqual([
      { times: [{ begin: 1320, end: 1440 }], weekdays: [{ begin: 5, end: 5 }], location: 'UTC' },
      { times: [{ begin: 0, end: 360 }], weekdays: [{ begin: 6, end: 6 }], location: 'UTC' },
    ]);
  });

  it('over the weekend are split where Alertmanager’s week begins', () => {
    const weekdays = [
      { begin: 0, end: 1 },
      { begin: 5, end: 6 },
    ];
    expect(specs({ zone: 'UTC', days: 'friday:monday' })).toEqual([{ weekdays, location: 'UTC' }]);
  });

  it('on dates are split by month, over the end of a year and a leap day too', () => {
    expect(
      specs({ zone: 'UTC', dates: '2027-12-31:2028-01-01', from: '20:00', to: '02:00' }),
    ).toEqual(
      [
        [2027, 12, 31, 31, 1200, 1440],
        [2028, 1, 1, 1, 1200, 1440],
        [2028, 1, 1, 2, 0, 120],
      ].map(([year = 0, month = 0, first = 0, last = 0, begin = 0, end = 0]) => ({
        times: [{ begin, end }],
        daysOfMonth: [{ begin: first, end: last }],
        months: [{ begin: month, end: month }],
        years: [{ begin: year, end: year }],
        location: 'UTC',
      })),
    );
    expect(specs({ zone: 'UTC', dates: '2028-02-29' })[0]?.daysOfMonth).toEqual([
      { begin: 29, end: 29 },
    ]);
  });

  it('hold exactly when the clock on the wall says so', () => {
    fc.assert(
      fc.property(randomHours, fc.integer({ min: 0, max: 800 * 24 * 60 }), (hours, minute) => {
        const at = Date.UTC(2026, 11, 1) + minute * 60_000;
        const times = createActiveTimes([
          {
            name: 'it',
            position: { line: 1, column: 1 },
            specs: specs(hours),
          },
        ]);
        expect(times.containing(['it'], at).length > 0).toBe(saysWall(hours, at));
      }),
      { numRuns: 2000 },
    );
  });

  it('that nobody can read are refused, each with what to write', () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      [{ zone: 'Europe/Berln' }, 'not-a-zone shop.hours.zone'],
      [{ zone: 'europe/berlin' }, 'not-a-zone shop.hours.zone'],
      [{ zone: 'Local' }, 'not-a-zone shop.hours.zone'],
      [{ zone: '+02:00' }, 'not-a-zone shop.hours.zone'],
      [{ from: '09:00' }, 'missing-field shop.hours.zone'],
      [{ zone: 'UTC', from: '9:00' }, 'unknown-value shop.hours.from'],
      [{ zone: 'UTC', to: '24:01' }, 'unknown-value shop.hours.to'],
      [{ zone: 'UTC', from: '08:00', to: '08:00' }, 'unknown-value shop.hours.to'],
      [{ zone: 'UTC', from: '24:00', to: '08:00' }, 'unknown-value shop.hours.from'],
      [{ zone: 'UTC', from: '08:00', to: '00:00' }, 'unknown-value shop.hours.to'],
      [{ zone: 'UTC', days: 'mon' }, 'unknown-value shop.hours.days'],
      [{ zone: 'UTC', days: [] }, 'unknown-value shop.hours.days'],
      [{ zone: 'UTC', dates: '2026-02-30' }, 'unknown-value shop.hours.dates'],
      [{ zone: 'UTC', dates: '2026-02-03:2026-02-01' }, 'unknown-value shop.hours.dates'],
      [[], 'missing-field shop.hours'],
      [[{ zone: 'UTC' }, { zone: 1 }], 'wrong-type shop.hours[1].zone'],
      ['nine to five', 'wrong-type shop.hours'],
    ];
    for (const [hours, told] of wrong) {
      const { diagnostics } = resolve(hours);
      expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toContain(told);
      for (const { remedy } of diagnostics) expect(remedy).not.toBe('');
    }
  });
});

/** Whether a moment is inside, told from the local clock alone: it began today, or yesterday before midnight. */
function saysWall(hours: HoursInput, at: number): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: hours.zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const minute = part('hour') * 60 + part('minute');
  const today = Date.UTC(part('year'), part('month') - 1, part('day'));
  const from = minutes(hours.from ?? '00:00');
  const to = minutes(hours.to ?? '24:00');
  if (from < to) return begins(hours, today) && minute >= from && minute < to;
  return (
    (begins(hours, today) && minute >= from) || (begins(hours, today - 86_400_000) && minute < to)
  );
}

function minutes(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}

function begins({ days, dates }: HoursInput, day: number): boolean {
  const weekday = new Date(day).getUTCDay();
  const ranges = days === undefined ? ['sunday:saturday'] : [days].flat();
  const onDay = ranges.some((range) => {
    const [first = '', last = first] = range.split(':');
    const names = [...WEEKDAYS, ...WEEKDAYS];
    const begin = names.findIndex((each) => each === first);
    const end = names.findIndex((each, index) => index >= begin && each === last);
    return names.slice(begin, end + 1).includes(WEEKDAYS[weekday] ?? 'sunday');
  });
  if (dates === undefined) return onDay;
  const [first = '', last = first] = dates.split(':');
  return onDay && day >= Date.parse(first) && day <= Date.parse(last);
}
