// The time of one event, read as its SLO says.
import type { EventTime } from '../../../slo/sli.ts';
import { compileField, type JsonObject } from './event-field.ts';
import { createRfc3339Reader } from './rfc3339.ts';

/** Seconds since the epoch with fraction; undefined when the event has no such time. `carrier` is the record's own. */
export type TimeReader = (event: JsonObject, carrier: number) => number | undefined;

/** The same text for specifications that read the same time. */
export function eventTimeKey(time: EventTime): string {
  return time === 'broker' ? 'broker' : `${time.as}:${time.field}`;
}

/** A number may also stand as decimal text, as producers that fear 2^53 write it. */
export function compileEventTime(time: EventTime): TimeReader {
  if (time === 'broker') return (_, carrier) => carrier;
  const read = compileField(time.field);
  if (time.as === 'rfc3339') {
    const parse = createRfc3339Reader();
    return (event) => {
      const value = read(event);
      return typeof value === 'string' ? parse(value) : undefined;
    };
  }
  const unit = time.as === 'epoch-milliseconds' ? 1000 : 1;
  return (event) => {
    const value = number(read(event));
    return value === undefined ? undefined : value / unit;
  };
}

function number(value: unknown): number | undefined {
  if (typeof value === 'string')
    return /^\d{1,20}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
