// Messages in protobuf's wire format, as far as probes need them: fields by number, written and read without a schema.
import type { GrpcFields, GrpcValue } from '../checks/grpc.ts';
import type { Attempt } from '../probe.ts';

/** The bytes of a message. @throws ProbeFailure `setup` when a secret is missing */
export function encodeMessage(fields: GrpcFields, attempt: Attempt): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([number, value]: [string, GrpcValue]) => {
      const values = Array.isArray(value) ? (value as readonly GrpcValue[]) : [value];
      return values.map((each) => encodeField(Number(number), each, attempt));
    }),
  );
}

const VARINT = 0;
const BYTES = 2;

function encodeField(number: number, value: GrpcValue, attempt: Attempt): Buffer {
  const tag = (type: number): Buffer => varint(BigInt(number) * 8n + BigInt(type));
  if (typeof value === 'number' || typeof value === 'boolean')
    return Buffer.concat([tag(VARINT), varint(BigInt(value))]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : encodeInner(value, attempt);
  return Buffer.concat([tag(BYTES), varint(BigInt(bytes.length)), bytes]);
}

function encodeInner(
  value: Exclude<GrpcValue, string | number | boolean>,
  attempt: Attempt,
): Buffer {
  if ('kind' in value && value.kind === 'secret') return Buffer.from(attempt.secret(value));
  return encodeMessage(value, attempt);
}

/** Negative numbers take ten bytes, as two's complement of 64 bits. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** The number in a field of a message; 0 when it is not there, as protobuf has it, and undefined when the bytes are no message. */
export function readNumber(message: Buffer, field: number): number | undefined {
  let found = 0;
  let at = 0;
  const next = (): number | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) return undefined;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
    return undefined;
  };
  const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
  while (at < message.length) {
    const tag = next();
    if (tag === undefined) return undefined;
    const value = FIXED[tag % 8] ?? next();
    if (value === undefined || ![0, 1, 2, 5].includes(tag % 8)) return undefined;
    if (tag % 8 !== VARINT) at += value;
    else if (Math.floor(tag / 8) === field) found = value;
  }
  return at === message.length ? found : undefined;
}
