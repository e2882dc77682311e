// Writes a block of Prometheus' database: a month of a thousand services in half a minute, where promtool takes a quarter of an hour.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteWriter, createByteWriter } from './byte-writer.ts';
import { CHUNK_SAMPLES, createChunkWriter } from './xor-chunk.ts';

export interface BlockSeries {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Fills in samples of `[from, to)`, milliseconds, oldest first, and says how many. */
  readonly fill: (
    fromMs: number,
    toMs: number,
    times: Float64Array,
    values: Float64Array,
  ) => number;
}

export interface BlockOptions {
  /** The data folder; the block becomes a folder in it. */
  readonly folder: string;
  /** Unique in the folder. */
  readonly number: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly BlockSeries[];
  /** Samples of one series at most. */
  readonly mostSamples: number;
}

interface Chunk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reference: number;
}

const SEGMENT_MAGIC = 0x85bd40dd;
const INDEX_MAGIC = 0xbaaad700;
const XOR = 1;
const WRITE_AT = 8 << 20;
const LARGEST_SEGMENT = 512 * 2 ** 20;

/** Writes one block and returns its number of samples. @throws RangeError when it would need a second segment */
export function writeBlock(options: BlockOptions): number {
  const { folder, fromMs, toMs } = options;
  const series = [...options.series].sort((a, b) => compareLabels(a.labels, b.labels));
  const ulid = String(options.number).padStart(26, '0');
  const place = join(folder, ulid);
  mkdirSync(join(place, 'chunks'), { recursive: true });
  const chunks = writeChunks(join(place, 'chunks', '000001'), { ...options, series });
  writeFileSync(join(place, 'index'), encodeIndex(series, chunks));
  const samples = chunks.reduce((sum, { samples }) => sum + samples, 0);
  const meta = {
    ulid,
    minTime: fromMs,
    maxTime: toMs,
    stats: {
      numSamples: samples,
      numSeries: series.length,
      numChunks: chunks.reduce((sum, each) => sum + each.chunks.length, 0),
    },
    compaction: { level: 1, sources: [ulid] },
    version: 1,
  };
  writeFileSync(join(place, 'meta.json'), JSON.stringify(meta));
  return samples;
}

function writeChunks(
  file: string,
  { series, fromMs, toMs, mostSamples }: BlockOptions,
): { readonly chunks: readonly Chunk[]; readonly samples: number }[] {
  const out = createByteWriter();
  const encoder = createChunkWriter();
  const times = new Float64Array(mostSamples);
  const values = new Float64Array(mostSamples);
  const segment = openSync(file, 'w');
  let flushed = 0;
  const flush = (): void => {
    writeSync(segment, out.view());
    flushed += out.length;
    out.clear();
  };
  out.u32(SEGMENT_MAGIC);
  out.u32(0x01000000);
  const written = series.map(({ fill }) => {
    const count = fill(fromMs, toMs, times, values);
    const chunks: Chunk[] = [];
    for (let from = 0; from < count; from += CHUNK_SAMPLES) {
      const to = Math.min(count, from + CHUNK_SAMPLES);
      const bytes = encoder.encode(times, values, from, to);
      const reference = flushed + out.length;
      out.uvarint(bytes.length);
      const start = out.length;
      out.byte(XOR);
      out.bytes(bytes);
      out.checksum(start);
      chunks.push({ fromMs: times[from] ?? 0, toMs: times[to - 1] ?? 0, reference });
    }
    if (out.length > WRITE_AT) flush();
    return { chunks, samples: count };
  });
  flush();
  closeSync(segment);
  if (flushed > LARGEST_SEGMENT)
    throw new RangeError(
      `${flushed} bytes of chunks do not fit into one segment: write shorter blocks`,
    );
  return written;
}

function encodeIndex(
  series: readonly BlockSeries[],
  written: readonly { readonly chunks: readonly Chunk[] }[],
): Uint8Array {
  const out = createByteWriter();
  const texts = new Set(series.flatMap(({ labels }) => Object.entries(labels).flat()));
  const symbols = [...texts].sort(compareText);
  const numberOf = new Map(symbols.map((text, index) => [text, index]));
  out.u32(INDEX_MAGIC);
  out.byte(2);
  const symbolsAt = out.length;
  section(out, () => {
    out.u32(symbols.length);
    for (const text of symbols) out.text(text);
  });
  const seriesAt = out.length;
  /** By label and value, the references of its series; '' is the list of all. */
  const postings = new Map<string, { name: string; value: string; references: number[] }>();
  const post = (name: string, value: string, reference: number): void => {
    const key = `${name}\0${value}`;
    const list = postings.get(key);
    if (list === undefined) postings.set(key, { name, value, references: [reference] });
    else list.references.push(reference);
  };
  for (const [index, { labels }] of series.entries()) {
    const chunks = written[index]?.chunks ?? [];
    if (chunks.length === 0) continue;
    out.pad(16);
    const reference = out.length / 16;
    const entry = encodeSeries(labels, chunks, numberOf);
    out.uvarint(entry.length);
    const start = out.length;
    out.bytes(entry);
    out.checksum(start);
    post('', '', reference);
    for (const [name, value] of Object.entries(labels)) post(name, value, reference);
  }
  const sorted = [...postings.values()].sort(
    (a, b) => compareText(a.name, b.name) || compareText(a.value, b.value),
  );
  const offsets: number[] = [];
  for (const { references } of sorted) {
    out.pad(4);
    offsets.push(out.length);
    section(out, () => {
      out.u32(references.length);
      for (const reference of references) out.u32(reference);
    });
  }
  const postingsAt = offsets[0] ?? out.length;
  const tableAt = out.length;
  section(out, () => {
    out.u32(sorted.length);
    for (const [index, { name, value }] of sorted.entries()) {
      out.byte(2);
      out.text(name);
      out.text(value);
      out.uvarint(offsets[index] ?? 0);
    }
  });
  const contents = out.length;
  // Label indices are no longer written or read.
  for (const at of [symbolsAt, seriesAt, 0, postingsAt, 0, tableAt]) out.u64(at);
  out.checksum(contents);
  return out.view();
}

function encodeSeries(
  labels: BlockSeries['labels'],
  chunks: readonly Chunk[],
  numberOf: ReadonlyMap<string, number>,
): Uint8Array {
  const out = createByteWriter();
  const sorted = Object.entries(labels).sort(([a], [b]) => compareText(a, b));
  out.uvarint(sorted.length);
  for (const text of sorted.flat()) out.uvarint(numberOf.get(text) ?? 0);
  out.uvarint(chunks.length);
  let before: Chunk | undefined;
  for (const chunk of chunks) {
    if (before === undefined) {
      out.varint(chunk.fromMs);
      out.uvarint(chunk.toMs - chunk.fromMs);
      out.uvarint(chunk.reference);
    } else {
      out.uvarint(chunk.fromMs - before.toMs);
      out.uvarint(chunk.toMs - chunk.fromMs);
      out.varint(chunk.reference - before.reference);
    }
    before = chunk;
  }
  return out.view();
}

/** A length, what `write` writes, and its checksum. */
function section(out: ByteWriter, write: () => void): void {
  const lengthAt = out.length;
  out.u32(0);
  const start = out.length;
  write();
  out.setU32(lengthAt, out.length - start);
  out.checksum(start);
}

/** By bytes, as Go compares text; labels here are ASCII. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLabels(a: BlockSeries['labels'], b: BlockSeries['labels']): number {
  const [ours, theirs] = [a, b].map((labels) =>
    Object.entries(labels)
      .sort(([x], [y]) => compareText(x, y))
      .flat(),
  );
  for (const [index, text] of (ours ?? []).entries()) {
    const order = compareText(text, theirs?.[index] ?? '');
    if (order !== 0) return order;
  }
  return (ours?.length ?? 0) - (theirs?.length ?? 0);
}
