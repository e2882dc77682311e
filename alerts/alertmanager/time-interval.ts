// The parts of a time interval as they stand in a file: what Alertmanager takes, and why it refuses the rest.
import { MONTHS, WEEKDAYS } from '../hours.ts';
import type { Range } from './configuration.ts';

/** Minutes since midnight of `09:30`; at most 1440 for `24:00`. @throws SyntaxError */
function parseMinutes(text: string): number {
  if (!/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text)) {
    throw new SyntaxError(`couldn't parse timestamp ${text}, invalid format`);
  }
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** `start_time` and `end_time`. @throws SyntaxError; a range over midnight is refused */
export function parseTimeRange(start: string, end: string): Range {
  if (start === '' || end === '') {
    throw new SyntaxError('both start and end times must be provided');
  }
  const range = { begin: parseMinutes(start), end: parseMinutes(end) };
  if (range.begin >= range.end) {
    throw new SyntaxError('start time cannot be equal or greater than end time');
  }
  return range;
}

/** `monday` or `monday:friday`, whatever the case; weeks begin on Sunday. @throws SyntaxError */
export function parseWeekdays(text: string): Range {
  const range = parseRange(text, (name) => {
    const index = WEEKDAYS.findIndex((each) => each === name);
    if (index === -1) throw new SyntaxError(`${name} is not a valid weekday`);
    return index;
  });
  if (range.begin > range.end) throw new SyntaxError('start day cannot be before end day');
  return range;
}

/** `1:15`, `-3:-1`, `20:-1`. @throws SyntaxError */
export function parseDaysOfMonth(text: string): Range {
  const range = parseRange(text, parseNumber);
  for (const day of [range.begin, range.end]) {
    if (day === 0 || day < -31 || day > 31) {
      throw new SyntaxError(`${day} is not a valid day of the month: out of range`);
    }
  }
  if (range.begin < 0 && range.end > 0) {
    throw new SyntaxError('end day must be negative if start day is negative');
  }
  // Counted in the shortest month, which every longer one includes.
  const [begin, end] = [range.begin, range.end].map((day) => (day < 0 ? 28 + day : day));
  if ((begin ?? 0) > (end ?? 0)) {
    throw new SyntaxError(`end day ${range.end} is always before start day ${range.begin}`);
  }
  return range;
}

/** `may`, `may:august`, `5:8`; Alertmanager does not mind a 13th month. @throws SyntaxError */
export function parseMonths(text: string): Range {
  const range = parseRange(text, (name) => {
    const index = MONTHS.findIndex((each) => each === name);
    return index === -1 ? parseNumber(name) : index + 1;
  });
  if (range.begin > range.end) throw new SyntaxError('end month is before start month');
  return range;
}

/** `2026` or `2026:2028`. @throws SyntaxError */
export function parseYears(text: string): Range {
  const range = parseRange(text, parseNumber);
  if (range.begin > range.end) {
    throw new SyntaxError(`end year ${range.end} is before start year ${range.begin}`);
  }
  return range;
}

/** Whether a zone is one that Go finds in the IANA database: spelt exactly, and `Local` for the host's own. */
export function isZone(name: string): boolean {
  if (name === '' || name === 'UTC' || name === 'Local' || name === 'Factory') return true;
  // Go looks for a file of that name, so the case counts; Intl also takes names of its own.
  if (!/^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(name) || name.startsWith('SystemV/')) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

function parseRange(text: string, parse: (part: string) => number): Range {
  const parts = text.toLowerCase().split(':');
  if (parts.length > 2) throw new SyntaxError(`couldn't parse range ${text}, invalid format`);
  const begin = parse(parts[0] ?? '');
  return { begin, end: parts[1] === undefined ? begin : parse(parts[1]) };
}

function parseNumber(text: string): number {
  if (!/^[-+]?\d{1,18}$/.test(text)) throw new SyntaxError(`${text} is not a number`);
  return Number(text);
}
