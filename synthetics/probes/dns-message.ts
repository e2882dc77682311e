// DNS messages as they go over the wire (RFC 1035, 3596, 2782, 6891, 8659): questions written, answers read, strictly and within limits.
import { ProbeFailure } from '../probe-failure.ts';
import { readName } from './dns-name.ts';
import { readRecordData } from './dns-record.ts';

export interface DnsQuestion {
  /** Without a dot at its end; '' is the root. */
  readonly name: string;
  readonly type: string;
}

export interface DnsRecord extends DnsQuestion {
  /** Seconds. */
  readonly ttl: number;
  /** As zone files write it, names in lower case and without the last dot: `10 mail.shop.example`. */
  readonly data: string;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly rcode: string;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  /** The resolver says that it verified the signatures (AD). */
  readonly authenticated: boolean;
  readonly question?: DnsQuestion;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
}

/** The numbers of the types of records that have names here. */
const RECORD_NUMBERS: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
};
const TYPE_NAMES = new Map(Object.entries(RECORD_NUMBERS).map(([name, number]) => [number, name]));
const OPT = 41;
const INTERNET = 1;

const RCODES =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(
    ' ',
  );

/** What passes through every network without being cut into pieces (DNS flag day 2020). */
const UDP_SIZE = 1232;

export interface QueryOptions {
  /** 0 to 65535. */
  readonly id: number;
  /** Whether a resolver is asked to find the answer elsewhere. */
  readonly recursive: boolean;
  /** Whether signatures are asked for, and the resolver's word on them. */
  readonly dnssec: boolean;
}

/** The message that asks a question. */
export function encodeQuery({ name, type }: DnsQuestion, options: QueryOptions): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(options.id, 0);
  head.writeUInt16BE((options.recursive ? 0x0100 : 0) | (options.dnssec ? 0x0020 : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(1, 10);
  const labels = (name === '' ? [] : name.split('.')).flatMap((label) => {
    const bytes = Buffer.from(label, 'latin1');
    return [Buffer.from([bytes.length]), bytes];
  });
  const tail = Buffer.alloc(5 + 11);
  tail.writeUInt16BE(RECORD_NUMBERS[type] ?? 0, 1);
  tail.writeUInt16BE(INTERNET, 3);
  tail.writeUInt16BE(OPT, 6);
  tail.writeUInt16BE(UDP_SIZE, 8);
  tail.writeUInt16BE(options.dnssec ? 0x8000 : 0, 12);
  return Buffer.concat([head, ...labels, tail]);
}

const MOST_RECORDS = 4000;

/** Reads a message. @throws ProbeFailure `protocol` when it is none */
export function decodeMessage(bytes: Buffer): DnsMessage {
  try {
    return decode(bytes);
  } catch (cause) {
    if (cause instanceof ProbeFailure) throw cause;
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProbeFailure('protocol', `the answer of ${bytes.length} bytes ends too early`, cause);
  }
}

function decode(bytes: Buffer): DnsMessage {
  const flags = bytes.readUInt16BE(2);
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  const [questions = 0, answers = 0, authorities = 0, additionals = 0] = counts;
  if (answers + authorities + additionals > MOST_RECORDS)
    throw new ProbeFailure(
      'protocol',
      `the answer claims to have ${answers + authorities + additionals} records`,
    );
  let at = 12;
  let extended = 0;
  const asked: DnsQuestion[] = [];
  for (let index = 0; index < questions; index += 1) {
    const { name, end } = readName(bytes, at);
    asked.push({ name, type: typeName(bytes.readUInt16BE(end)) });
    at = end + 4;
  }
  const records = (count: number): readonly DnsRecord[] => {
    const list: DnsRecord[] = [];
    for (let index = 0; index < count; index += 1) {
      const { name, end } = readName(bytes, at);
      const number = bytes.readUInt16BE(end);
      const ttl = bytes.readUInt32BE(end + 4);
      const size = bytes.readUInt16BE(end + 8);
      const begin = end + 10;
      if (begin + size > bytes.length) throw new RangeError('a record ends behind the message');
      at = begin + size;
      if (number === OPT) extended = ttl >>> 24;
      else {
        const type = typeName(number);
        list.push({ name, type, ttl, data: readRecordData(bytes, type, begin, at) });
      }
    }
    return list;
  };
  const truncated = (flags & 0x0200) !== 0;
  // A message that is cut short may end within a record; what it says of itself is all that counts.
  const answer = truncated ? [] : records(answers);
  const authority = truncated ? [] : records(authorities);
  if (!truncated) records(additionals);
  const rcode = (extended << 4) | (flags & 0x000f);
  const [question] = asked;
  return {
    id: bytes.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    rcode: RCODES[rcode] ?? (rcode === 16 ? 'BADVERS' : `RCODE${rcode}`),
    authoritative: (flags & 0x0400) !== 0,
    truncated,
    authenticated: (flags & 0x0020) !== 0,
    ...(question === undefined ? {} : { question }),
    answer,
    authority,
  };
}

function typeName(number: number): string {
  return TYPE_NAMES.get(number) ?? `TYPE${number}`;
}
