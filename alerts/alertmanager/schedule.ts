// A virtual clock: what is to happen when, taken in the order of time.

/** Things to do at instants. */
export interface Schedule {
  /** The instant of what happens now; that of the start before anything did. */
  readonly nowMs: number;
  /** Not before now. At the same instant the lower rank goes first, then what was planned first. */
  plan(atMs: number, rank: number, action: () => void): void;
  /** Does what is planned up to and including an instant, until `stopped` says so; what is done may plan more. */
  runUntil(untilMs: number, stopped: () => boolean): void;
}

interface Planned {
  readonly atMs: number;
  readonly rank: number;
  readonly sequence: number;
  readonly action: () => void;
}

export function createSchedule(startMs: number): Schedule {
  // A binary heap, the next thing first.
  const heap: Planned[] = [];
  let nowMs = startMs;
  let sequence = 0;
  return {
    get nowMs() {
      return nowMs;
    },
    plan(atMs, rank, action) {
      heap.push({ atMs: Math.max(atMs, nowMs), rank, sequence, action });
      sequence += 1;
      rise(heap, heap.length - 1);
    },
    runUntil(untilMs, stopped) {
      for (;;) {
        const [next] = heap;
        if (next === undefined || next.atMs > untilMs || stopped()) return;
        removeFirst(heap);
        nowMs = next.atMs;
        next.action();
      }
    },
  };
}

const isBefore = (a: Planned, b: Planned): boolean =>
  (a.atMs - b.atMs || a.rank - b.rank || a.sequence - b.sequence) < 0;

function rise(heap: Planned[], from: number): void {
  let index = from;
  while (index > 0) {
    const above = (index - 1) >> 1;
    if (!swapWhenBefore(heap, index, above)) return;
    index = above;
  }
}

function removeFirst(heap: Planned[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  let index = 0;
  for (;;) {
    const left = index * 2 + 1;
    const right = heap[left + 1];
    const leftOne = heap[left];
    if (leftOne === undefined) return;
    const lesser = right !== undefined && isBefore(right, leftOne) ? left + 1 : left;
    if (!swapWhenBefore(heap, lesser, index)) return;
    index = lesser;
  }
}

/** Whether the lower one had to go first, and was swapped with the upper one. */
function swapWhenBefore(heap: Planned[], lower: number, upper: number): boolean {
  const [below, above] = [heap[lower], heap[upper]];
  if (below === undefined || above === undefined || !isBefore(below, above)) return false;
  heap[lower] = above;
  heap[upper] = below;
  return true;
}
