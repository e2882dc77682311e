// Finds a series by the bytes of its labels: by guessing the sender's order, else by a table of bounded size.
import type { CounterFold, FoldSeries } from '../prometheus/counter-fold.ts';
import type { SeriesRoutes } from '../prometheus/series-routes.ts';
import { readSeriesLabels, type SeriesFinder } from './write-request.ts';

export interface SeriesTable extends SeriesFinder<FoldSeries> {
  /** Begins a request: each of a sender's shards has an order of its own. */
  begin(): void;
  readonly size: number;
}

/** `__name__` with its tag and length, as the first label of a series has it. */
const NAME_LABEL = Buffer.from('\n\u0008__name__\u0012');

/** Bytes of labels kept at most; a full table is begun anew, which costs each series one look at its labels. */
const MOST_BYTES = 1 << 27;
const FIRST_BYTES = 1 << 16;
const FIRST_ENTRIES = 1 << 8;

export function createSeriesTable(routes: SeriesRoutes, fold: CounterFold): SeriesTable {
  const entries = new Map<string, number>();
  /** By entry; null: no SLI selects it. */
  let series: (FoldSeries | null)[] = [];
  // The label bytes of all entries one after another, as the sender's order made them: a guess reads memory straight on.
  let arena = new DataView(new ArrayBuffer(FIRST_BYTES));
  /** Entry i has the bytes `starts[i]` up to `starts[i + 1]`. */
  let starts = new Uint32Array(FIRST_ENTRIES + 1);
  /** The entry that came after entry i when it was last seen; -1 when none has. */
  let next = new Int32Array(FIRST_ENTRIES).fill(-1);
  let previous = -1;
  let found: FoldSeries | undefined;

  const take = (entry: number): void => {
    previous = entry;
    let each = series[entry] ?? null;
    if (each?.forgotten === true) {
      each = seriesOf(entry);
      series[entry] = each;
    }
    found = each ?? undefined;
  };

  const seriesOf = (entry: number): FoldSeries | null => {
    const labels = Buffer.from(arena.buffer, starts[entry], lengthOf(entry));
    return fold.series(readSeriesLabels(labels, 0, labels.length)) ?? null;
  };

  const lengthOf = (entry: number): number => (starts[entry + 1] ?? 0) - (starts[entry] ?? 0);

  const clear = (): void => {
    entries.clear();
    series = [];
    next.fill(-1);
    previous = -1;
  };

  const add = (bytes: Buffer, from: number, to: number): number => {
    if ((starts[series.length] ?? 0) + to - from > MOST_BYTES) clear();
    const entry = series.length;
    const start = starts[entry] ?? 0;
    const end = start + to - from;
    if (end > arena.byteLength)
      arena = new DataView(arena.buffer.transfer(Math.max(end, arena.byteLength * 2)));
    if (entry === next.length) {
      starts = new Uint32Array(starts.buffer.transfer((entry * 2 + 1) * 4));
      next = new Int32Array(next.buffer.transfer(entry * 2 * 4)).fill(-1, entry);
    }
    new Uint8Array(arena.buffer).set(bytes.subarray(from, to), start);
    starts[entry + 1] = end;
    series.push(null);
    series[entry] = seriesOf(entry);
    return entry;
  };

  return {
    begin() {
      previous = -1;
    },
    guess(view, from, end) {
      const entry = previous < 0 ? -1 : (next[previous] ?? -1);
      if (entry < 0) return -1;
      const length = lengthOf(entry);
      if (from + length > end) return -1;
      if (!equalBytes(view, from, arena, starts[entry] ?? 0, length)) return -1;
      take(entry);
      return from + length;
    },
    find(bytes, from, to) {
      const metric = metricOf(bytes, from, to);
      if (metric !== undefined && !routes.hasMetric(metric)) {
        found = undefined;
        return;
      }
      const key = bytes.toString('latin1', from, to);
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = add(bytes, from, to);
        entries.set(key, entry);
      }
      if (previous >= 0) next[previous] = entry;
      take(entry);
    },
    get found() {
      return found;
    },
    get size() {
      return entries.size;
    },
  };
}

/** Whether `length` bytes at `a` of one view are those at `b` of the other; both have so many. */
function equalBytes(one: DataView, a: number, other: DataView, b: number, length: number): boolean {
  const words = length - (length & 7);
  for (let at = 0; at < words; at += 8)
    if (one.getBigUint64(a + at, true) !== other.getBigUint64(b + at, true)) return false;
  for (let at = words; at < length; at += 1)
    if (one.getUint8(a + at) !== other.getUint8(b + at)) return false;
  return true;
}

/** The metric's name when it is the first label, as with every known sender; undefined otherwise. */
function metricOf(bytes: Buffer, from: number, to: number): string | undefined {
  // A label of over 127 bytes has a longer length before it, and is looked up whole.
  const start = from + 2;
  if ((bytes[from + 1] ?? 0x80) >= 0x80 || start + NAME_LABEL.length >= to) return undefined;
  if (bytes.compare(NAME_LABEL, 0, NAME_LABEL.length, start, start + NAME_LABEL.length) !== 0)
    return undefined;
  const at = start + NAME_LABEL.length;
  const length = bytes[at] ?? 0x80;
  if (length >= 0x80 || at + 1 + length > to) return undefined;
  return bytes.toString('utf8', at + 1, at + 1 + length);
}
