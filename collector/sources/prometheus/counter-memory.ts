// What a fold must remember to go on after a restart, as text: the last sample of every series, and its targets.
import type { Surplus } from './pending-counts.ts';
import { KEY_LENGTH } from './series-key.ts';

export interface RememberedSeries {
  readonly key: string;
  readonly lastMs: number;
  readonly lastValue: number;
}

export interface RememberedTarget {
  readonly key: string;
  readonly firstMs: number;
  readonly newestMs: number;
  readonly intervalMs: number;
}

export interface CounterMemory {
  readonly series: readonly RememberedSeries[];
  readonly targets: readonly RememberedTarget[];
  /** By instance. */
  readonly surplus: Readonly<Record<string, Surplus>>;
}

/** JSON in which numbers are columns of little-endian doubles in base64: 38 bytes a series, written in microseconds. */
export interface EncodedMemory {
  readonly series: string;
  readonly samples: string;
  readonly targets: string;
  readonly scrapes: string;
  readonly surplus: Readonly<Record<string, readonly [number, number]>>;
}

export const EMPTY_MEMORY: CounterMemory = Object.freeze({ series: [], targets: [], surplus: {} });

/** Writes memories; keys that stay the same from one to the next are not written anew. */
export interface MemoryWriter {
  write(
    series: readonly RememberedSeries[],
    targets: readonly RememberedTarget[],
    surplus: ReadonlyMap<string, Surplus>,
  ): EncodedMemory;
}

export function createMemoryWriter(): MemoryWriter {
  const seriesKeys = createKeyColumn();
  const targetKeys = createKeyColumn();
  let samples = new Float64Array();
  let scrapes = new Float64Array();
  return {
    write(series, targets, surplus) {
      samples = sized(samples, series.length * 2);
      let at = 0;
      for (const { lastMs, lastValue } of series) {
        samples[at] = lastMs;
        samples[at + 1] = lastValue;
        at += 2;
      }
      scrapes = sized(scrapes, targets.length * 3);
      at = 0;
      for (const { firstMs, newestMs, intervalMs } of targets) {
        scrapes[at] = firstMs;
        scrapes[at + 1] = newestMs;
        scrapes[at + 2] = intervalMs;
        at += 3;
      }
      return {
        series: seriesKeys(series),
        samples: toText(samples),
        targets: targetKeys(targets),
        scrapes: toText(scrapes),
        surplus: Object.fromEntries(
          [...surplus].map(([instance, { count, since }]) => [instance, [count, since]]),
        ),
      };
    },
  };
}

function sized(numbers: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return numbers.length === length ? numbers : new Float64Array(length);
}

/** The keys in one text, joined again only when the list is another one. */
function createKeyColumn(): (keyed: readonly { readonly key: string }[]) => string {
  let last: readonly { readonly key: string }[] | undefined;
  let text = '';
  return (keyed) => {
    if (keyed !== last) {
      text = keyed.map(({ key }) => key).join('');
      last = keyed;
    }
    return text;
  };
}

/** @throws RangeError when the columns do not fit each other */
export function decodeMemory(encoded: EncodedMemory): CounterMemory {
  const samples = toNumbers(encoded.samples);
  const scrapes = toNumbers(encoded.scrapes);
  return {
    series: toKeys(encoded.series, samples.length / 2).map((key, index) => ({
      key,
      lastMs: samples[index * 2] ?? 0,
      lastValue: samples[index * 2 + 1] ?? 0,
    })),
    targets: toKeys(encoded.targets, scrapes.length / 3).map((key, index) => ({
      key,
      firstMs: scrapes[index * 3] ?? 0,
      newestMs: scrapes[index * 3 + 1] ?? 0,
      intervalMs: scrapes[index * 3 + 2] ?? 0,
    })),
    surplus: Object.fromEntries(
      Object.entries(encoded.surplus).map(([instance, [count, since]]) => [
        instance,
        { count, since },
      ]),
    ),
  };
}

function toText(numbers: Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

function toNumbers(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  // Copied, because a pooled buffer need not begin at a multiple of eight.
  return new Float64Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / 8));
}

function toKeys(text: string, count: number): readonly string[] {
  if (text.length !== count * KEY_LENGTH)
    throw new RangeError(`${text.length} characters are not ${count} keys of ${KEY_LENGTH}`);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * KEY_LENGTH, (index + 1) * KEY_LENGTH),
  );
}
