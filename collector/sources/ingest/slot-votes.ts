// The votes of places about slots of time, as an ingest stream keeps them: what was said, and the counts that follow.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Interval } from '../../../slo/interval.ts';
import { isRecord } from '../../../slo/plain-data.ts';
import {
  latestVote,
  type Quorum,
  slotOf,
  slotOutcome,
  type Voice,
  type Voices,
  type Vote,
  withVote,
} from '../../../slo/quorum.ts';
import type { Replacement } from '../../stores/store.ts';

/** The slots of one SLO whose votes are still taken. */
export interface SlotVotes {
  readonly slotSeconds: number;
  /** Votes about slots before this one come too late: their counts stay as they are. */
  readonly floor: EpochSeconds;
  readonly slots: ReadonlyMap<EpochSeconds, Voices>;
}

/** What votes change. */
export interface Counted {
  readonly votes: SlotVotes;
  /** Every slot that somebody voted on, with the one event that it is now, or none. */
  readonly replace: readonly Replacement[];
}

/**
 * Takes votes in. What a slot counts follows from all of its votes alone and replaces what it counted before, so neither
 * order nor repetition of votes, nor a restart between them, makes a difference.
 */
export function takeVotes(
  before: SlotVotes | undefined,
  votes: readonly Vote[],
  about: { readonly quorum: Quorum; readonly instance: string; readonly now: number },
): Counted {
  const { quorum, instance, now } = about;
  const { slotSeconds } = quorum;
  const known = keptSlots(before, quorum, now);
  const slots = new Map(known.slots);
  const touched = new Set<EpochSeconds>();
  for (const vote of votes) {
    if (vote.slot < known.floor) continue;
    slots.set(vote.slot, withVote(slots.get(vote.slot) ?? new Map(), vote));
    touched.add(vote.slot);
  }
  const replace = [...touched].map((from) => {
    const outcome = slotOutcome(slots.get(from) ?? new Map(), quorum);
    const cell = outcome && {
      start: from + outcome.offset,
      width: 1 as const,
      total: 1,
      bad: outcome.bad ? 1 : 0,
    };
    return { instance, from, to: from + slotSeconds, cells: cell === undefined ? [] : [cell] };
  });
  return { votes: { slotSeconds, floor: known.floor, slots }, replace };
}

/** The slots that were decided and end after a moment. */
export function decidedSlots(
  { slots, slotSeconds }: SlotVotes,
  quorum: Quorum,
  after: EpochSeconds,
): readonly Interval[] {
  return [...slots].flatMap(([from, voices]) => {
    const to = from + slotSeconds;
    return to > after && slotOutcome(voices, quorum) !== undefined ? [{ from, to }] : [];
  });
}

function keptSlots(before: SlotVotes | undefined, quorum: Quorum, now: number): SlotVotes {
  const { slotSeconds } = quorum;
  // What was counted in slots of another length cannot be told apart any more: begin with the next one.
  if (before !== undefined && before.slotSeconds !== slotSeconds)
    return { slotSeconds, floor: slotOf(quorum, now) + slotSeconds, slots: new Map() };
  const floor = Math.max(before?.floor ?? 0, slotOf(quorum, now - latestVote(quorum)));
  const slots = new Map([...(before?.slots ?? [])].filter(([slot]) => slot >= floor));
  return { slotSeconds, floor, slots };
}

/** As plain data for the position: `[slot, [place, good, bad], …]`, with null for what was not said. */
export function writeSlotVotes({ slotSeconds, floor, slots }: SlotVotes): object {
  return {
    slotSeconds,
    floor,
    slots: [...slots].map(([slot, voices]) => [
      slot,
      ...[...voices].map(([place, { good, bad }]) => [place, good ?? null, bad ?? null]),
    ]),
  };
}

/** @throws RangeError when the value was not written by `writeSlotVotes` */
export function readSlotVotes(value: unknown): SlotVotes {
  if (!isRecord(value)) throw new RangeError('not the votes of places');
  const { slotSeconds, floor, slots } = value;
  if (typeof slotSeconds !== 'number' || typeof floor !== 'number' || !Array.isArray(slots))
    throw new RangeError('not the votes of places');
  return {
    slotSeconds,
    floor,
    slots: new Map(
      (slots as readonly (readonly [EpochSeconds, ...StoredVoice[]])[]).map(([slot, ...voices]) => [
        slot,
        new Map(voices.map(readVoice)),
      ]),
    ),
  };
}

type StoredVoice = readonly [place: string, good: number | null, bad: number | null];

function readVoice([place, good, bad]: StoredVoice): readonly [string, Voice] {
  return [place, { ...(good === null ? {} : { good }), ...(bad === null ? {} : { bad }) }];
}
