// The heartbeat line `{"ninefold": {"measuredThrough": time}}`: a sender's word that nothing is missing up to a time.
import type { JsonObject } from '../events/event-field.ts';
import { createRfc3339Reader } from '../events/rfc3339.ts';

/** In seconds. Without `from` it goes on where the stream was measured last, unless that is more than the longest gap ago. */
export interface Heartbeat {
  readonly through: number;
  readonly from?: number;
}

/** The heartbeat that an object is; 'no-time' when it is one without a readable time, undefined when it is an event. */
export function readHeartbeat(event: JsonObject): Heartbeat | 'no-time' | undefined {
  if (!Object.hasOwn(event, 'ninefold')) return undefined;
  const said = event['ninefold'];
  if (typeof said !== 'object' || said === null || Object.keys(event).length !== 1)
    return undefined;
  const { measuredThrough, measuredFrom } = said as Record<string, unknown>;
  const through = time(measuredThrough);
  if (through === undefined) return 'no-time';
  if (measuredFrom === undefined) return { through };
  const from = time(measuredFrom);
  return from === undefined || from > through ? 'no-time' : { through, from };
}

function time(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' ? createRfc3339Reader()(value) : undefined;
}
