// Reads one series of an answer: byte by byte in the form that every server writes, else as JSON.
import { AnswerError } from './answer-error.ts';
import type { SampleBatchBuilder } from './sample-batch.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const POINT = 0x2e;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const METRIC = Buffer.from('{"metric":{');
const VALUES = Buffer.from(',"values":[');
const VALUE = Buffer.from(',"value":');

/** Adds the series' labels and samples to the batch. @throws AnswerError */
export function readSeries(bytes: Buffer, batch: SampleBatchBuilder): void {
  const afterMetric = bytes.indexOf(METRIC) === 0 ? endOfObject(bytes, METRIC.length - 1) : -1;
  if (afterMetric > 0) {
    const metric = bytes.toString('latin1', METRIC.length - 1, afterMetric);
    if (startsAt(bytes, VALUES, afterMetric)) {
      const end = afterMetric + VALUES.length;
      if (readPairs(bytes, end, bytes.length - 2, metric, batch)) return;
    } else if (startsAt(bytes, VALUE, afterMetric)) {
      if (readPairs(bytes, afterMetric + VALUE.length, bytes.length - 1, metric, batch)) return;
    }
  }
  readSlowly(bytes, batch);
}

function startsAt(bytes: Buffer, expected: Buffer, at: number): boolean {
  if (at + expected.length > bytes.length) return false;
  return bytes.compare(expected, 0, expected.length, at, at + expected.length) === 0;
}

/** The position after the object that begins at `at`; -1 when it has no end. */
function endOfObject(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let i = at; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      for (i += 1; i < bytes.length && bytes[i] !== QUOTE; i += 1)
        if (bytes[i] === BACKSLASH) i += 1;
    } else if (byte === OPEN_BRACE) depth += 1;
    else if (byte === CLOSE_BRACE) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

/** Pairs `[seconds,"value"]` from `at` up to `end`; false, with nothing taken, at any other form. */
function readPairs(
  bytes: Buffer,
  at: number,
  end: number,
  metric: string,
  batch: SampleBatchBuilder,
): boolean {
  if (!arePairs(bytes, at, end)) return false;
  batch.begin(metric);
  let i = at;
  while (i < end) {
    let ms = 0;
    for (i += 1; (bytes[i] ?? 0) !== COMMA && bytes[i] !== POINT; i += 1)
      ms = ms * 10 + (bytes[i] ?? 0) - 0x30;
    ms *= 1000;
    if (bytes[i] === POINT) {
      let weight = 100;
      for (i += 1; bytes[i] !== COMMA; i += 1) {
        ms += ((bytes[i] ?? 0) - 0x30) * weight;
        weight /= 10;
      }
    }
    const from = i + 2;
    let value = 0;
    let digits = true;
    for (i = from; bytes[i] !== QUOTE; i += 1) {
      const digit = (bytes[i] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) digits = false;
      value = value * 10 + digit;
    }
    if (!digits || i - from > 15) value = readNumber(bytes.toString('latin1', from, i));
    batch.add(ms, value);
    i += 3;
  }
  return true;
}

/** Whether bytes `at` up to `end` are one or more `[digits(.1–3 digits),"…"]` with commas between. */
function arePairs(bytes: Buffer, at: number, end: number): boolean {
  let i = at;
  while (i < end) {
    if (bytes[i] !== OPEN_BRACKET) return false;
    let places = -1;
    const first = i + 1;
    for (i = first; i < end && bytes[i] !== COMMA; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte === POINT && places < 0) places = 0;
      else if (byte < 0x30 || byte > 0x39) return false;
      else if (places >= 0) places += 1;
    }
    if (i === first || places > 3 || i - first > 15 || bytes[i + 1] !== QUOTE) return false;
    i += 2;
    const value = i;
    while (i < end && bytes[i] !== QUOTE) {
      if (bytes[i] === BACKSLASH) return false;
      i += 1;
    }
    if (i === value || i - value > 40 || bytes[i + 1] !== CLOSE_BRACKET) return false;
    i += 2;
    if (i < end && bytes[i] !== COMMA) return false;
    i += 1;
  }
  return i === end + 1;
}

function readNumber(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}

/** Any other JSON of a series: spaces, other key orders, histograms. */
function readSlowly(bytes: Buffer, batch: SampleBatchBuilder): void {
  let element: unknown;
  try {
    element = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new AnswerError(
      `a series of the answer is not JSON: ${bytes.toString('latin1', 0, 200)}`,
    );
  }
  const { metric, values, value, histograms, histogram } = (element ?? {}) as Record<
    string,
    unknown
  >;
  if (metric === undefined || metric === null || typeof metric !== 'object')
    throw new AnswerError(
      `a series of the answer has no labels: ${bytes.toString('latin1', 0, 200)}`,
    );
  batch.begin(Buffer.from(JSON.stringify(metric), 'utf8').toString('latin1'));
  const pairs: unknown = values ?? (value === undefined ? [] : [value]);
  for (const pair of Array.isArray(pairs) ? (pairs as unknown[]) : []) {
    const [seconds, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof seconds !== 'number' || typeof text !== 'string')
      throw new AnswerError(`not a sample: ${JSON.stringify(pair).slice(0, 200)}`);
    batch.add(Math.round(seconds * 1000), readNumber(text));
  }
  const counted = Array.isArray(histograms) ? histograms.length : histogram === undefined ? 0 : 1;
  for (let i = 0; i < counted; i += 1) batch.histogram();
}
