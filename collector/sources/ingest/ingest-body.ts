// The body of an ingest request: unpacked within limits, cut into lines or elements, each an event or a reason.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { JsonObject } from '../events/event-field.ts';
import { asEvent, createJsonDecoder } from '../events/json-event.ts';
import type { PoisonReason } from '../events/poison-log.ts';
import { IngestRefusal } from './ingest-refusal.ts';

export interface BodyLimits {
  /** Bytes after decompression. */
  readonly maxBodyBytes: number;
  /** Events of one body. */
  readonly maxEvents: number;
  /** Bytes of one line. */
  readonly maxLineBytes: number;
}

/** One line of NDJSON or one element of an array, counted from 1; blank lines have a number but no entry. */
export interface BodyEntry {
  readonly line: number;
  readonly event: JsonObject | PoisonReason;
  /** Its bytes, for a sample of what is wrong; absent for an element of an array. */
  readonly bytes?: Buffer;
}

const unpackGzip = promisify(gunzip);
/** Lines parsed between two looks at everything else that waits. */
const LINES_AT_ONCE = 2_000;

/** @throws IngestRefusal 413 past the limit, 415 for another encoding, 400 for broken gzip */
export async function unpackBody(
  body: Uint8Array,
  encoding: string,
  { maxBodyBytes }: BodyLimits,
): Promise<Buffer> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (encoding === '' || encoding === 'identity') {
    if (bytes.length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    return bytes;
  }
  if (encoding !== 'gzip')
    throw new IngestRefusal(415, `content encoding ${encoding} is not read: send gzip or none`);
  try {
    return await unpackGzip(bytes, { maxOutputLength: maxBodyBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBodyBytes);
    throw new IngestRefusal(400, 'the body is not gzip, though its content encoding says so');
  }
}

function tooLarge(limit: number): IngestRefusal {
  return new IngestRefusal(413, `the body has more than ${limit} bytes: send it in parts`);
}

/** @throws IngestRefusal 413 when there are more entries than allowed, 400 when a JSON body is not JSON */
export async function readBody(
  bytes: Buffer,
  form: 'json' | 'ndjson',
  limits: BodyLimits,
): Promise<readonly BodyEntry[]> {
  return form === 'json' ? readArray(bytes, limits) : readLines(bytes, limits);
}

function readArray(bytes: Buffer, { maxEvents }: BodyLimits): readonly BodyEntry[] {
  if (bytes.length === 0) return [];
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new IngestRefusal(
      400,
      'the body is not JSON: send an array of events, or lines as application/x-ndjson',
    );
  }
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (elements.length > maxEvents) throw tooMany(maxEvents);
  return elements.map((element, index) => ({ line: index + 1, event: asEvent(element) }));
}

async function readLines(bytes: Buffer, limits: BodyLimits): Promise<readonly BodyEntry[]> {
  const decode = createJsonDecoder(limits.maxLineBytes);
  const entries: BodyEntry[] = [];
  let line = 0;
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline;
    line += 1;
    if (!isBlank(bytes, from, end)) {
      if (entries.length === limits.maxEvents) throw tooMany(limits.maxEvents);
      const event = decode(bytes, from, end);
      entries.push(
        typeof event === 'string'
          ? { line, event, bytes: bytes.subarray(from, end) }
          : { line, event },
      );
      if (entries.length % LINES_AT_ONCE === 0) await new Promise(setImmediate);
    }
    from = end + 1;
  }
  return entries;
}

/** Space, tab and carriage return only. */
function isBlank(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

function tooMany(limit: number): IngestRefusal {
  return new IngestRefusal(413, `the body has more than ${limit} events: send it in parts`);
}
