// Units of signals in our own words, and Grafana's names for them.
import * as grafana from '@grafana/grafana-foundation-sdk/units';

/** Every unit that a signal may have; ratios are 0…1 and times are seconds, as everywhere. */
export const UNITS = {
  /** 0…1, shown as percent. */
  ratio: grafana.PercentUnit,
  /** A length of time. */
  seconds: grafana.Seconds,
  /** A moment in milliseconds since 1970, shown as its distance from now. */
  moment: grafana.DateTimeFromNow,
  /** A moment in milliseconds since 1970, shown as a date and a time. */
  date: grafana.DatetimeLocal,
  /** A number of things. */
  count: grafana.Short,
  'events per second': grafana.EventsPerSecond,
  'requests per second': grafana.RequestsPerSecond,
  bytes: grafana.BytesIEC,
  'bytes per second': grafana.BytesPerSecondIEC,
  /** How many times something: burn rates. */
  multiple: grafana.NoUnit,
  /** A number that stands for a word, shown by the panel's states. */
  state: grafana.NoUnit,
} as const;

export type Unit = keyof typeof UNITS;

export const UNIT_NAMES = Object.keys(UNITS) as readonly Unit[];
