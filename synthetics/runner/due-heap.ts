// What is due next: a binary heap of moments, so that thousands of checks cost a few comparisons each time.

export interface Due<T> {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly value: T;
}

export interface DueHeap<T> {
  readonly size: number;
  add(due: Due<T>): void;
  /** The earliest, left in place. */
  peek(): Due<T> | undefined;
  /** The earliest, taken out; among equals any. */
  take(): Due<T> | undefined;
  clear(): void;
}

export function createDueHeap<T>(): DueHeap<T> {
  const heap: Due<T>[] = [];

  function earlier(left: number, right: number): boolean {
    const [one, other] = [heap[left], heap[right]];
    return one !== undefined && other !== undefined && one.atMs < other.atMs;
  }

  function swap(left: number, right: number): void {
    const [one, other] = [heap[left], heap[right]];
    if (one === undefined || other === undefined) return;
    heap[left] = other;
    heap[right] = one;
  }

  function rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!earlier(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function sink(): void {
    for (let at = 0; ;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (earlier(child, first)) first = child;
      if (first === at) return;
      swap(at, first);
      at = first;
    }
  }

  return {
    get size() {
      return heap.length;
    },
    add(due) {
      heap.push(due);
      rise(heap.length - 1);
    },
    peek: () => heap[0],
    take() {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        sink();
      }
      return top;
    },
    clear() {
      heap.length = 0;
    },
  };
}
