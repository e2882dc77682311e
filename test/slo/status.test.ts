// The status of an SLO: the four kinds of no data, what missing data and lag do to alerts, and calendar projections.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INACTIVE, type AlertState, nextAlertState } from '../../slo/alert-state.ts';
import { createCalendar } from '../../slo/calendar.ts';
import { createCountHistory } from '../../slo/count-history.ts';
import { layoutFor } from '../../slo/history-layout.ts';
import { addInterval, type Interval } from '../../slo/interval.ts';
import type { Slo } from '../../slo/slo.ts';
import { evaluateStatus, freshness, type SloStatus, staleAfter } from '../../slo/status.ts';
import { calendar } from '../../slo/window.ts';
import { sloOf } from './fixtures.ts';

const START = 1_888_889 * 900;

/** One SLO whose telemetry the test writes second by second. */
function scene(slo: Slo, options: { readonly normalDelay?: number } = {}) {
  const history = createCountHistory({
    start: START,
    layout: layoutFor({ fineSeconds: 30_000, totalSeconds: 86_400 * 35 }),
  });
  const column = history.addColumn();
  const periods = createCalendar();
  let coverage: readonly Interval[] = [];
  let watermark: number | undefined;
  const self = {
    history,
    measure(from: number, to: number): void {
      coverage = addInterval(coverage, { from, to });
      watermark = Math.max(watermark ?? to, to);
    },
    /** The source read on without finding its telemetry. */
    readInVain(to: number): void {
      watermark = to;
    },
    count(from: number, to: number, total: number, bad: number): void {
      history.apply(
        column,
        Array.from({ length: to - from }, (_, k) => ({ start: from + k, width: 1, total, bad })),
      );
    },
    /** Steady traffic before START, as far as alert windows look back. */
    past(days: number, total: number, bad: number): void {
      const from = START - days * 86_400;
      history.apply(
        column,
        Array.from({ length: days * 1440 }, (_, k) => ({
          start: from + k * 60,
          width: 60,
          total: total * 60,
          bad: bad * 60,
        })),
      );
      self.measure(from, START);
    },
    status(now: number): SloStatus {
      history.advance(now);
      return evaluateStatus({
        slo,
        read: (from, to) => history.sum(column, from, to),
        coverage,
        watermark,
        now,
        normalDelay: options.normalDelay ?? 0,
        calendar: periods,
      });
    },
  };
  return self;
}

describe('what is known of an SLO', () => {
  it('is nothing before the first measurement: waiting, not 100 %', () => {
    const status = scene(sloOf('99.9%')).status(START);
    expect(status).toMatchObject({
      measurement: 'waiting',
      total: 0,
      coverage: 0,
      conditions: [],
      active: { page: undefined, ticket: undefined },
    });
    expect(status).not.toHaveProperty('sli');
    expect(status).not.toHaveProperty('budgetRemaining');
  });

  it('is silence when measured without events: no ratio, no alert, and nothing frozen', () => {
    const shop = scene(sloOf('99.9%'));
    shop.measure(START - 86_400, START);
    expect(shop.status(START)).toMatchObject({
      measurement: 'silent',
      coverage: 1 / 30,
      active: { page: false, ticket: false },
    });
  });

  it('is a ratio with its coverage beside it when events were measured', () => {
    const shop = scene(sloOf('99.9%'));
    shop.past(3, 100, 0);
    shop.count(START - 60, START, 0, 30);
    const status = shop.status(START);
    expect(status).toMatchObject({ measurement: 'measured', coverage: 0.1, bad: 1800 });
    expect(status.budgetSpent).toBeCloseTo(1800 / (259_200 * 100 * 0.001), 12);
    expect(status.window).toEqual({ from: START - 30 * 86_400, to: START });
  });

  it('ends its compliance window at the watermark and its alert windows where measurement ended', () => {
    const shop = scene(sloOf('99.9%'));
    shop.past(1, 100, 0);
    shop.readInVain(START + 200);
    const read = shop.status(START + 250);
    expect([read.window.to, read.measuredThrough]).toEqual([START + 200, START]);
    expect(read.conditions[0]!.short).toMatchObject({ seconds: 300, total: 30_000 });
    expect(read.coverage).toBeCloseTo(1 / 30, 12);
    // A watermark from the future counts up to now.
    shop.readInVain(START + 9000);
    expect(shop.status(START + 260).window.to).toBe(START + 260);
  });

  it('is stale after five minutes, or after three times the normal delay', () => {
    expect([0, 30, 100, 1200].map(staleAfter)).toEqual([300, 300, 300, 3600]);
    const shop = scene(sloOf('99.9%'));
    shop.past(1, 100, 100);
    expect(shop.status(START + 300)).toMatchObject({
      measurement: 'measured',
      active: { page: true },
    });
    expect(shop.status(START + 301)).toMatchObject({
      measurement: 'stale',
      measuredThrough: START,
      active: { page: undefined, ticket: undefined },
    });
    expect(freshness([{ from: 0, to: 100 }], 3700, 1200).stale).toBe(false);
    expect(freshness([{ from: 0, to: 100 }], 3701, 1200).stale).toBe(true);
  });

  it('is not moved by a measurement from the future', () => {
    expect(freshness([{ from: 100, to: 90_000 }], 1000, 0)).toEqual({
      measuredThrough: 1000,
      stale: false,
    });
    const future = { from: 90_000, to: 90_060 };
    expect(freshness([{ from: 100, to: 900 }, future], 1000, 0).measuredThrough).toBe(900);
    expect(freshness([future], 1000, 0).measuredThrough).toBeUndefined();
  });
});

/** Runs a page through its life at one-second ticks and returns when it changed. */
function pageOver(
  status: (now: number) => SloStatus,
  slo: Slo,
  from: number,
  to: number,
): readonly string[] {
  let state: AlertState = INACTIVE;
  const changes: string[] = [];
  for (let now = from; now <= to; now++) {
    const next = nextAlertState(state, {
      now,
      active: status(now).active.page,
      pendingFor: 0,
      keepFiringFor: slo.burnPolicy.keepFiring.page,
    });
    state = next.state;
    if (next.transition !== undefined) changes.push(`${next.transition} at ${now - START}`);
  }
  return changes;
}

describe('missing data', () => {
  it('neither fires nor resolves, lowers coverage by exactly its length, and lets alerts resume (property 19)', () => {
    const lossless = fc.record({
      failing: fc.constantFrom(0, 1, 14, 16, 100),
      lost: fc.integer({ min: 0, max: 1500 }),
      length: fc.integer({ min: 1, max: 1200 }),
    });
    fc.assert(
      fc.property(lossless, ({ failing, lost, length }) => {
        const slo = sloOf('99.9%');
        const [whole, holed] = [scene(slo), scene(slo)];
        for (const shop of [whole, holed]) shop.past(1, 1000, failing);
        const [gap, end] = [START + lost, START + lost + length];
        const tick = (shop: typeof whole, now: number): SloStatus => {
          const second = now - 1;
          if (second >= START && (shop === whole || second < gap || second >= end)) {
            shop.count(second, now, 1000, failing);
            shop.measure(second, now);
          } else if (second >= START) shop.readInVain(now);
          return shop.status(now);
        };
        const stop = START + lost + length + 300;
        expect(pageOver((now) => tick(holed, now), slo, START, stop)).toEqual(
          pageOver((now) => tick(whole, now), slo, START, stop),
        );
        const lostShare = whole.status(stop).coverage - holed.status(stop).coverage;
        expect(lostShare * 30 * 86_400).toBeCloseTo(length, 6);
      }),
      { numRuns: 8 },
    );
  });

  it('freezes a firing page however long it lasts, until data tell', () => {
    const slo = sloOf('99.9%');
    const shop = scene(slo);
    shop.past(1, 1000, 0);
    const tick = (now: number): SloStatus => {
      const second = now - 1;
      if (second < START) return shop.status(now);
      if (second < START + 100) {
        shop.count(second, now, 1000, 1000);
        shop.measure(second, now);
      } else if (second >= START + 9000) {
        shop.count(second, now, 1000, 0);
        shop.measure(second, now);
      }
      return shop.status(now);
    };
    // Fires after 52 s; the source dies at 100 s; good data from 9000 s on clear it, and it keeps firing half an hour.
    expect(pageOver(tick, slo, START, START + 12_000)).toEqual([
      'firing at 52',
      'resolved at 10801',
    ]);
  });
});

describe('a lagging watermark', () => {
  it('shifts a page by the lag and changes nothing else (property 20)', () => {
    const slo = sloOf('99.9%');
    const run = (lag: number, outage: number): readonly string[] => {
      const shop = scene(slo, { normalDelay: lag });
      shop.past(1, 1000, 0);
      const tick = (now: number): SloStatus => {
        const second = now - 1 - lag;
        if (second >= START) {
          shop.count(second, second + 1, 1000, second < START + outage ? 1000 : 0);
          shop.measure(second, second + 1);
        }
        return shop.status(now);
      };
      return pageOver(tick, slo, START, START + 2600 + lag);
    };
    for (const outage of [51, 52, 60]) {
      const ideal = run(0, outage);
      expect(ideal.length > 0).toBe(outage >= 52);
      for (const lag of [1, 90, 240])
        expect(run(lag, outage)).toEqual(
          ideal.map((change) => change.replace(/\d+$/, (at) => String(Number(at) + lag))),
        );
    }
  });
});

describe('a calendar window', () => {
  const month = calendar('month', 'Europe/Berlin');
  const june = Date.parse('2026-05-31T22:00Z') / 1000;

  function readerOf(rate: number, failing: (at: number) => number) {
    return (from: number, to: number) => ({
      total: Math.max(0, to - from) * rate,
      bad: to > from ? Math.floor(failing(to) - failing(from)) : 0,
      scale: 1,
    });
  }
  const statusAt = (now: number, coverage: readonly Interval[], rate = 10) =>
    evaluateStatus({
      slo: sloOf('99.9%', { window: month }),
      read: readerOf(rate, (at) => Math.max(0, at - june) * 1),
      coverage,
      watermark: now,
      now,
      normalDelay: 0,
      calendar: createCalendar(),
    });

  it('starts empty at its boundary, and shows the budget so far and against the month to come', () => {
    const start = Date.parse('2026-04-30T22:00Z') / 1000;
    const before = [{ from: start, to: june + 3600 }];
    expect(statusAt(june, before)).toMatchObject({ total: 0, window: { from: june, to: june } });
    const status = statusAt(june + 3600, before);
    expect(status.window.period).toEqual({ from: june, to: june + 30 * 86_400 });
    expect(status.coverage).toBe(1);
    expect(status.budgetSpent).toBeCloseTo(100, 9);
    // May had 31 days at the same rate: June's 30 are expected to have 30/31 of its events.
    expect(status.projected!.budgetSpent).toBeCloseTo(3600 / (30 * 86_400 * 10 * 0.001), 9);
  });

  it('expects what its own measured time promises when the month before was not measured', () => {
    const late = june + 10 * 86_400;
    const status = statusAt(late, [{ from: june + 5 * 86_400, to: late }]);
    expect(status.coverage).toBe(0.5);
    // Ten days' events were counted in five measured days: twice the month's 25,920,000 are promised.
    expect(status.projected!.budgetSpent).toBeCloseTo(864_000 / (2 * 25_920_000 * 0.001), 9);
    expect(statusAt(june + 3600, [{ from: june, to: june + 3600 }])).not.toHaveProperty(
      'projected',
    );
  });
});
