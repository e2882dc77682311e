// Reads one HTTP/1.x answer out of the bytes of a connection, strictly and within limits.
import { ProbeFailure } from '../probe-failure.ts';
import { createByteStore } from './byte-store.ts';

/** An answer as it came, the body still packed. */
export interface HttpResponse {
  readonly status: number;
  /** `1.1`. */
  readonly version: string;
  /** By lower-case name, every value in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

export interface ResponseReader {
  /** Takes bytes; true when the answer is complete. @throws ProbeFailure `protocol`, `too-large` */
  push(bytes: Buffer): boolean;
  /** The connection ended. @throws ProbeFailure `cut` when the answer is not complete */
  end(): void;
  /** The complete answer. */
  response(): HttpResponse;
}

const LARGEST_HEAD = 65_536;
const LONGEST_CHUNK_LINE = 256;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'rest' | 'done';

interface Head {
  readonly status: number;
  readonly version: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** A reader of the answer to a request of this method, with a body of so many bytes at most. */
export function createResponseReader(method: string, maxBodyBytes: number): ResponseReader {
  let state: State = 'head';
  let pending: Buffer = Buffer.alloc(0);
  let head: Head | undefined;
  const body = createByteStore();
  /** Bytes that the body or the chunk still lacks. */
  let missing = 0;

  function take(bytes: Buffer): void {
    if (body.length + bytes.length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    body.add(bytes);
  }

  function begin(): void {
    head = head as Head;
    const { status, headers } = head;
    if (status < 200 && status !== 101) {
      head = undefined;
      return;
    }
    const coding = headers.get('transfer-encoding');
    if (method === 'HEAD' || status === 204 || status === 304 || status === 101) state = 'done';
    else if (coding !== undefined) {
      if (coding.join(', ').toLowerCase() !== 'chunked')
        throw broken(`transfer-encoding is '${coding.join(', ')}', and only chunked is known`);
      state = 'chunk-size';
    } else if (headers.has('content-length')) {
      missing = contentLength(headers);
      if (missing > maxBodyBytes) throw tooLarge(maxBodyBytes, missing);
      state = missing === 0 ? 'done' : 'length';
    } else state = 'rest';
  }

  /** One step on; false when it needs more bytes. */
  function advance(): boolean {
    switch (state) {
      case 'head': {
        const text = upTo(HEAD_END, LARGEST_HEAD, 'the head of the answer');
        if (text === undefined) {
          checkBeginning(pending);
          return false;
        }
        head = parseHead(text);
        begin();
        return true;
      }
      case 'length':
      case 'chunk': {
        if (pending.length === 0) return false;
        const part = pending.subarray(0, missing);
        take(part);
        missing -= part.length;
        pending = pending.subarray(part.length);
        if (missing === 0) state = state === 'length' ? 'done' : 'chunk-end';
        return true;
      }
      case 'chunk-size': {
        const line = upTo(LINE_END, LONGEST_CHUNK_LINE, 'the size of a chunk');
        if (line === undefined) return false;
        missing = chunkSize(line);
        if (body.length + missing > maxBodyBytes) throw tooLarge(maxBodyBytes);
        state = missing === 0 ? 'trailer' : 'chunk';
        return true;
      }
      case 'chunk-end':
        if (pending.length < 2) return false;
        if (!pending.subarray(0, 2).equals(LINE_END))
          throw broken('a chunk is longer than its size says');
        pending = pending.subarray(2);
        state = 'chunk-size';
        return true;
      case 'trailer': {
        const line = upTo(LINE_END, LARGEST_HEAD, 'a trailer');
        if (line === undefined) return false;
        if (line === '') state = 'done';
        return true;
      }
      case 'rest':
        if (pending.length === 0) return false;
        take(pending);
        pending = pending.subarray(pending.length);
        return true;
      case 'done':
        return false;
    }
  }

  /** The text in front of a mark, which is then behind us; undefined while the mark has not come. */
  function upTo(mark: Buffer, longest: number, what: string): string | undefined {
    const end = pending.indexOf(mark);
    if (end > longest || (end < 0 && pending.length > longest))
      throw broken(`${what} is longer than ${longest} bytes`);
    if (end < 0) return undefined;
    const text = pending.toString('latin1', 0, end);
    pending = pending.subarray(end + mark.length);
    return text;
  }

  return {
    push(bytes) {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      while (advance());
      return state === 'done';
    },
    end() {
      if (state === 'rest') state = 'done';
      if (state === 'done') return;
      throw new ProbeFailure('cut', cutReason(state, body.length, missing, pending.length));
    },
    response() {
      if (head === undefined || state !== 'done') throw new Error('the answer is not complete');
      return { ...head, body: body.all() };
    },
  };
}

function cutReason(state: State, size: number, missing: number, pending: number): string {
  if (state === 'head')
    return pending === 0
      ? 'the connection ended without an answer'
      : 'the connection ended within the head of the answer';
  if (state === 'length')
    return `the connection ended after ${size} of ${size + missing} bytes of the body`;
  return `the connection ended after ${size} bytes of a body in chunks, without its last chunk`;
}

/** Something that is no HTTP at all is told at once, not when the time is over. */
function checkBeginning(bytes: Buffer): void {
  const begun = bytes.toString('latin1', 0, 5);
  if (begun === 'HTTP/'.slice(0, begun.length)) return;
  throw broken(
    `the answer is no HTTP/1.x: it begins with ${JSON.stringify(bytes.toString('latin1', 0, 40))}`,
  );
}

const STATUS_LINE = /^HTTP\/(1\.[01]) (\d{3})(?: .*)?$/;
const HEADER_LINE = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(first);
  if (status === null) throw broken(`the status line is ${JSON.stringify(first.slice(0, 80))}`);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER_LINE.exec(line) ?? [];
    // A line end without its carriage return hides a second header in the first one's value.
    if (name === '' || /[\r\n\0]/.test(value))
      throw broken(`a header line is ${JSON.stringify(line.slice(0, 80))}`);
    const lower = name.toLowerCase();
    const values = headers.get(lower);
    if (values === undefined) headers.set(lower, [value]);
    else values.push(value);
  }
  return { status: Number(status[2]), version: status[1] ?? '', headers };
}

function contentLength(headers: Head['headers']): number {
  const values = [...new Set(headers.get('content-length')?.flatMap((each) => each.split(/, */)))];
  const [only = ''] = values;
  if (values.length === 1 && /^\d{1,15}$/.test(only)) return Number(only);
  throw broken(`content-length is ${JSON.stringify(values.join(', ').slice(0, 80))}`);
}

function chunkSize(line: string): number {
  const size = /^([\da-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1];
  if (size === undefined)
    throw broken(`the size of a chunk is ${JSON.stringify(line.slice(0, 40))}`);
  return Number.parseInt(size, 16);
}

function broken(message: string): ProbeFailure {
  return new ProbeFailure('protocol', message);
}

function tooLarge(limit: number, size?: number): ProbeFailure {
  const what = size === undefined ? 'the body' : `the body of ${size} bytes`;
  return new ProbeFailure('too-large', `${what} is larger than maxBodyBytes, ${limit}`);
}
