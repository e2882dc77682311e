// Laws of holding a witness against users, and the cases that it exists for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTestimony, type Side, type Testimony } from '../../slo/witness.ts';

const side: fc.Arbitrary<Side> = fc
  .record({
    total: fc.integer({ min: 0, max: 5000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    budget: fc.constantFrom(0.001, 0.01, 0.05),
  })
  .map(({ total, share, budget }) => ({ total, bad: Math.floor(total * share ** 3), budget }));

const SWAPPED: Readonly<Record<Testimony, Testimony>> = {
  agree: 'agree',
  'too-few': 'too-few',
  'only-witness': 'only-users',
  'only-users': 'only-witness',
};

describe('a witness held against users', () => {
  it('is the same question from either side', () => {
    fc.assert(
      fc.property(side, side, (users, witness) => {
        expect(compareTestimony(witness, users)).toBe(SWAPPED[compareTestimony(users, witness)]);
      }),
    );
  });

  it('never contradicts when both fail alike, nor where nothing was counted', () => {
    fc.assert(
      fc.property(side, fc.constantFrom(0.001, 0.01, 0.05), (users, budget) => {
        expect(compareTestimony(users, { ...users, budget })).toMatch(/^(?:agree|too-few)$/);
        expect(compareTestimony(users, { total: 0, bad: 0, budget })).toBe('too-few');
      }),
    );
  });

  it('contradicts a failing side the more, the more good events it counts', () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 5000 }), (users, witness, more) => {
        fc.pre(compareTestimony(users, witness) === 'only-witness');
        const further = { ...users, total: users.total + more };
        expect(compareTestimony(further, witness)).toBe('only-witness');
      }),
    );
  });

  it.each([
    ['nobody fails', [10_000, 2], [60, 0], 'agree'],
    ['both fail', [10_000, 4000], [60, 30], 'agree'],
    ['users are cut off before they are counted', [10_000, 3], [60, 30], 'only-witness'],
    ['the check does not try what fails', [10_000, 4000], [60, 0], 'only-users'],
    ['hardly anybody is awake', [3, 0], [60, 30], 'too-few'],
    ['one request of three failed', [3, 1], [60, 0], 'only-users'],
    ['few requests fail, fewer than sixty runs would show', [10_000, 100], [60, 0], 'too-few'],
  ] as const)('says of the case that %s', (_what, users, witness, expected) => {
    const [usersTotal, usersBad] = users;
    const [total, bad] = witness;
    expect(
      compareTestimony(
        { total: usersTotal, bad: usersBad, budget: 0.001 },
        { total, bad, budget: 0.001 },
      ),
    ).toBe(expected);
  });
});
