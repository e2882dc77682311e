// Burn conditions: closed forms, laws and edges of the engine theory, sections 1.2 and 7.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BurnPolicy,
  type Condition,
  errorThreshold,
  isReachable,
} from '../../slo/burn-policy.ts';
import { type BurnRule, conditionHolds, judgeConditions } from '../../slo/burn-rate.ts';
import { type Fraction, fraction, parseDecimal, toNumber } from '../../slo/decimal.ts';
import { parseObjective } from '../../slo/objective.ts';
import type { WindowCounts } from '../../slo/window-counts.ts';
import { sloOf } from './fixtures.ts';

const of = (total: number, bad: number, scale = 1): WindowCounts => ({ total, bad, scale });

function ruleOf(objective: string, condition: Partial<Condition>, evidenceGate: boolean) {
  const own: Condition = {
    longWindow: 3600,
    shortWindow: 300,
    burnRate: fraction(144, 10),
    severity: 'page',
    ...condition,
  };
  const burnPolicy: BurnPolicy = {
    conditions: [own],
    evidenceGate,
    keepFiring: { page: 1800, ticket: 0 },
  };
  const rule: BurnRule = { objective: parseObjective(objective)!, burnPolicy };
  return { rule, condition: own };
}

/** Requests a second with so many failing, from second 0 on; before that, `before` of them failed. */
interface Traffic {
  readonly rate: number;
  readonly failing: number;
  readonly before?: { readonly rate: number; readonly failing: number };
  /** When the failures end, and how many fail then. */
  readonly until?: number;
  readonly after?: number;
}

/** Counts of `[from, to)` by arithmetic, not by counting. */
function countsOf(traffic: Traffic, from: number, to: number): WindowCounts {
  const { rate, failing, before = { rate, failing: 0 }, until = Infinity, after = 0 } = traffic;
  const overlap = (start: number, end: number): number =>
    Math.max(0, Math.min(to, end) - Math.max(from, start));
  const [past, fault, rest] = [overlap(-Infinity, 0), overlap(0, until), overlap(until, Infinity)];
  return of(
    past * before.rate + (fault + rest) * rate,
    past * before.failing + fault * failing + rest * after,
  );
}

function holdsAt(rule: BurnRule, condition: Condition, traffic: Traffic, at: number): boolean {
  return conditionHolds(
    rule,
    condition,
    countsOf(traffic, at - condition.longWindow, at),
    countsOf(traffic, at - condition.shortWindow, at),
  );
}

/** The first second from `from` on where the condition is as wanted, by halving: it changes once. */
function firstSecond(
  from: number,
  to: number,
  wanted: (at: number) => boolean,
): number | undefined {
  if (!wanted(to)) return undefined;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (wanted(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const RATE = 100_000;
const scene = fc.record({
  objective: fc.constantFrom('99%', '99.5%', '99.9%', '99.95%', '99.99%'),
  long: fc.integer({ min: 600, max: 259_200 }),
  ratio: fc.integer({ min: 2, max: 24 }),
  burnRate: fc.constantFrom(fraction(144, 10), fraction(6, 1), fraction(3, 1), fraction(1, 1)),
  failing: fc.integer({ min: 1, max: RATE }),
  severity: fc.constantFrom('page' as const, 'ticket' as const),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

const setUp = ({ objective, long, ratio, burnRate, severity }: Scene) => {
  const { rule, condition } = ruleOf(
    objective,
    { longWindow: long, shortWindow: Math.floor(long / ratio), burnRate, severity },
    false,
  );
  return { rule, condition, theta: toNumber(errorThreshold(condition, rule.objective)) };
};

describe('closed forms of section 1.2, within one second (property 2)', () => {
  it('a step is detected after θ/e · L, and the short window never delays it (property 3)', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { rule, condition, theta } = setUp(given);
        const traffic = { rate: RATE, failing: given.failing };
        const ratio = given.failing / RATE;
        fc.pre(ratio > theta * 1.0001);
        const detect = firstSecond(1, condition.longWindow, (at) =>
          holdsAt(rule, condition, traffic, at),
        )!;
        const ideal = (theta / ratio) * condition.longWindow;
        expect(Math.abs(detect - ideal)).toBeLessThanOrEqual(1.001);
        const alone = ruleOf(
          given.objective,
          { ...condition, shortWindow: condition.longWindow },
          false,
        );
        expect(
          firstSecond(1, condition.longWindow, (at) =>
            holdsAt(alone.rule, alone.condition, traffic, at),
          ),
        ).toBe(detect);
      }),
      { numRuns: 200 },
    );
  });

  it('errors before the step shorten it: (θ − e0) L / (e − e0)', () => {
    fc.assert(
      fc.property(scene, fc.double({ min: 0, max: 0.99, noNaN: true }), (given, share) => {
        const { rule, condition, theta } = setUp(given);
        const e0 = Math.floor(theta * share * RATE) / RATE;
        const e = given.failing / RATE;
        fc.pre(e > theta * 1.001);
        const traffic = {
          rate: RATE,
          failing: given.failing,
          before: { rate: RATE, failing: Math.round(e0 * RATE) },
        };
        const detect = firstSecond(1, condition.longWindow, (at) =>
          holdsAt(rule, condition, traffic, at),
        )!;
        const onLong = ((theta - e0) * condition.longWindow) / (e - e0);
        expect(Math.abs(detect - onLong)).toBeLessThanOrEqual(1.001);
      }),
      { numRuns: 200 },
    );
    const { rule, condition } = ruleOf('99.9%', {}, false);
    const before = { rate: 100_000, failing: 50 };
    const traffic = { rate: 100_000, failing: 10_000, before };
    expect(firstSecond(1, 3600, (at) => holdsAt(rule, condition, traffic, at))).toBe(503);
  });

  it('falling traffic delays it: θ L / (f e + θ (1 − f)), for ever when none is left', () => {
    const { rule, condition } = ruleOf('99.9%', {}, false);
    const detect = (share: number): number | undefined => {
      const rate = 10_000 * share;
      const traffic = { rate, failing: rate, before: { rate: 10_000, failing: 0 } };
      return firstSecond(1, 3600, (at) => holdsAt(rule, condition, traffic, at));
    };
    expect([1, 0.5, 0.1, 0.01, 0].map(detect)).toEqual([52, 103, 459, 2138, undefined]);
    fc.assert(
      fc.property(scene, fc.integer({ min: 1, max: 100 }), (given, percent) => {
        const { rule, condition, theta } = setUp(given);
        const rate = 1000 * percent;
        const failing = Math.ceil((given.failing / RATE) * rate);
        const [e, f] = [failing / rate, rate / RATE];
        fc.pre(e > theta * 1.001);
        const traffic = { rate, failing, before: { rate: RATE, failing: 0 } };
        const found = firstSecond(1, condition.longWindow, (at) =>
          holdsAt(rule, condition, traffic, at),
        )!;
        const { longWindow: L, shortWindow: S } = condition;
        const onLong = (theta * L) / (f * e + theta * (1 - f));
        const onShort = (theta * S) / (f * e + theta * (1 - f));
        expect(Math.abs(found - Math.max(onLong, onShort))).toBeLessThanOrEqual(1.001);
      }),
      { numRuns: 200 },
    );
  });

  it('an outage clears S (1 − θ/e) after the end, or S (e − θ)/(e − e0) when e0 of the errors stay', () => {
    fc.assert(
      fc.property(scene, fc.double({ min: 0, max: 0.99, noNaN: true }), (given, share) => {
        const { rule, condition, theta } = setUp(given);
        const after = Math.floor(theta * share * RATE);
        const [e, e0] = [given.failing / RATE, after / RATE];
        fc.pre(e > theta * 1.01);
        const until = condition.longWindow;
        const traffic = { rate: RATE, failing: given.failing, until, after };
        const clear = firstSecond(
          until,
          until + condition.shortWindow,
          (at) => !holdsAt(rule, condition, traffic, at),
        )!;
        const ideal = (condition.shortWindow * (e - theta)) / (e - e0);
        expect(Math.abs(clear - until - ideal)).toBeLessThanOrEqual(1.001);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a condition', () => {
  const counts = fc
    .tuple(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([total, share]) => of(total, Math.floor(total * share * share * share)));
  const anyRule = fc
    .record({
      objective: fc.constantFrom('99%', '99.9%', '99.99%'),
      tier: fc.integer({ min: 0, max: 3 }),
      evidenceGate: fc.boolean(),
    })
    .map(({ objective, tier, evidenceGate }) => {
      const rule = sloOf(objective, { evidenceGate });
      return { rule, condition: rule.burnPolicy.conditions[tier]! };
    });

  it('stays on when more events are bad, and off when more are good (property 4)', () => {
    fc.assert(
      fc.property(
        anyRule,
        counts,
        counts,
        fc.nat(5000),
        fc.nat(5000),
        ({ rule, condition }, long, short, more, moreInShort) => {
          const [added, recent] = [more + moreInShort, moreInShort];
          const holds = conditionHolds(rule, condition, long, short);
          const worse = conditionHolds(
            rule,
            condition,
            of(long.total + added, long.bad + added),
            of(short.total + recent, short.bad + recent),
          );
          const better = conditionHolds(
            rule,
            condition,
            of(long.total + added, long.bad),
            of(short.total + recent, short.bad),
          );
          expect(worse || !holds).toBe(true);
          expect(holds || !better).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('depends on ratios only, but for the evidence, which grows with traffic (property 5)', () => {
    fc.assert(
      fc.property(
        anyRule,
        counts,
        counts,
        fc.integer({ min: 2, max: 1000 }),
        ({ rule, condition }, long, short, c) => {
          const scaled = [of(long.total * c, long.bad * c), of(short.total * c, short.bad * c)];
          const before = conditionHolds(rule, condition, long, short);
          const after = conditionHolds(rule, condition, scaled[0]!, scaled[1]!);
          expect(after || !before).toBe(true);
          expect(rule.burnPolicy.evidenceGate || after === before).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is the same for counts in another scale', () => {
    fc.assert(
      fc.property(
        anyRule,
        counts,
        counts,
        fc.integer({ min: 2, max: 7200 }),
        ({ rule, condition }, long, short, scale) => {
          const blown = (c: WindowCounts): WindowCounts =>
            of(c.total * scale, c.bad * scale, scale);
          expect(conditionHolds(rule, condition, blown(long), blown(short))).toBe(
            conditionHolds(rule, condition, long, short),
          );
        },
      ),
    );
  });

  it('does not hold at exactly its burn rate (property 7)', () => {
    for (const objective of ['99.9%', '99.95%', '99.99%', '99.999%'])
      for (const burnRate of ['14.4', '6', '3', '1', '0.7', '13.44']) {
        const { rule, condition } = ruleOf(
          objective,
          { burnRate: parseDecimal(burnRate) as Fraction, severity: 'ticket' },
          false,
        );
        const { num, den } = errorThreshold(condition, rule.objective);
        const equal = Array.from({ length: 500 }, (_, k) => of(den * (k + 1), num * (k + 1)));
        expect(equal.filter((counts) => conditionHolds(rule, condition, counts, counts))).toEqual(
          [],
        );
        const above = of(den * 500, num * 500 + 1);
        expect(conditionHolds(rule, condition, above, above)).toBe(true);
      }
  });

  it('can never hold when burn rate × budget reaches 1, and is told so (property 6)', () => {
    const reachable = (objective: string, rate: string): boolean => {
      const { rule, condition } = ruleOf(objective, { burnRate: parseDecimal(rate)! }, false);
      const all = of(1000, 1000);
      const answer = isReachable(condition, rule.objective);
      expect(conditionHolds(rule, condition, all, all)).toBe(answer);
      return answer;
    };
    expect(reachable('90%', '14.4')).toBe(false);
    expect(reachable('93.06%', '14.4')).toBe(true);
    expect(reachable('93.05%', '14.4')).toBe(false);
    expect(reachable('90%', '10')).toBe(false);
    expect(reachable('90.0001%', '10')).toBe(true);
    expect(reachable('83.33%', '6')).toBe(false);
    expect(reachable('83.34%', '6')).toBe(true);
    expect(reachable('66.67%', '3')).toBe(true);
  });

  it('never holds without events, whatever an edge inside a cell leaves over', () => {
    const slo = sloOf('99.9%', { evidenceGate: false });
    for (const condition of slo.burnPolicy.conditions) {
      expect(conditionHolds(slo, condition, of(0, 0), of(0, 0))).toBe(false);
      expect(conditionHolds(slo, condition, of(0, 1), of(0, 1))).toBe(false);
      expect(conditionHolds(slo, condition, of(100, 50), of(-1, 1))).toBe(false);
    }
  });

  it('is gated on pages only: one failure of one request is a ticket and never a page', () => {
    const slo = sloOf('99.9%');
    const one = () => of(1, 1);
    expect(judgeConditions(slo, one, 1_700_000_000).map(({ on }) => on)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    const plain = sloOf('99.9%', { evidenceGate: false });
    expect(judgeConditions(plain, one, 1_700_000_000).every(({ on }) => on)).toBe(true);
  });

  it('never pages on a single failure, at any objective and any traffic (property 25)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('99%', '99.9%', '99.99%', '99.999%', '99.99999%'),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 7200 }),
        (objective, total, scale) => {
          const slo = sloOf(objective);
          const [long, short] = [of(total * scale, scale, scale), of(scale, scale, scale)];
          for (const condition of slo.burnPolicy.conditions.slice(0, 2))
            expect(conditionHolds(slo, condition, long, short)).toBe(false);
        },
      ),
    );
    // Two failures of two requests do: that is beyond chance.
    const slo = sloOf('99.99%');
    expect(conditionHolds(slo, slo.burnPolicy.conditions[0]!, of(2, 2), of(2, 2))).toBe(true);
  });

  it('needs recent evidence too: old failures with one fresh one do not page', () => {
    const slo = sloOf('99.9%');
    const [page] = slo.burnPolicy.conditions;
    const long = of(5000, 100);
    expect(conditionHolds(slo, page!, long, of(60, 1))).toBe(false);
    expect(conditionHolds(slo, page!, long, of(60, 2))).toBe(true);
    expect(conditionHolds(slo, page!, long, of(10, 1))).toBe(true);
  });

  it('shows people what it rests on', () => {
    const slo = sloOf('99.9%');
    const read = (from: number, to: number): WindowCounts =>
      to - from <= 300 ? of(0, 0) : of(2000, 59, 2);
    const [page, , ticket] = judgeConditions(slo, read, 0);
    expect(page).toMatchObject({
      on: false,
      aboveThreshold: false,
      long: { seconds: 3600, total: 1000, bad: 29.5 },
      short: { seconds: 300, total: 0, bad: 0, burnRate: undefined },
    });
    expect(page!.long.burnRate).toBeCloseTo(29.5, 9);
    expect(page!.evidence!.long).toBeGreaterThan(6.91);
    expect(ticket).not.toHaveProperty('evidence');
  });
});
