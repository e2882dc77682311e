// Walks the protobuf of a remote-write 1.0 request over its bytes: no object for a label, none for a sample.
import {
  type Cursor,
  readEnd,
  readVarint,
  skipField,
  WriteRequestError,
} from './protobuf-cursor.ts';

/** Finds series by the bytes of their labels, which are valid during the call only. */
export interface SeriesFinder<T> {
  /**
   * Guesses that the series which was next the last time comes next again: answers where its labels end when the bytes
   * from `from` on are just those, else -1. `found` is the series then.
   */
  guess(view: DataView, from: number, end: number): number;
  /** Looks up labels that were not guessed, and sets `found`. @throws WriteRequestError */
  find(bytes: Buffer, from: number, to: number): void;
  /** The series found last; undefined when it is not of interest. */
  readonly found: T | undefined;
}

/** The samples of the series that were of interest, in columns, in the order of the request. */
export interface RequestSamples<T> {
  series: T[];
  times: Float64Array;
  values: Float64Array;
  count: number;
  /** Series of the request, of interest or not. */
  seriesSeen: number;
  staleMarkers: number;
  histograms: number;
}

export function createRequestSamples<T>(): RequestSamples<T> {
  return {
    series: [],
    times: new Float64Array(4096),
    values: new Float64Array(4096),
    count: 0,
    seriesSeen: 0,
    staleMarkers: 0,
    histograms: 0,
  };
}

/** Labels of one series take at most so many bytes: Prometheus' own limits are far below. */
const LONGEST_LABELS = 65_536;

/** Tags of a series' fields. */
const LABEL = 0x0a;
const SAMPLE = 0x12;
const HISTOGRAM = 0x22;

/**
 * Reads a whole request into `into`, which is emptied first.
 * @throws WriteRequestError, with nothing in `into` to be used
 */
export function readWriteRequest<T>(
  content: Uint8Array,
  finder: SeriesFinder<T>,
  into: RequestSamples<T>,
): void {
  into.series.length = 0;
  into.count = 0;
  into.seriesSeen = 0;
  into.staleMarkers = 0;
  into.histograms = 0;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const cursor: Cursor = { bytes, view, at: 0 };
  const end = bytes.length;
  while (cursor.at < end) {
    const tag = readVarint(cursor, end);
    if (tag === 0x0a) {
      const to = readEnd(cursor, end);
      readSeries(cursor, to, finder, into);
      cursor.at = to;
    } else skipField(cursor, tag, end);
  }
}

function readSeries<T>(
  cursor: Cursor,
  end: number,
  finder: SeriesFinder<T>,
  into: RequestSamples<T>,
): void {
  into.seriesSeen += 1;
  const { bytes } = cursor;
  const from = cursor.at;
  const guessed = finder.guess(cursor.view, from, end);
  if (guessed > 0 && bytes[guessed] !== LABEL) cursor.at = guessed;
  else {
    // Every sender writes labels first and samples after them: those bytes, as they stand, are the series' key.
    while (cursor.at < end && bytes[cursor.at] === LABEL) {
      cursor.at += 1;
      cursor.at = readEnd(cursor, end);
    }
    if (cursor.at - from > LONGEST_LABELS)
      throw new WriteRequestError(`a series has ${cursor.at - from} bytes of labels`);
    if (cursor.at === from && from < end)
      throw new WriteRequestError('a series does not begin with its labels');
    finder.find(bytes, from, cursor.at);
  }
  const series = finder.found;
  while (cursor.at < end) {
    if (series !== undefined && readPlainSample(cursor, end, series, into)) continue;
    const tag = readVarint(cursor, end);
    if (tag === LABEL) throw new WriteRequestError('a series has labels after its samples');
    if (tag === HISTOGRAM) into.histograms += 1;
    if (tag !== SAMPLE) {
      skipField(cursor, tag, end);
      continue;
    }
    const to = readEnd(cursor, end);
    if (series === undefined) cursor.at = to;
    else readSample(cursor, to, series, into);
  }
}

/** The high and low words of the value that marks the end of a series. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

/**
 * A sample in the form that every sender writes: value, then a time of six bytes, which lasts until the year 2109.
 * False, with nothing read, at any other form.
 */
function readPlainSample<T>(
  cursor: Cursor,
  end: number,
  series: T,
  into: RequestSamples<T>,
): boolean {
  const { bytes, view, at } = cursor;
  const to = at + 18;
  // Field, its 16 bytes, a value's tag, eight bytes, a time's tag, six bytes of which the last alone is below 128.
  if (to > end || view.getUint16(at) !== 0x1210) return false;
  if (bytes[at + 2] !== 0x09 || bytes[at + 11] !== 0x10) return false;
  const [low, high] = [view.getUint32(at + 12, true), view.getUint16(at + 16, true)];
  if ((low & 0x80808080) >>> 0 !== 0x80808080 || (high & 0x8080) !== 0x80) return false;
  const value = view.getFloat64(at + 3, true);
  if (value !== value) return false;
  const time =
    (low & 0x7f) +
    ((low & 0x7f00) >>> 1) +
    ((low & 0x7f0000) >>> 2) +
    ((low & 0x7f000000) >>> 3) +
    ((high & 0x7f) + ((high & 0x7f00) >>> 1)) * 2 ** 28;
  cursor.at = to;
  addSample(into, series, time, value);
  return true;
}

function addSample<T>(into: RequestSamples<T>, series: T, time: number, value: number): void {
  const at = into.count;
  if (at === into.times.length) grow(into);
  into.series[at] = series;
  into.times[at] = time;
  into.values[at] = value;
  into.count = at + 1;
}

function readSample<T>(cursor: Cursor, end: number, series: T, into: RequestSamples<T>): void {
  let value = 0;
  let time = 0;
  let stale = false;
  while (cursor.at < end) {
    const tag = readVarint(cursor, end);
    if (tag === 0x09) {
      if (cursor.at + 8 > end) throw new WriteRequestError('a value is cut off');
      value = cursor.view.getFloat64(cursor.at, true);
      stale =
        value !== value &&
        cursor.view.getUint32(cursor.at, true) === STALE_LOW &&
        cursor.view.getUint32(cursor.at + 4, true) === STALE_HIGH;
      cursor.at += 8;
    } else if (tag === 0x10) time = readVarint(cursor, end);
    else skipField(cursor, tag, end);
  }
  if (stale) {
    into.staleMarkers += 1;
    return;
  }
  addSample(into, series, time, value);
}

function grow(into: RequestSamples<unknown>): void {
  const { times, values } = into;
  into.times = new Float64Array(times.length * 2);
  into.times.set(times);
  into.values = new Float64Array(values.length * 2);
  into.values.set(values);
}

/** The labels in the bytes of a series. @throws WriteRequestError */
export function readSeriesLabels(bytes: Buffer, from: number, to: number): Record<string, string> {
  const labels = Object.create(null) as Record<string, string>;
  const cursor: Cursor = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    at: from,
  };
  while (cursor.at < to) {
    cursor.at += 1;
    const end = readEnd(cursor, to);
    let name = '';
    let value = '';
    while (cursor.at < end) {
      const tag = readVarint(cursor, end);
      if (tag === 0x0a || tag === 0x12) {
        const textEnd = readEnd(cursor, end);
        const text = bytes.toString('utf8', cursor.at, textEnd);
        if (tag === 0x0a) name = text;
        else value = text;
        cursor.at = textEnd;
      } else skipField(cursor, tag, end);
    }
    labels[name] = value;
  }
  return labels;
}
