// Calendar periods against the cases of the engine theory, section 5, and their conservation over a century (property 22).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarPeriod, createCalendar } from '../../slo/calendar.ts';
import { calendar, CALENDAR_UNITS, type CalendarUnit } from '../../slo/window.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const period = (unit: CalendarUnit, zone: string, instant: string) => {
  const { start, end } = calendarPeriod(calendar(unit, zone), at(instant));
  return { start: iso(start), end: iso(end), hours: (end - start) / 3600 };
};
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16) + 'Z';

describe('calendar periods', () => {
  it.each([
    [
      'month',
      'America/New_York',
      '2026-03-15T12:00Z',
      '2026-03-01T05:00Z',
      '2026-04-01T04:00Z',
      743,
    ],
    [
      'month',
      'America/New_York',
      '2026-11-15T12:00Z',
      '2026-11-01T04:00Z',
      '2026-12-01T05:00Z',
      721,
    ],
    [
      'month',
      'America/New_York',
      '2026-02-15T12:00Z',
      '2026-02-01T05:00Z',
      '2026-03-01T05:00Z',
      672,
    ],
    ['day', 'America/New_York', '2026-03-08T12:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z', 23],
    ['day', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T04:00Z', '2026-11-02T05:00Z', 25],
    [
      'week',
      'America/New_York',
      '2026-03-08T12:00Z',
      '2026-03-02T05:00Z',
      '2026-03-09T04:00Z',
      167,
    ],
    [
      'week',
      'America/New_York',
      '2026-10-26T12:00Z',
      '2026-10-26T04:00Z',
      '2026-11-02T05:00Z',
      169,
    ],
    [
      'quarter',
      'America/New_York',
      '2026-02-15T12:00Z',
      '2026-01-01T05:00Z',
      '2026-04-01T04:00Z',
      2159,
    ],
    [
      'quarter',
      'America/New_York',
      '2026-12-31T12:00Z',
      '2026-10-01T04:00Z',
      '2027-01-01T05:00Z',
      2209,
    ],
    [
      'year',
      'America/New_York',
      '2026-07-04T12:00Z',
      '2026-01-01T05:00Z',
      '2027-01-01T05:00Z',
      8760,
    ],
    ['month', 'Europe/Berlin', '2026-03-15T12:00Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z', 743],
    ['month', 'Europe/Berlin', '2026-10-15T12:00Z', '2026-09-30T22:00Z', '2026-10-31T23:00Z', 745],
    ['month', 'Europe/London', '2026-03-15T12:00Z', '2026-03-01T00:00Z', '2026-03-31T23:00Z', 743],
    [
      'month',
      'Australia/Lord_Howe',
      '2026-04-15T12:00Z',
      '2026-03-31T13:00Z',
      '2026-04-30T13:30Z',
      720.5,
    ],
    ['month', 'Asia/Kathmandu', '2026-02-15T12:00Z', '2026-01-31T18:15Z', '2026-02-28T18:15Z', 672],
    ['day', 'Africa/Cairo', '2026-04-24T12:00Z', '2026-04-23T22:00Z', '2026-04-24T21:00Z', 23],
    ['day', 'America/Sao_Paulo', '2018-11-04T12:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z', 23],
    ['day', 'Pacific/Apia', '2011-12-30T09:59Z', '2011-12-29T10:00Z', '2011-12-30T10:00Z', 24],
    ['day', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z', 24],
  ] as const)('the %s in %s around %s', (unit, zone, instant, start, end, hours) => {
    expect(period(unit, zone, instant)).toEqual({ start, end, hours });
  });

  it('begin on Monday when they are weeks, also over the turn of a year', () => {
    expect(period('week', 'UTC', '2027-01-02T00:00Z')).toMatchObject({
      start: '2026-12-28T00:00Z',
      end: '2027-01-04T00:00Z',
    });
  });

  it('begin when the first midnight comes, where clocks go back over midnight', () => {
    // Newfoundland went back from 00:01 to 23:01: its second 23:30 comes after the next day has begun.
    expect(period('day', 'America/St_Johns', '2010-11-07T02:29Z')).toMatchObject({
      start: '2010-11-06T02:30Z',
      end: '2010-11-07T02:30Z',
    });
    expect(period('day', 'America/St_Johns', '2010-11-07T03:00Z')).toMatchObject({
      start: '2010-11-07T02:30Z',
      hours: 25,
    });
  });

  it('are cut to the instant: the last second before a boundary and the boundary itself differ', () => {
    const berlin = calendar('month', 'Europe/Berlin');
    const boundary = at('2026-03-31T22:00Z');
    expect(calendarPeriod(berlin, boundary - 1).end).toBe(boundary);
    expect(calendarPeriod(berlin, boundary).start).toBe(boundary);
  });

  it('are refused in a zone that does not exist', () => {
    expect(() => calendarPeriod(calendar('day', 'Europe/Atlantis'), 0)).toThrow(RangeError);
  });

  it('tile a century without gap or overlap, in 30 zones', () => {
    for (const zone of ZONES)
      for (const unit of ['year', 'quarter', 'month'] as const)
        expect(brokenTiles(zone, unit, at('2000-01-01T12:00Z'), at('2100-01-01T12:00Z'))).toEqual(
          [],
        );
  });

  it('tile by weeks and days over years in which zones changed their rules', () => {
    for (const zone of ZONES) {
      expect(brokenTiles(zone, 'week', at('2009-01-01T12:00Z'), at('2012-01-01T12:00Z'))).toEqual(
        [],
      );
      expect(brokenTiles(zone, 'day', at('2010-10-01T12:00Z'), at('2011-04-15T12:00Z'))).toEqual(
        [],
      );
    }
  });

  it('hold every instant, remembered or not', () => {
    const remembering = createCalendar();
    fc.assert(
      fc.property(
        fc.constantFrom(...CALENDAR_UNITS),
        fc.constantFrom(...ZONES),
        fc.integer({ min: at('2000-01-01T00:00Z'), max: at('2100-01-01T00:00Z') }),
        (unit, zone, instant) => {
          const window = calendar(unit, zone);
          const { start, end } = calendarPeriod(window, instant);
          expect(start).toBeLessThanOrEqual(instant);
          expect(end).toBeGreaterThan(instant);
          for (const near of [instant, end, start - 1, instant])
            expect(remembering.period(window, near)).toEqual(calendarPeriod(window, near));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Periods that do not end where the next begins, or whose edges leave the grid of 15 minutes that counts are kept on. */
function brokenTiles(
  zone: string,
  unit: CalendarUnit,
  from: number,
  to: number,
): readonly unknown[] {
  const window = calendar(unit, zone);
  const first = calendarPeriod(window, from);
  let [sum, count] = [0, 0];
  let current = first;
  const wrong: unknown[] = [];
  for (;;) {
    if (!(current.start < current.end) || current.start % 900 !== 0) wrong.push(current);
    sum += current.end - current.start;
    if (current.end > to) break;
    const next = calendarPeriod(window, current.end);
    if (next.start !== current.end) wrong.push([current, next]);
    if (++count % 8 === 0 && calendarPeriod(window, current.end - 1).end !== current.end)
      wrong.push(current);
    current = next;
  }
  if (sum !== current.end - first.start) wrong.push(`${zone}: ${unit}s add up to ${sum} s`);
  return wrong;
}

const ZONES = [
  'UTC',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/Johannesburg',
  'America/Argentina/Buenos_Aires',
  'America/Caracas',
  'America/Havana',
  'America/Los_Angeles',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Dhaka',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Asia/Tokyo',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Europe/Berlin',
  'Europe/Istanbul',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
] as const;
