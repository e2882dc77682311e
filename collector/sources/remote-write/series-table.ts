// Finds a series by the bytes of its labels: by guessing the sender's order, else by a table of bounded size.
import type { CounterFold, FoldSeries } from '../prometheus/counter-fold.ts';
import type { SeriesRoutes } from '../prometheus/series-routes.ts';
import { readSeriesLabels } from './write-request.ts';

interface Entry {
  readonly bytes: Buffer;
  /** null: no SLI selects it. */
  series: FoldSeries | null;
  /** The entry that came after this one when it was last seen. */
  next: Entry | undefined;
}

export interface SeriesTable {
  /** Begins a request: each sender's shard has an order of its own. */
  begin(): void;
  /** The series of label bytes; undefined when no SLI selects it. @throws WriteRequestError */
  find(bytes: Buffer, from: number, to: number): FoldSeries | undefined;
  readonly size: number;
}

/** `__name__` with its tag and length, as the first label of a series has it. */
const NAME_LABEL = Buffer.from('\n\u0008__name__\u0012');

/** Entries at most; a full table is begun anew, which costs each series one look at its labels. */
const MOST_ENTRIES = 400_000;

export function createSeriesTable(routes: SeriesRoutes, fold: CounterFold): SeriesTable {
  const entries = new Map<string, Entry>();
  let previous: Entry | undefined;

  const lookUp = (bytes: Buffer, from: number, to: number): Entry | undefined => {
    const metric = metricOf(bytes, from, to);
    if (metric !== undefined && !routes.hasMetric(metric)) return undefined;
    const key = bytes.toString('latin1', from, to);
    let entry = entries.get(key);
    if (entry === undefined) {
      if (entries.size >= MOST_ENTRIES) entries.clear();
      const series = fold.series(readSeriesLabels(bytes, from, to)) ?? null;
      entry = { bytes: Buffer.from(bytes.subarray(from, to)), series, next: undefined };
      entries.set(key, entry);
    }
    return entry;
  };

  return {
    begin() {
      previous = undefined;
    },
    find(bytes, from, to) {
      let entry = previous?.next;
      if (
        entry === undefined ||
        entry.bytes.length !== to - from ||
        entry.bytes.compare(bytes, from, to) !== 0
      ) {
        entry = lookUp(bytes, from, to);
        if (entry === undefined) return undefined;
        if (previous !== undefined) previous.next = entry;
      }
      previous = entry;
      if (entry.series?.forgotten === true)
        entry.series = fold.series(readSeriesLabels(bytes, from, to)) ?? null;
      return entry.series ?? undefined;
    },
    get size() {
      return entries.size;
    },
  };
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
