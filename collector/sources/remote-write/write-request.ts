// Walks the protobuf of a remote-write 1.0 request over its bytes: no object for a label, none for a sample.

/** Bytes that are no write request; the message says where they cease to be one. */
export class WriteRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WriteRequestError';
  }
}

/** Looks a series up by the bytes of its labels, which are valid during the call only; undefined: not of interest. */
export type FindSeries<T> = (bytes: Buffer, from: number, to: number) => T | undefined;

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

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A cursor whose reads refuse to leave `[at, end)`. */
interface Cursor {
  readonly bytes: Buffer;
  readonly view: DataView;
  at: number;
}

/**
 * Reads a whole request into `into`, which is emptied first.
 * @throws WriteRequestError, with nothing in `into` to be used
 */
export function readWriteRequest<T>(
  content: Uint8Array,
  find: FindSeries<T>,
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
      readSeries(cursor, to, find, into);
      cursor.at = to;
    } else skipField(cursor, tag, end);
  }
}

function readSeries<T>(
  cursor: Cursor,
  end: number,
  find: FindSeries<T>,
  into: RequestSamples<T>,
): void {
  into.seriesSeen += 1;
  const { bytes } = cursor;
  const from = cursor.at;
  // Every sender writes labels first and samples after them: those bytes, as they stand, are the series' key.
  while (cursor.at < end && bytes[cursor.at] === 0x0a) {
    cursor.at += 1;
    cursor.at = readEnd(cursor, end);
  }
  const labelsEnd = cursor.at;
  if (labelsEnd - from > LONGEST_LABELS)
    throw new WriteRequestError(`a series has ${labelsEnd - from} bytes of labels`);
  if (labelsEnd === from && from < end)
    throw new WriteRequestError('a series does not begin with its labels');
  let series: T | undefined;
  let looked = false;
  while (cursor.at < end) {
    const tag = readVarint(cursor, end);
    if (tag === 0x0a) throw new WriteRequestError('a series has labels after its samples');
    if (tag === 0x22) into.histograms += 1;
    if (tag !== 0x12) {
      skipField(cursor, tag, end);
      continue;
    }
    const to = readEnd(cursor, end);
    if (!looked) {
      series = find(bytes, from, labelsEnd);
      looked = true;
    }
    if (series === undefined) cursor.at = to;
    else readSample(cursor, to, series, into);
  }
}

/** The high and low words of the value that marks the end of a series. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

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
  const at = into.count;
  if (at === into.times.length) grow(into);
  into.series[at] = series;
  into.times[at] = time;
  into.values[at] = value;
  into.count = at + 1;
}

function grow(into: RequestSamples<unknown>): void {
  const { times, values } = into;
  into.times = new Float64Array(times.length * 2);
  into.times.set(times);
  into.values = new Float64Array(values.length * 2);
  into.values.set(values);
}

/** A varint; beyond 2^53 the number is inexact, which only bogus times and lengths are. */
function readVarint(cursor: Cursor, end: number): number {
  const { bytes } = cursor;
  let byte = cursor.at < end ? (bytes[cursor.at] ?? 0) : -1;
  if (byte >= 0 && byte < 0x80) {
    cursor.at += 1;
    return byte;
  }
  let value = 0;
  let weight = 1;
  for (let length = 1; length <= 10; length += 1) {
    if (cursor.at >= end) throw new WriteRequestError('a number is cut off');
    byte = bytes[cursor.at] ?? 0;
    cursor.at += 1;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return value;
    weight *= 128;
  }
  throw new WriteRequestError('a number has more than ten bytes');
}

/** Reads a length and answers where what it measures ends. */
function readEnd(cursor: Cursor, end: number): number {
  const length = readVarint(cursor, end);
  const to = cursor.at + length;
  if (to > end) throw new WriteRequestError(`a field of ${length} bytes is cut off`);
  return to;
}

function skipField(cursor: Cursor, tag: number, end: number): void {
  if (tag < 8) throw new WriteRequestError('a field has the number 0');
  switch (tag % 8) {
    case VARINT:
      readVarint(cursor, end);
      return;
    case FIXED64:
      cursor.at += 8;
      break;
    case BYTES:
      cursor.at = readEnd(cursor, end);
      return;
    case FIXED32:
      cursor.at += 4;
      break;
    default:
      throw new WriteRequestError(`a field has the wire type ${tag % 8}`);
  }
  if (cursor.at > end) throw new WriteRequestError('a field is cut off');
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
