// One event from the bytes that carry it: a JSON object, or the reason why it is none.
import type { JsonObject } from './event-field.ts';
import type { PoisonReason } from './poison-log.ts';

/** Turns the bytes `[from, to)` into an event. Other encodings (Avro, Protobuf) are other decoders. */
export type EventDecoder = (bytes: Buffer, from: number, to: number) => JsonObject | PoisonReason;

/** Bytes of one event at most. */
export const LARGEST_EVENT = 1_048_576;

/**
 * A decoder of UTF-8 JSON. Bytes that are not UTF-8 become U+FFFD, as everywhere on the web: an odd user agent does
 * not make a request uncounted.
 */
export function createJsonDecoder(largest: number = LARGEST_EVENT): EventDecoder {
  return (bytes, from, to) => {
    if (to - from > largest) return 'too-large';
    if (to === from) return 'empty';
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8', from, to));
    } catch {
      return 'not-json';
    }
    return asEvent(value);
  };
}

/** The value itself when it is an object, neither null nor an array. */
export function asEvent(value: unknown): JsonObject | PoisonReason {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : 'not-an-object';
}
