// Composites: bounds, three-valued slices, and the two means that differ (property 23).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  badWhenAll,
  badWhenAny,
  needsAll,
  needsAny,
  pooledSli,
  type SliceState,
  weightedSli,
} from '../../slo/composite.ts';

describe('availability of a whole', () => {
  it('that needs three members of 99.9 % is 99.7003 % if they fail apart', () => {
    const { low, high, independent } = needsAll([0.999, 0.999, 0.999]);
    expect(independent).toBeCloseTo(0.997002999, 9);
    expect([low, high]).toEqual([expect.closeTo(0.997, 12), 0.999]);
    expect(needsAny([0.9, 0.99])).toEqual({
      low: 0.99,
      high: 1,
      independent: expect.closeTo(0.999, 12) as number,
    });
  });

  it('stays within its bounds however members fail together', () => {
    const world = fc.array(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(world, fc.integer({ min: 0, max: 39 }), (down, copied) => {
        // Correlate: every later member repeats the first one's failures up to a point.
        const members = down.map((own) => own.map((bad, t) => (t < copied ? down[0]![t]! : bad)));
        const share = (bad: (t: number) => boolean): number =>
          Array.from({ length: 40 }, (_, t) => bad(t)).filter((each) => !each).length / 40;
        const up = members.map((own) => share((t) => own[t]!));
        const all = share((t) => members.some((own) => own[t]!));
        const any = share((t) => members.every((own) => own[t]!));
        expect(all).toBeGreaterThanOrEqual(needsAll(up).low - 1e-12);
        expect(all).toBeLessThanOrEqual(needsAll(up).high + 1e-12);
        expect(any).toBeGreaterThanOrEqual(needsAny(up).low - 1e-12);
        expect(any).toBeLessThanOrEqual(needsAny(up).high + 1e-12);
      }),
    );
  });

  it('of one member is the member', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (up) => {
        for (const range of [needsAll([up]), needsAny([up])])
          for (const value of Object.values(range)) expect(value).toBeCloseTo(up, 12);
      }),
    );
  });
});

describe('a slice of a whole', () => {
  const [bad, good, unknown]: readonly SliceState[] = [true, false, undefined];

  it('that needs all is bad when one is, and unknown only when nothing decides it', () => {
    expect(badWhenAny([good, unknown, bad])).toBe(true);
    expect(badWhenAny([good, unknown])).toBeUndefined();
    expect(badWhenAny([good, good])).toBe(false);
  });

  it('that needs any is good when one is, and unknown only when nothing decides it', () => {
    expect(badWhenAll([bad, unknown, good])).toBe(false);
    expect(badWhenAll([bad, unknown])).toBeUndefined();
    expect(badWhenAll([bad, bad])).toBe(true);
  });

  it('that has one member is that member', () => {
    for (const state of [bad, good, unknown])
      expect([badWhenAny([state]), badWhenAll([state])]).toEqual([state, state]);
  });

  it('learns: what was decided stays when an unknown member becomes known', () => {
    const states = fc.array(fc.constantFrom(bad, good, unknown), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(states, fc.nat(4), fc.boolean(), (members, at, news) => {
        const learned = members.map((state, k) => (k === at && state === undefined ? news : state));
        for (const judge of [badWhenAny, badWhenAll])
          expect([judge(members) ?? judge(learned)]).toEqual([judge(learned)]);
      }),
    );
  });
});

describe('the SLI of a whole', () => {
  const small = { total: 10, bad: 1 };
  const large = { total: 990, bad: 0 };

  it('is 99.9 % pooled and 95 % weighted evenly, on the same counts', () => {
    expect(pooledSli([small, large])).toBeCloseTo(0.999, 12);
    const even = [small, large].map((counts) => ({ counts, weight: 1 }));
    expect(weightedSli(even)).toEqual({ sli: expect.closeTo(0.95, 12) as number, coverage: 1 });
  });

  it('takes no member without events for 100 %', () => {
    const empty = { total: 0, bad: 0 };
    expect(pooledSli([empty])).toBeUndefined();
    expect(
      weightedSli([
        { counts: small, weight: 1 },
        { counts: empty, weight: 3 },
      ]),
    ).toEqual({ sli: 0.9, coverage: 0.25 });
    expect(weightedSli([{ counts: empty, weight: 1 }])).toEqual({ sli: undefined, coverage: 0 });
  });
});
