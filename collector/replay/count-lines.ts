// Reads the counts of a replay: NDJSON lines, checked one by one, kept compactly in order of time.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { EpochSeconds } from '../../slo/counts.ts';
import { instanceId, type InstanceId } from '../../slo/instance.ts';

/** Counts that happened evenly in `[start, start + seconds)`; second k gets floor((k+1)·n/seconds) − floor(k·n/seconds). */
export interface CountLine {
  readonly instance: InstanceId;
  readonly start: EpochSeconds;
  readonly seconds: number;
  readonly total: number;
  readonly bad: number;
}

/** A line that cannot be used: where it is, what is wrong, what to write. */
export class CountLineError extends Error {
  constructor(file: string, line: number, what: string) {
    super(`${file}:${line}: ${what}`);
    this.name = 'CountLineError';
  }
}

/** Lines at most; 40 days of seconds for five SLOs. */
const LINE_LIMIT = 20_000_000;
/** Characters of a line; without a bound a file of one line fills the memory. */
const LONGEST_LINE = 65_536;
/** Mistakes reported together before reading stops. */
const MISTAKE_LIMIT = 20;

export interface CountFile {
  /** In order of start. */
  readonly lines: readonly CountLine[];
  readonly mistakes: readonly CountLineError[];
}

/**
 * Reads a file, or standard input for '-'. `slos` are the ids that may occur; with exactly one, lines may omit it.
 * @throws the file system's error when the file cannot be read
 */
export async function readCountLines(
  file: string,
  slos: ReadonlySet<string>,
  input: Readable = file === '-' ? process.stdin : createReadStream(file),
): Promise<CountFile> {
  const lines: CountLine[] = [];
  const mistakes: CountLineError[] = [];
  const interned = new Map<string, InstanceId>();
  let number = 0;
  let sorted = true;
  for await (const text of splitLines(input)) {
    number += 1;
    if (text === undefined) {
      mistakes.push(
        new CountLineError(
          file,
          number,
          `longer than ${LONGEST_LINE} characters; write one object a line`,
        ),
      );
      break;
    }
    if (text.trim() === '') continue;
    const line = parseCountLine(text, slos);
    if (typeof line === 'string') {
      mistakes.push(new CountLineError(file, number, line));
      if (mistakes.length >= MISTAKE_LIMIT) break;
      continue;
    }
    if (lines.length >= LINE_LIMIT) {
      mistakes.push(new CountLineError(file, number, `more than ${LINE_LIMIT} lines; split it`));
      break;
    }
    if (line.start < (lines.at(-1)?.start ?? -Infinity)) sorted = false;
    // One string for each instance, however many lines name it.
    const instance = interned.get(line.instance) ?? line.instance;
    interned.set(instance, instance);
    lines.push({ ...line, instance });
  }
  return { lines: sorted ? lines : lines.sort((a, b) => a.start - b.start), mistakes };
}

/** Lines without their ends; undefined for one that is too long, and nothing after it. */
async function* splitLines(input: Readable): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.length > LONGEST_LINE ? undefined : line;
    if (rest.length > LONGEST_LINE) {
      yield undefined;
      return;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** The line, or what is wrong with it. */
export function parseCountLine(text: string, slos: ReadonlySet<string>): CountLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `not JSON: ${shown(text)}; write one object a line`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `not an object: ${shown(value)}; write {"time", "seconds", "slo", "total", "bad"}`;
  const record = value as Readonly<Record<string, unknown>>;
  const start = parseInstant(record['time']);
  if (start === undefined)
    return `time ${shown(record['time'])} is not RFC 3339 on a whole second; write "2026-01-31T00:00:00Z"`;
  const { seconds, total, bad } = record;
  if (!isCount(seconds) || seconds === 0)
    return `seconds ${shown(seconds)} is not a whole number above 0`;
  if (!isCount(total)) return `total ${shown(total)} is not a whole number from 0 up`;
  if (!isCount(bad)) return `bad ${shown(bad)} is not a whole number from 0 up`;
  if (bad > total)
    return `bad ${bad} is more than total ${total}; bad events are part of the total`;
  const slo = record['slo'] ?? (slos.size === 1 ? [...slos][0] : undefined);
  if (typeof slo !== 'string' || !slos.has(slo))
    return `slo ${shown(slo)} is not defined; known: ${[...slos].slice(0, 10).join(', ')}`;
  const labels = record['labels'] ?? {};
  if (!isLabels(labels)) return `labels ${shown(labels)} is not an object of texts`;
  return { instance: instanceId(slo, labels), start, seconds, total, bad };
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.0+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Epoch seconds of RFC 3339 text on a whole second; undefined for anything else. */
export function parseInstant(text: unknown): EpochSeconds | undefined {
  if (typeof text !== 'string' || !RFC_3339.test(text)) return undefined;
  const milliseconds = Date.parse(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}

function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'missing');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
