// Checks stretches of local time as written, and splits them into what Alertmanager can hold.
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import { type Report, printValue } from '../slo/diagnostic.ts';
import {
  type CalendarDay,
  daysInMonth,
  type Span,
  splitSpan,
  type TimeSpec,
  WEEKDAYS,
} from './hours.ts';

const SHAPE = {
  known: ['zone', 'days', 'dates', 'from', 'to'],
  needed: ['zone'],
  example: `{ zone: 'Europe/Berlin', days: 'monday:friday', from: '09:00', to: '17:00' }`,
};

const MOST_SPANS = 50;

/** Reads one stretch of time or a list of them; undefined when the property is absent or nothing of it is right. */
export function readHours(reader: DefinitionReader, name: string): readonly TimeSpec[] | undefined {
  const written = reader.raw(name);
  if (written === undefined) return undefined;
  const list = Array.isArray(written) ? reader.list(name, MOST_SPANS) : [written];
  if (list?.length === 0)
    return reader.refuse(name, {
      code: 'missing-field',
      message: 'The list is empty: there is no time in it.',
      remedy: `Write ${SHAPE.example}.`,
    });
  const specs = list?.flatMap((each, index) => {
    const path = Array.isArray(written) ? `${reader.at(name)}[${index}]` : reader.at(name);
    return readSpan(each, path, reader.report) ?? [];
  });
  return specs === undefined || specs.length === 0 ? undefined : specs;
}

function readSpan(written: unknown, path: string, report: Report): readonly TimeSpec[] | undefined {
  const reader = readDefinition(written, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const zone = reader.text('zone', 100);
  if (zone !== undefined && !isTimeZone(zone))
    reader.refuse('zone', {
      code: 'not-a-zone',
      message: `${printValue(zone)} is not a time zone of the IANA database.`,
      remedy: `Write one such as 'Europe/Berlin' or 'UTC'.`,
    });
  const weekdays = readDays(reader);
  const dates = readDates(reader);
  const from = readClock(reader, 'from', 0);
  const to = readClock(reader, 'to', 1440);
  if (from === undefined || to === undefined || weekdays === undefined) return undefined;
  if (from === 1440 || to === 0 || from === to)
    return reader.refuse(from === 1440 ? 'from' : 'to', {
      code: 'unknown-value',
      message: 'Nobody can tell whether this is no time at all or a whole day.',
      remedy: `Leave out from and to for a whole day; midnight is from: '00:00' and to: '24:00'.`,
    });
  if (zone === undefined || !isTimeZone(zone) || (reader.has('dates') && dates === undefined))
    return undefined;
  const span: Span = { weekdays, from, to, ...(dates === undefined ? {} : { dates }) };
  return splitSpan(span, zone);
}

const CLOCK = /^([01]\d|2[0-4]):([0-5]\d)$/;

function readClock(reader: DefinitionReader, name: string, absent: number): number | undefined {
  if (!reader.has(name)) return absent;
  return reader.parsed(name, {
    code: 'unknown-value',
    parse(text) {
      const match = CLOCK.exec(text);
      const minutes = Number(match?.[1]) * 60 + Number(match?.[2]);
      return match !== null && minutes <= 1440 ? minutes : undefined;
    },
    expected: 'a time of day',
    remedy: `Write hours and minutes with two digits each: '09:00', at most '24:00'.`,
  });
}

/** The days of the week, 0 is Sunday; ranges may pass Saturday. */
function readDays(reader: DefinitionReader): readonly number[] | undefined {
  const written = reader.raw('days');
  if (written === undefined) return [0, 1, 2, 3, 4, 5, 6];
  const ranges: readonly unknown[] = Array.isArray(written) ? written : [written];
  const days = ranges.map((each) => (typeof each === 'string' ? daysOf(each) : undefined));
  if (days.length > 0 && days.length <= 14 && days.every((each) => each !== undefined))
    return days.flat();
  return reader.refuse('days', {
    code: 'unknown-value',
    message: `${printValue(written)} does not name days of the week.`,
    remedy: `Write whole names, one or a range: 'monday', 'friday:monday'; or a list of these.`,
  });
}

function daysOf(text: string): readonly number[] | undefined {
  const [first = -1, last = first, ...more] = text
    .split(':')
    .map((name) => WEEKDAYS.findIndex((each) => each === name));
  if (first < 0 || last < 0 || more.length > 0) return undefined;
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOST_YEARS = 10;

function readDates(reader: DefinitionReader): Span['dates'] {
  return reader.parsed('dates', {
    code: 'unknown-value',
    parse(text) {
      const [first, last = first, ...more] = text.split(':').map(dateOf);
      if (first === undefined || last === undefined || more.length > 0) return undefined;
      const ordered = dayNumber(first) <= dayNumber(last) && last.year - first.year < MOST_YEARS;
      return ordered ? { first, last } : undefined;
    },
    expected: 'a date or a range of dates',
    remedy: `Write year, month and day, the earlier first: '2026-12-24' or '2026-12-24:2027-01-02'.`,
  });
}

function dateOf(text: string): CalendarDay | undefined {
  const match = DATE.exec(text);
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (match === null || year < 1970 || month < 1 || month > 12) return undefined;
  return day >= 1 && day <= daysInMonth(year, month) ? { year, month, day } : undefined;
}

function dayNumber({ year, month, day }: CalendarDay): number {
  return year * 10_000 + month * 100 + day;
}

/** Whether a name is in the IANA database, spelt as Go spells it, which looks it up as a file. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
