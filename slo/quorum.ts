// Quorum over places: what several places that watch the same thing say together about one slot of time.
import type { EpochSeconds } from './counts.ts';

/** How events from several places become one event for each slot of time. */
export interface Quorum {
  /** The places that have a voice, sorted; 1 to 50. */
  readonly among: readonly string[];
  /** So many places make a slot bad; 1 to all of them. */
  readonly atLeast: number;
  /** Slots are multiples of this length since the epoch, in seconds. */
  readonly slotSeconds: number;
}

/** What one place said in a slot: when it first counted as good and as bad, in seconds after the slot's start. */
export interface Voice {
  readonly good?: number;
  readonly bad?: number;
}

/** The voices of a slot by place. */
export type Voices = ReadonlyMap<string, Voice>;

/** One event, as far as a slot is concerned. */
export interface Vote {
  readonly place: string;
  readonly slot: EpochSeconds;
  /** Seconds after the slot's start at which it counts, 0 to below the slot's length. */
  readonly offset: number;
  readonly bad: boolean;
}

/** What the places say together, and from when on it was certain, in seconds after the slot's start. */
export interface SlotOutcome {
  readonly bad: boolean;
  readonly offset: number;
}

/** The start of the slot that holds a moment. */
export function slotOf({ slotSeconds }: Pick<Quorum, 'slotSeconds'>, at: number): EpochSeconds {
  return Math.floor(at / slotSeconds) * slotSeconds;
}

const LATEST_SECONDS = 6 * 3600;
const MOST_SLOTS = 720;
const FEWEST_SLOTS = 4;

/** How much later than its slot a vote may still come, in seconds: six hours, of short slots 720 and of long ones four. */
export function latestVote({ slotSeconds }: Pick<Quorum, 'slotSeconds'>): number {
  return Math.max(Math.min(LATEST_SECONDS, MOST_SLOTS * slotSeconds), FEWEST_SLOTS * slotSeconds);
}

/** The voices with one vote more. The order of votes does not matter, and a vote that is there already changes nothing. */
export function withVote(voices: Voices, { place, offset, bad }: Omit<Vote, 'slot'>): Voices {
  const before = voices.get(place);
  const said = bad ? 'bad' : 'good';
  const first = before?.[said];
  if (first !== undefined && first <= offset) return voices;
  return new Map(voices).set(place, { ...before, [said]: offset });
}

/**
 * What the places say together; undefined while that hangs on places that said nothing.
 *
 * A place with any bad event in the slot says bad, one with good events only says good, any other is unknown. The slot is bad
 * as soon as `atLeast` places say so, good as soon as so many say good that the rest cannot make it bad any more.
 */
export function slotOutcome(
  voices: Voices,
  { among, atLeast }: Pick<Quorum, 'among' | 'atLeast'>,
): SlotOutcome | undefined {
  const heard = among.flatMap((place) => voices.get(place) ?? []);
  const bad = heard.flatMap((voice) => voice.bad ?? []).sort(ascending);
  const tipping = bad[atLeast - 1];
  if (tipping !== undefined) return { bad: true, offset: tipping };
  const good = heard
    .flatMap((voice) => (voice.bad === undefined ? (voice.good ?? []) : []))
    .sort(ascending);
  const settling = good[among.length - atLeast];
  return settling === undefined ? undefined : { bad: false, offset: settling };
}

function ascending(a: number, b: number): number {
  return a - b;
}
