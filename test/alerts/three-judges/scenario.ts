// Random lives of counters on a grid of 15 seconds: traffic, outages, restarts, scrapes that fail, series born and renamed.
import fc from 'fast-check';

export const GRID_SECONDS = 15;
/** Eighty minutes. */
export const GRID_POINTS = 321;
export const END_SECONDS = (GRID_POINTS - 1) * GRID_SECONDS;

/** A sample on the grid, the mark of a series that ended, or nothing. */
export type Sample = number | 'stale' | '_';

/** One series of a case: whether it counts as total, as bad, or as both, and its samples. */
export interface ScenarioSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly target: string;
  readonly isBad: boolean;
  readonly samples: readonly Sample[];
}

interface TargetPlan {
  /** Grid points between two scrapes, and the first. */
  readonly every: number;
  readonly phase: number;
  readonly firstValue: number;
  /** Most events of a scrape, and the share of them that fails, by phases of the whole time. */
  readonly phases: readonly { readonly most: number; readonly failing: number }[];
  readonly bornLate: boolean;
  readonly restartAt: number | undefined;
  readonly gap:
    { readonly at: number; readonly points: number; readonly marked: boolean } | undefined;
  readonly renameAt: number | undefined;
  readonly seed: number;
}

const phase = fc.record({
  most: fc.constantFrom(0, 1, 3, 40, 2000),
  failing: fc.constantFrom(0, 0, 0, 0.0005, 0.01, 0.05, 0.3, 1),
});

const sometimes = (low: number, high: number): fc.Arbitrary<number | undefined> =>
  fc.option(fc.integer({ min: low, max: high }), { nil: undefined, freq: 2 });

const targetPlan: fc.Arbitrary<TargetPlan> = fc.record({
  every: fc.constantFrom(1, 2, 4),
  phase: fc.nat(30),
  firstValue: fc.constantFrom(0, 7, 5000, 1_000_000),
  phases: fc.array(phase, { minLength: 1, maxLength: 6 }),
  bornLate: fc.boolean(),
  restartAt: sometimes(50, 310),
  gap: fc.option(
    fc.record({
      at: fc.integer({ min: 40, max: 300 }),
      points: fc.integer({ min: 2, max: 52 }),
      marked: fc.boolean(),
    }),
    { nil: undefined, freq: 2 },
  ),
  renameAt: sometimes(50, 310),
  seed: fc.integer(),
});

/** One or two scraped processes. */
export const scenarioPlan = fc.array(targetPlan, { minLength: 1, maxLength: 2 });

export type ScenarioPlan = readonly TargetPlan[];

/** The series of a plan; `withBirths`: error series may be born with their first error, series renamed, processes restarted. */
export function seriesOf(plan: ScenarioPlan, withBirths: boolean): readonly ScenarioSeries[] {
  return plan.flatMap((target, index) => targetSeries(target, `i${index}`, withBirths));
}

function targetSeries(
  plan: TargetPlan,
  instance: string,
  withBirths: boolean,
): readonly ScenarioSeries[] {
  const random = randomNumbers(plan.seed);
  const good = emptyLine();
  const renamed = emptyLine();
  const bad = emptyLine();
  // What restarts between two samples of one tile and overtakes its old value there is seen by nobody who looks once a tile.
  // In a sum of two counters it may not show either.
  const restartAt = plan.every === 1 || !withBirths ? undefined : plan.restartAt;
  const late = withBirths && plan.bornLate;
  let [goodCount, badCount] = [plan.firstValue, 0];
  let isBorn = !late;
  let isRenamed = false;
  let restarted = false;
  let scrapes = 0;
  for (let at = plan.phase; at < GRID_POINTS; at += plan.every) {
    if (restartAt !== undefined && at >= restartAt && !restarted) {
      [goodCount, badCount, restarted] = [0, 0, true];
    }
    const { most, failing } = plan.phases[Math.floor((at * plan.phases.length) / GRID_POINTS)] ?? {
      most: 0,
      failing: 0,
    };
    const events = Math.floor(random() * (most + 1));
    const failed = Math.min(
      events,
      Math.floor(events * failing + random()) * (failing > 0 ? 1 : 0),
    );
    if (scrapes > 4) [goodCount, badCount] = [goodCount + events - failed, badCount + failed];
    scrapes += 1;
    const { gap } = plan;
    if (gap !== undefined && at >= gap.at && at < gap.at + gap.points) {
      if (gap.marked && at < gap.at + plan.every)
        for (const line of [good, renamed, bad])
          if (line.some((sample) => typeof sample === 'number')) line[at] = 'stale';
      continue;
    }
    if (withBirths && plan.renameAt !== undefined && at >= plan.renameAt && !isRenamed)
      // Only what grew by less than it was can be told from a new series, and only soon after the last scrape.
      if (goodCount > 4000 && typeof good[at - plan.every] === 'number') {
        isRenamed = true;
        good[at] = 'stale';
      }
    (isRenamed ? renamed : good)[at] = goodCount;
    if (badCount > 0 || isBorn) {
      isBorn = true;
      bad[at] = badCount;
    }
  }
  const line = (labels: Record<string, string>, samples: Sample[], isBad: boolean) => ({
    labels: { instance, ...labels },
    target: instance,
    isBad,
    samples,
  });
  return [
    line({ code: '200' }, good, false),
    line({ code: '200', zone: 'b' }, renamed, false),
    line({ code: '500' }, bad, true),
  ].filter(({ samples }) => samples.some((sample) => typeof sample === 'number'));
}

function emptyLine(): Sample[] {
  return Array.from({ length: GRID_POINTS }, (): Sample => '_');
}

/** Mulberry32: the same numbers for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
