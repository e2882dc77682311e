// What a benchmark gives back: figures with their spread, ratios taken in one run, and what they leave out.
import type { ServiceName } from '../test/services/service-names.ts';

/** One figure of a table: median and range over its rounds. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

export interface Result {
  /** The goal's number in the performance plan: P2. */
  readonly id: string;
  readonly title: string;
  /** The goal as published. */
  readonly goal: string;
  readonly figures: readonly Figure[];
  /** Whether the goal was reached, and if not, by how much it was missed and why. */
  readonly verdict: string;
  /** What ours does not do, or what the figures do not show. */
  readonly notes: readonly string[];
}

/** How much a benchmark takes on: a trial of a minute, what `npm run bench` does, or the size that the goal names. */
export type Size = 'trial' | 'usual' | 'full';

export interface Benchmark {
  readonly id: string;
  readonly title: string;
  /** Servers without which it is left out. @default none */
  readonly needs?: readonly ServiceName[];
  /** @param say tells progress, a line at a time */
  run(say: (text: string) => void, size: Size): Promise<Result>;
}

/** The figure of some rounds' values. @throws RangeError without values */
export function figure(name: string, unit: string, values: readonly number[]): Figure {
  if (values.length === 0) throw new RangeError(`no rounds for ${name}`);
  const sorted = [...values].sort((a, b) => a - b);
  return {
    name,
    unit,
    median: medianOf(sorted),
    low: quantile(sorted, 0),
    high: quantile(sorted, 1),
    rounds: values.length,
  };
}

/** Of an even number of rounds the middle of the two middle ones: the better of two rounds is no median. */
function medianOf(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The value at a share of the sorted values, the nearer one; 0.99 of 100 values is the 99th. */
export function quantile(sorted: readonly number[], share: number): number {
  const index = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return sorted[index] ?? Number.NaN;
}

/** Milliseconds that a piece of work took on the clock. */
export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Seconds of processor time that this process used for a piece of work, waiting not included. */
export async function cpuSeconds(work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
