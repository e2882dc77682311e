// Instants as people and Alertmanager's API write them: with an offset, or as the wall time of a named zone.
import { instantShowing } from '../../slo/wall-time.ts';

const INSTANT =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-]\d\d:\d\d)|\[([\w+\-/]{1,64})\])$/;

/** Ends the sentence "… is not a time", and says how to write one. */
export const INSTANT_REMEDY =
  "Write it with its offset or zone: '2026-03-29T02:30:00+02:00', '2026-03-29T00:30:00Z' or '2026-03-29T02:30[Europe/Berlin]'.";

/**
 * Milliseconds since the epoch of `2026-03-29T02:30:00+02:00`, `…Z` or `2026-03-29T02:30[Europe/Berlin]`, seconds and
 * fractions of them optional. A wall time that clocks show twice is the first of them, one that they skip is as long
 * after the last one that they show. undefined when it is no such text, no such day, or no known zone.
 */
export function parseInstant(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '', seconds = '00', fraction = '', , offset, zone] = match;
  // A leap second is the first second of the next minute, as Go has it not at all.
  const written = `${date}T${time}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const wall = Date.parse(written);
  if (Number.isNaN(wall) || new Date(wall).toISOString() !== written) return undefined;
  if (zone !== undefined) return wallInstant(wall, zone);
  return offset === undefined ? wall : wall - offsetMs(offset);
}

function offsetMs(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function wallInstant(wall: number, zone: string): number | undefined {
  try {
    return instantShowing(wall, zone);
  } catch {
    return undefined;
  }
}
