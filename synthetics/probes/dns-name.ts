// Names in DNS messages, with their pointers to places further in front.
import { ProbeFailure } from '../probe-failure.ts';

const LONGEST_NAME = 255;

/** A name, which may continue elsewhere: only further in front, so that it cannot go round in circles. */
export function readName(
  bytes: Buffer,
  begin: number,
): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let length = 0;
  let end: number | undefined;
  let limit = begin;
  for (let at = begin; ;) {
    const size = bytes.readUInt8(at);
    if (size >= 0xc0) {
      const target = bytes.readUInt16BE(at) & 0x3fff;
      if (target >= limit)
        throw new ProbeFailure('protocol', 'a name in the answer points forward');
      end ??= at + 2;
      limit = target;
      at = target;
      continue;
    }
    if (size > 63)
      throw new ProbeFailure('protocol', 'a name in the answer has a label that is none');
    if (size === 0) return { name: labels.join('.').toLowerCase(), end: end ?? at + 1 };
    length += size + 1;
    if (length > LONGEST_NAME)
      throw new ProbeFailure('protocol', 'a name in the answer is longer than 255 bytes');
    if (at + 1 + size > bytes.length) throw new RangeError('a name ends behind the message');
    labels.push(bytes.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
}
