// Laws of quorum over places, against a plain reading of its definition.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  latestVote,
  slotOf,
  slotOutcome,
  type Voices,
  type Vote,
  withVote,
} from '../../slo/quorum.ts';

type SlotVote = Omit<Vote, 'slot'>;

const SILENT: Voices = new Map();
const PLACES = ['asia', 'constructor', 'eu', 'us'];

const vote: fc.Arbitrary<SlotVote> = fc.record({
  place: fc.constantFrom(...PLACES),
  offset: fc.integer({ min: 0, max: 59 }),
  bad: fc.boolean(),
});
const asked = fc
  .subarray(PLACES, { minLength: 1 })
  .chain((among) =>
    fc.record({ among: fc.constant(among), atLeast: fc.integer({ min: 1, max: among.length }) }),
  );

function voicesOf(votes: readonly SlotVote[]): Voices {
  return votes.reduce<Voices>((voices, each) => withVote(voices, each), SILENT);
}

describe('a quorum of places', () => {
  it('gives the same outcome whatever the order of votes, and however often one comes', () => {
    fc.assert(
      fc.property(fc.array(vote), fc.array(fc.nat()), asked, (votes, order, quorum) => {
        const shuffled = votes
          .map((each, index) => ({ each, key: order[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .flatMap(({ each }) => [each, each]);
        expect(slotOutcome(voicesOf(shuffled), quorum)).toEqual(
          slotOutcome(voicesOf(votes), quorum),
        );
      }),
    );
  });

  it('is bad when enough places failed, good when the others cannot make it bad, unknown otherwise', () => {
    fc.assert(
      fc.property(fc.array(vote), asked, (votes, { among, atLeast }) => {
        const of = (place: string) => votes.filter((each) => each.place === place);
        const bad = among.filter((place) => of(place).some((each) => each.bad)).length;
        const silent = among.filter((place) => of(place).length === 0).length;
        const open = bad < atLeast && bad + silent >= atLeast;
        const outcome = slotOutcome(voicesOf(votes), { among, atLeast });
        expect(outcome?.bad).toBe(open ? undefined : bad >= atLeast);
      }),
    );
  });

  it('is decided by silent places in no way: once decided, votes of theirs leave it as it is', () => {
    fc.assert(
      fc.property(fc.array(vote), vote, asked, (votes, late, quorum) => {
        const before = slotOutcome(voicesOf(votes), quorum);
        fc.pre(before !== undefined && votes.every(({ place }) => place !== late.place));
        expect(slotOutcome(voicesOf([...votes, late]), quorum)?.bad).toBe(before?.bad);
      }),
    );
  });

  it('counts at the moment that decided it', () => {
    const quorum = { among: ['asia', 'eu', 'us'], atLeast: 2 };
    const votes: SlotVote[] = [
      { place: 'us', offset: 40, bad: true },
      { place: 'asia', offset: 5, bad: false },
    ];
    expect(slotOutcome(voicesOf(votes), quorum)).toBeUndefined();
    const failed = [...votes, { place: 'eu', offset: 10, bad: true }];
    expect(slotOutcome(voicesOf(failed), quorum)).toEqual({ bad: true, offset: 40 });
    const passed = [...votes, { place: 'eu', offset: 10, bad: false }];
    expect(slotOutcome(voicesOf(passed), quorum)).toEqual({ bad: false, offset: 10 });
  });

  it('has slots on a grid of their length, open for votes that come late within bounds', () => {
    expect(slotOf({ slotSeconds: 60 }, 1_800_000_059.9)).toBe(1_800_000_000);
    expect(slotOf({ slotSeconds: 60 }, 1_800_000_060)).toBe(1_800_000_060);
    expect([1, 60, 86_400].map((slotSeconds) => latestVote({ slotSeconds }))).toEqual([
      720, 21_600, 345_600,
    ]);
  });
});
