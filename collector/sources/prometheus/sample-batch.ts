// One answer's samples in columns: a million of them are a few arrays, not a million objects.

/** The raw samples of many series, in the order of the answer. Series i has samples `starts[i]` up to `starts[i + 1]`. */
export interface SampleBatch {
  /** The text of each series' label object as the server wrote it, one byte a character: a key, and JSON once decoded. */
  readonly series: readonly string[];
  readonly starts: readonly number[];
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** All samples. */
  readonly count: number;
  /** Native histogram samples that were in the answer and are not counters. */
  readonly histograms: number;
}

/** Builds a batch; `full` answers true once the limit is passed, and nothing more is taken then. */
export interface SampleBatchBuilder {
  begin(series: string): void;
  add(timeMs: number, value: number): void;
  histogram(): void;
  readonly full: boolean;
  finish(): SampleBatch;
}

/** @param limit samples at most, which bounds memory to 16 bytes for each and twice that while growing */
export function createSampleBatch(limit: number): SampleBatchBuilder {
  const series: string[] = [];
  const starts: number[] = [];
  let times = new Float64Array(1024);
  let values = new Float64Array(1024);
  let count = 0;
  let histograms = 0;
  let full = false;
  const grow = (): void => {
    const size = Math.min(limit, times.length * 2);
    const [oldTimes, oldValues] = [times, values];
    times = new Float64Array(size);
    values = new Float64Array(size);
    times.set(oldTimes);
    values.set(oldValues);
  };
  return {
    begin(text) {
      if (full) return;
      series.push(text);
      starts.push(count);
    },
    add(timeMs, value) {
      if (count >= limit) full = true;
      if (full) return;
      if (count === times.length) grow();
      times[count] = timeMs;
      values[count] = value;
      count += 1;
    },
    histogram() {
      histograms += 1;
    },
    get full() {
      return full;
    },
    finish: () => ({ series, starts: [...starts, count], times, values, count, histograms }),
  };
}

/** The labels of a series text of a batch. @throws SyntaxError when it is not a JSON object of strings */
export function readLabels(text: string): Readonly<Record<string, string>> {
  const labels: unknown = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  if (labels === null || typeof labels !== 'object' || Array.isArray(labels))
    throw new SyntaxError(`not a label object: ${text.slice(0, 200)}`);
  // A null prototype keeps a label named __proto__ an ordinary one.
  const read = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(labels)) read[name] = String(value);
  return read;
}
