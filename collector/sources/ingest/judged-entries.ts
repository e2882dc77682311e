// The entries of one request judged: what counts, what is a heartbeat, and which lines are refused for which reason.
import type { EventFold } from '../events/event-fold.ts';
import type { PoisonReason } from '../events/poison-log.ts';
import { type Heartbeat, readHeartbeat } from './heartbeat.ts';
import type { BodyEntry } from './ingest-body.ts';

/** Why one line was not counted; `too-old` is past retention. */
export type RejectReason = PoisonReason | 'too-old';

/** The body of an answer: 200 when all is accepted, 207 when only a part, 422 when nothing. */
export interface IngestAnswer {
  /** Events taken, whether or not an SLO selects them. */
  readonly accepted: number;
  readonly rejected: number;
  /** The first 100 of the rejected lines. */
  readonly rejections: readonly { readonly line: number; readonly reason: RejectReason }[];
  /** The idempotency key was seen before: nothing was counted now. */
  readonly duplicate: boolean;
}

export interface Judged {
  readonly fold: EventFold;
  readonly heartbeats: readonly Heartbeat[];
  readonly answer: IngestAnswer;
  readonly samples: readonly (Refused & { readonly reason: PoisonReason })[];
}

interface Refused {
  readonly line: number;
  readonly reason: RejectReason;
  readonly bytes?: Buffer;
}

const LISTED_REJECTIONS = 100;

/** Folds every event among the entries. */
export function judgeEntries(fold: EventFold, entries: readonly BodyEntry[], now: number): Judged {
  const refused: Refused[] = [];
  const heartbeats: Heartbeat[] = [];
  let accepted = 0;
  for (const { line, event, bytes } of entries) {
    const outcome = typeof event === 'string' ? event : judgeEvent(fold, event, now);
    if (typeof outcome === 'object') heartbeats.push(outcome);
    else if (outcome === 'counted' || outcome === 'ignored') accepted += 1;
    else refused.push({ line, reason: outcome, ...(bytes && { bytes }) });
  }
  const rejections = refused
    .slice(0, LISTED_REJECTIONS)
    .map(({ line, reason }) => ({ line, reason }));
  const answer = { accepted, rejected: refused.length, rejections, duplicate: false };
  // What is too old is counted as such by the fold; the poison log is for what nobody can read.
  return { fold, heartbeats, answer, samples: refused.filter(isPoison) };
}

function judgeEvent(
  fold: EventFold,
  event: Parameters<EventFold['add']>[0],
  now: number,
): Heartbeat | RejectReason | 'counted' | 'ignored' {
  return readHeartbeat(event) ?? fold.add(event, now);
}

function isPoison(refused: Refused): refused is Refused & { readonly reason: PoisonReason } {
  return refused.reason !== 'too-old';
}
