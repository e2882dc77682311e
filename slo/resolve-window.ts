// Checks the compliance window of an SLO.
import type { DefinitionReader } from './definition-reader.ts';
import { printValue } from './diagnostic.ts';
import { formatDuration } from './duration.ts';
import { nearestName } from './nearest-name.ts';
import { isRecord } from './plain-data.ts';
import { DURATION_RULE } from './text-rules.ts';
import { CALENDAR_UNITS, type Window } from './window.ts';

const HOUR = 3600;
const LONGEST = 366 * 86_400;
const DEFAULT_WINDOW: Window = { kind: 'rolling', seconds: 30 * 86_400 };

/** The window in the property `window`: 30 days when there is none. */
export function readWindow(reader: DefinitionReader): Window | undefined {
  const written = reader.raw('window');
  if (written === undefined) return DEFAULT_WINDOW;
  return isRecord(written) ? readCalendar(reader) : readRolling(reader);
}

function readRolling(reader: DefinitionReader): Window | undefined {
  const seconds = reader.parsed('window', {
    ...DURATION_RULE,
    remedy: `Write a whole number with h, d or w, such as '30d', or calendar('month', 'Europe/Berlin').`,
  });
  if (seconds === undefined || (seconds >= HOUR && seconds <= LONGEST))
    return seconds === undefined ? undefined : { kind: 'rolling', seconds };
  const short = seconds < HOUR;
  return reader.refuse('window', {
    code: short ? 'window-too-short' : 'window-too-long',
    message: `A compliance window of ${formatDuration(seconds)} is too ${short ? 'short' : 'long'}.`,
    remedy: short ? `Write at least '1h'.` : `Write at most '366d'.`,
  });
}

function readCalendar(reader: DefinitionReader): Window | undefined {
  const calendar = reader.object('window', {
    known: ['kind', 'unit', 'zone'],
    needed: ['kind', 'unit', 'zone'],
    example: `calendar('month', 'Europe/Berlin')`,
  });
  const kind = calendar?.oneOf('kind', ['calendar']);
  const unit = calendar?.oneOf('unit', CALENDAR_UNITS);
  const zone = calendar?.text('zone', 64);
  if (calendar === undefined || kind === undefined || unit === undefined || zone === undefined)
    return undefined;
  if (isZone(zone)) return { kind, unit, zone };
  const near = nearestName(zone, Intl.supportedValuesOf('timeZone'));
  return calendar.refuse('zone', {
    code: 'not-a-zone',
    message: `${printValue(zone)} is not a time zone.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    remedy: `Write an IANA name such as 'Europe/Berlin' or 'UTC'.`,
  });
}

/** Whether a name is in the IANA database; fixed offsets are refused, because they have no daylight saving time. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
