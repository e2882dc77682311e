import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActiveTimes } from '../../../alerts/alertmanager/active-time.ts';
import type { Range, TimeIntervalSpec } from '../../../alerts/alertmanager/configuration.ts';
import { parseInstant } from '../../../alerts/alertmanager/instant.ts';
import { spec } from './written-configuration.ts';

const HOUR_MS = 3_600_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const position = { line: 1, column: 1 };

const containing = (given: Partial<TimeIntervalSpec>, atMs: number, localZone?: string): boolean =>
  createActiveTimes([{ name: 'x', position, specs: [spec(given)] }], localZone).containing(
    ['x'],
    atMs,
  ).length > 0;

const at = (text: string): number => parseInstant(text) ?? Number.NaN;

describe('a time interval', () => {
  it('begins with its first minute and ends before its last', () => {
    const times = [{ begin: 9 * 60, end: 17 * 60 }];
    expect(containing({ times }, at('2026-03-02T08:59:59.999Z'))).toBe(false);
    expect(containing({ times }, at('2026-03-02T09:00:00Z'))).toBe(true);
    expect(containing({ times }, at('2026-03-02T16:59:59.999Z'))).toBe(true);
    expect(containing({ times }, at('2026-03-02T17:00:00Z'))).toBe(false);
  });

  it('holds always without fields, and never without specs', () => {
    expect(containing({}, at('2026-03-02T08:59:59Z'))).toBe(true);
    const none = createActiveTimes([{ name: 'x', position, specs: [] }]);
    expect(none.containing(['x'], 0)).toEqual([]);
  });

  it.each([
    ['2026-02-28', -1, -1, true],
    ['2026-02-27', -1, -1, false],
    ['2028-02-28', -1, -1, false],
    ['2026-02-28', 29, 31, false],
    ['2026-02-28', 20, 31, true],
    ['2026-02-01', -31, -28, true],
    ['2026-04-30', 1, -1, true],
  ])('of days, on %s, from %i to %i: %s', (date, begin, end, expected) => {
    expect(containing({ daysOfMonth: [{ begin, end }] }, at(`${date}T12:00:00Z`))).toBe(expected);
  });

  it('reads the wall of its own zone, and Local that of the host', () => {
    const times = [{ begin: 2 * 60, end: 3 * 60 }];
    const spring = at('2026-03-29T00:30:00Z');
    expect(containing({ times, location: 'Europe/Berlin' }, spring)).toBe(false);
    expect(containing({ times, location: 'Europe/Berlin' }, at('2026-03-28T01:30:00Z'))).toBe(true);
    // Clocks skip from 02:00 to 03:00.
    expect(containing({ times, location: 'Europe/Berlin' }, at('2026-03-29T01:00:00Z'))).toBe(
      false,
    );
    // And show the hour twice in autumn.
    for (const hour of ['00', '01'])
      expect(
        containing({ times, location: 'Europe/Berlin' }, at(`2026-10-25T${hour}:30:00Z`)),
      ).toBe(true);
    expect(
      containing({ times, location: 'Local' }, at('2026-07-01T00:30:00Z'), 'Europe/Berlin'),
    ).toBe(true);
    expect(containing({ times, location: 'Local' }, at('2026-07-01T02:30:00Z'))).toBe(true);
  });

  it('names a zone that nobody knows', () => {
    expect(() => containing({ location: 'Europe/Atlantis' }, 0)).toThrow("'Europe/Atlantis'");
  });

  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
  ];
  const range = (least: number, most: number): fc.Arbitrary<Range> =>
    fc
      .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
      .map(([a, b]) => ({ begin: Math.min(a, b), end: Math.max(a, b) }));
  const ranges = (least: number, most: number) =>
    fc.option(fc.array(range(least, most), { minLength: 1, maxLength: 2 }), { nil: undefined });
  const specs = fc.record({
    times: ranges(0, 1440),
    weekdays: ranges(0, 6),
    daysOfMonth: fc.option(
      fc.array(fc.oneof(range(1, 31), range(-31, -1), fc.constant({ begin: 3, end: -2 })), {
        minLength: 1,
        maxLength: 2,
      }),
      { nil: undefined },
    ),
    months: ranges(1, 12),
    years: ranges(2025, 2027),
    location: fc.constantFrom(...ZONES),
  });
  // Days around which these zones turn their clocks, and ends of months.
  const days = fc.constantFrom(
    '2026-03-29',
    '2026-10-25',
    '2026-03-08',
    '2026-11-01',
    '2026-04-05',
    '2026-10-04',
    '2028-02-29',
    '2025-12-31',
  );

  it('agrees with each field looked up minute by minute, also on days when clocks turn', () => {
    fc.assert(
      fc.property(specs, days, fc.integer({ min: 0, max: 59 }), (given, day, offset) => {
        const times = createActiveTimes([{ name: 'x', position, specs: [given] }]);
        const start = Date.parse(`${day}T00:00:00Z`) - 14 * HOUR_MS;
        // Every seventh minute of the day and the next, wherever it is, from another minute each time.
        for (let minute = offset % 7; minute < 62 * 60; minute += 7) {
          const now = start + minute * 60_000;
          const wall = shownAt(given.location, now);
          expect({ now, wall, holds: times.containing(['x'], now).length > 0 }).toEqual({
            now,
            wall,
            holds: bruteForce(given, wall),
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

interface Wall {
  readonly date: string;
  readonly time: string;
  readonly weekday: string;
}

/** What a zone's clock and calendar show, as Intl says it: the implementation asks Temporal. */
function shownAt(zone: string, atMs: number): Wall {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  );
  const [year, month, day, hour, minute] = (
    ['year', 'month', 'day', 'hour', 'minute'] as const
  ).map((type) => parts.get(type));
  return {
    date: `${year}-${month}-${day}`,
    time: `${hour}:${minute}`,
    weekday: parts.get('weekday') ?? '',
  };
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  formatters.set(zone, made);
  return made;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether what the wall shows is in the list of all values that a field allows. */
function bruteForce(given: TimeIntervalSpec, { date, time, weekday }: Wall): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const lists = (field: readonly Range[] | undefined, value: number, last?: number): boolean =>
    field === undefined ||
    field.some(({ begin, end }) => {
      const resolve = (day: number): number => (day < 0 ? (last ?? 0) + 1 + day : day);
      const values: number[] = [];
      for (let each = resolve(begin); each <= resolve(end); each += 1) values.push(each);
      return values.includes(value);
    });
  const minutes = given.times?.map(({ begin, end }) => ({ begin, end: end - 1 }));
  return (
    lists(minutes, hour * 60 + minute) &&
    lists(given.weekdays, WEEKDAYS.indexOf(weekday)) &&
    lists(given.daysOfMonth, day, new Date(Date.UTC(year, month, 0)).getUTCDate()) &&
    lists(given.months, month) &&
    lists(given.years, year)
  );
}

describe('an instant', () => {
  it.each([
    ['2026-03-29T02:30:00+02:00', '2026-03-29T00:30:00.000Z'],
    ['2026-03-29 02:30Z', '2026-03-29T02:30:00.000Z'],
    ['2026-03-29T02:30:00.123456789-05:30', '2026-03-29T08:00:00.123Z'],
    ['2026-07-01T12:00[Europe/Berlin]', '2026-07-01T10:00:00.000Z'],
    // Skipped, and shown twice.
    ['2026-03-29T02:30[Europe/Berlin]', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T02:30[Europe/Berlin]', '2026-10-25T00:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(at(text)).toISOString()).toBe(expected);
  });

  it.each([
    '2026-03-29T02:30:00',
    '2026-02-29T02:30:00Z',
    '2026-03-29',
    '2026-03-29T24:30:00Z',
    '2026-03-29T02:30[Europe/Atlantis]',
    'now',
  ])('%s is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('of any zone is the first at which its wall shows that', () => {
    const minutesBetween = (first: string, last: string): fc.Arbitrary<number> =>
      fc.integer({ min: Date.parse(first) / 60_000, max: Date.parse(last) / 60_000 });
    const turnedBack = ['2026-04-04', '2026-10-24', '2026-10-29', '2026-10-31'].map((day) =>
      minutesBetween(`${day}T12:00Z`, new Date(Date.parse(day) + 36 * HOUR_MS).toISOString()),
    );
    const instants = fc.tuple(
      fc.oneof(minutesBetween('2026-01-01', '2027-12-31'), ...turnedBack),
      fc.constantFrom(
        'Europe/Berlin',
        'America/New_York',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
        'Africa/Cairo',
      ),
    );
    fc.assert(
      fc.property(instants, ([minutes, zone]) => {
        const shown = shownAt(zone, minutes * 60_000);
        const parsed = at(`${shown.date}T${shown.time}[${zone}]`);
        expect(shownAt(zone, parsed)).toEqual(shown);
        // Clocks go back by an hour or, on Lord Howe, by half of it.
        for (const earlier of [30, 60])
          expect(shownAt(zone, parsed - earlier * 60_000)).not.toEqual(shown);
      }),
      { numRuns: 2000 },
    );
  });
});
