// What a DNS record holds, as zone files write it.
import { readName } from './dns-name.ts';

/** The data of a record between two places of a message; of types without a name, hex digits. @throws RangeError when it does not fit */
export function readRecordData(bytes: Buffer, type: string, begin: number, end: number): string {
  const name = (at: number): string => within(readName(bytes, at), end);
  const number = (at: number): number => bytes.subarray(0, end).readUInt16BE(at);
  switch (type) {
    case 'A':
      return sized(bytes, begin, end, 4).join('.');
    case 'AAAA':
      return ipv6(sized(bytes, begin, end, 16));
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return name(begin);
    case 'MX':
      return `${number(begin)} ${name(begin + 2)}`;
    case 'SRV':
      return `${number(begin)} ${number(begin + 2)} ${number(begin + 4)} ${name(begin + 6)}`;
    case 'TXT':
      return strings(bytes, begin, end);
    case 'CAA':
      return authorization(bytes, begin, end);
    case 'SOA':
      return authority(bytes, begin, end);
    default:
      return bytes.toString('hex', begin, end);
  }
}

function within(
  { name, end }: { readonly name: string; readonly end: number },
  last: number,
): string {
  if (end <= last) return name;
  throw new RangeError('a name ends behind its record');
}

function sized(bytes: Buffer, begin: number, end: number, size: number): Buffer {
  if (end - begin === size) return bytes.subarray(begin, end);
  throw new RangeError('an address has another size');
}

/** RFC 5952, as URLs write it. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    bytes.readUInt16BE(2 * index).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

/** The strings of a TXT record are parts of one text. */
function strings(bytes: Buffer, begin: number, end: number): string {
  const parts: Buffer[] = [];
  for (let at = begin; at < end;) {
    const size = bytes.readUInt8(at);
    if (at + 1 + size > end) throw new RangeError('a string ends behind its record');
    parts.push(bytes.subarray(at + 1, at + 1 + size));
    at += 1 + size;
  }
  return Buffer.concat(parts).toString('utf8');
}

function authorization(bytes: Buffer, begin: number, end: number): string {
  const value = begin + 2 + bytes.readUInt8(begin + 1);
  if (value > end) throw new RangeError('a tag ends behind its record');
  const tag = bytes.toString('latin1', begin + 2, value);
  return `${bytes.readUInt8(begin)} ${tag} ${JSON.stringify(bytes.toString('utf8', value, end))}`;
}

function authority(bytes: Buffer, begin: number, end: number): string {
  const server = readName(bytes, begin);
  const mailbox = readName(bytes, server.end);
  const numbers = [0, 4, 8, 12, 16].map((at) =>
    bytes.subarray(0, end).readUInt32BE(mailbox.end + at),
  );
  return [server.name, mailbox.name, ...numbers].join(' ');
}
