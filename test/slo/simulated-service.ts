// Simulated services: many months or incidents side by side, Poisson traffic by the minute, judged by the real arithmetic.
import { type AlertState, INACTIVE, nextAlertState } from '../../slo/alert-state.ts';
import { type BurnRule } from '../../slo/burn-rate.ts';
import { createBurnScreen } from '../../slo/burn-screen.ts';
import { createCountHistory } from '../../slo/count-history.ts';
import { sloOf } from './fixtures.ts';

/** Where a simulation's time begins, in minutes. */
const ORIGIN = 1_000_000;

export interface Simulation {
  /** How many services run side by side. */
  readonly runs: number;
  readonly minutes: number;
  readonly perHour: number;
  /** Share of failing requests in each minute. */
  readonly failing: (minute: number) => number;
  readonly evidenceGate: boolean;
  readonly keepFiringMinutes: number;
  readonly seed: number;
}

/** The minutes at which pages began, for each service. */
export function simulatePages(simulation: Simulation): readonly (readonly number[])[] {
  const { runs, minutes, perHour, failing, keepFiringMinutes } = simulation;
  const random = randomOf(simulation.seed);
  const rule = pageRuleInMinutes(simulation.evidenceGate);
  const screen = createBurnScreen(rule);
  const history = createCountHistory({ start: ORIGIN, layout: [{ width: 1, cells: 400 }] });
  const columns = Uint32Array.from({ length: runs }, () => history.addColumn());
  const ends = new Float64Array(runs);
  const pages = Array.from({ length: runs }, (): number[] => []);
  const states = pages.map((): AlertState => INACTIVE);
  const started = ORIGIN;
  for (let minute = 0; minute < minutes; minute++) {
    history.advance(started + minute + 1);
    const share = failing(minute);
    for (const column of columns) {
      const bad = poisson((perHour / 60) * share, random);
      const total = bad + poisson((perHour / 60) * (1 - share), random);
      if (total > 0) history.apply(column, [{ start: started + minute, width: 1, total, bad }]);
    }
    const masks = screen.judge(history, columns, ends.fill(history.end));
    for (let run = 0; run < runs; run++) {
      const state = states[run]!;
      const active = masks[run]! !== 0;
      if (!active && state.phase === 'inactive') continue;
      const next = nextAlertState(state, {
        now: minute,
        active,
        pendingFor: 0,
        keepFiringFor: keepFiringMinutes,
      });
      states[run] = next.state;
      if (next.transition === 'firing') pages[run]!.push(minute);
    }
  }
  return pages;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The two pages of the default policy at 99.9 %, a minute playing the part of a second: the arithmetic knows no units. */
function pageRuleInMinutes(evidenceGate: boolean): BurnRule {
  const slo = sloOf('99.9%', { evidenceGate });
  const conditions = slo.burnPolicy.conditions
    .filter(({ severity }) => severity === 'page')
    .map((condition) => ({
      ...condition,
      longWindow: condition.longWindow / 60,
      shortWindow: condition.shortWindow / 60,
    }));
  return { objective: slo.objective, burnPolicy: { ...slo.burnPolicy, conditions } };
}

/** Mulberry32: good enough for traffic, and the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Knuth's multiplication: exact, and quick for the few requests of a minute. */
function poisson(expected: number, random: () => number): number {
  const limit = Math.exp(-expected);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count++;
  }
  return count;
}
