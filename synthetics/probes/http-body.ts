// The body of an HTTP answer, unpacked within a limit.
import {
  brotliDecompress,
  brotliDecompressSync,
  gunzip,
  gunzipSync,
  inflate,
  inflateSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import { promisify } from 'node:util';
import { ProbeFailure } from '../probe-failure.ts';
import type { HttpResponse } from './http-response.ts';

interface Unpacking {
  sync(bytes: Buffer, options: { readonly maxOutputLength: number }): Buffer;
  later(bytes: Buffer, options: { readonly maxOutputLength: number }): Promise<Buffer>;
}

const CODINGS: Readonly<Record<string, Unpacking>> = {
  gzip: { sync: gunzipSync, later: promisify(gunzip) },
  'x-gzip': { sync: gunzipSync, later: promisify(gunzip) },
  deflate: { sync: inflateSync, later: promisify(inflate) },
  br: { sync: brotliDecompressSync, later: promisify(brotliDecompress) },
  zstd: { sync: zstdDecompressSync, later: promisify(zstdDecompress) },
};

/** Below this, unpacking at once takes less than handing it to another thread, and a hanging name server cannot delay it. */
const LARGEST_AT_ONCE = 1_048_576;

/** The unpacked body. @throws ProbeFailure `protocol` when it is not what its header says, `too-large` past the limit */
export async function unpackBody(
  { headers, body }: HttpResponse,
  maxBodyBytes: number,
): Promise<Buffer> {
  const codings = (headers.get('content-encoding') ?? [])
    .flatMap((each) => each.toLowerCase().split(/, */))
    .filter((each) => each !== '' && each !== 'identity');
  let bytes = body;
  if (bytes.length === 0 || codings.length === 0) return bytes;
  if (codings.length > 3)
    throw new ProbeFailure('protocol', `the body is packed ${codings.length} times`);
  for (const coding of codings.reverse()) bytes = await unpack(coding, bytes, maxBodyBytes);
  return bytes;
}

async function unpack(coding: string, bytes: Buffer, maxBodyBytes: number): Promise<Buffer> {
  const unpacking = Object.hasOwn(CODINGS, coding) ? CODINGS[coding] : undefined;
  if (unpacking === undefined)
    throw new ProbeFailure('protocol', `content-encoding '${coding.slice(0, 40)}' is not known`);
  const options = { maxOutputLength: maxBodyBytes };
  try {
    return maxBodyBytes <= LARGEST_AT_ONCE
      ? unpacking.sync(bytes, options)
      : await unpacking.later(bytes, options);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw code === 'ERR_BUFFER_TOO_LARGE'
      ? new ProbeFailure(
          'too-large',
          `the unpacked body is larger than maxBodyBytes, ${maxBodyBytes}`,
        )
      : new ProbeFailure('protocol', `the body is not ${coding}: ${message}`, cause);
  }
}
