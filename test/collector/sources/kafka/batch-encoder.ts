// Writes Kafka record batches and Fetch answers byte by byte, independently of the code that reads them.

export interface TestRecord {
  readonly timestampMs: number;
  readonly key: Uint8Array | undefined;
  readonly value: string | undefined;
  readonly headers: number;
}

interface BatchOptions {
  readonly first: number;
  readonly lastOffset?: number;
  readonly codec?: number;
  readonly compress?: (bytes: Buffer) => Buffer;
  readonly appendedAtMs?: number;
  readonly producerId?: bigint;
  readonly transactional?: boolean;
  readonly control?: 'abort' | 'commit';
}

export function encodeBatch(records: readonly TestRecord[], options: BatchOptions): Buffer {
  const {
    first,
    codec = 0,
    compress = (bytes: Buffer) => bytes,
    appendedAtMs,
    producerId = -1n,
  } = options;
  const base = records[0]?.timestampMs ?? 1_700_000_000_000;
  const marker = Buffer.from([0, 0, 0, options.control === 'commit' ? 1 : 0]);
  const encoded = options.control
    ? [encodeRecord(0, 0, marker, Buffer.alloc(6), 0)]
    : records.map(({ timestampMs, key, value, headers }, index) =>
        encodeRecord(
          index,
          timestampMs - base,
          key,
          value === undefined ? undefined : Buffer.from(value),
          headers,
        ),
      );
  const body = compress(Buffer.concat(encoded));
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(first), 0);
  header.writeInt32BE(49 + body.length, 8);
  header[16] = 2;
  header.writeInt16BE(
    codec |
      (appendedAtMs === undefined ? 0 : 8) |
      (options.transactional ? 0x10 : 0) |
      (options.control ? 0x20 : 0),
    21,
  );
  header.writeInt32BE((options.lastOffset ?? first + encoded.length - 1) - first, 23);
  header.writeBigInt64BE(BigInt(base), 27);
  header.writeBigInt64BE(BigInt(appendedAtMs ?? base), 35);
  header.writeBigInt64BE(producerId, 43);
  header.writeInt32BE(encoded.length, 57);
  return Buffer.concat([header, body]);
}

function encodeRecord(
  offset: number,
  time: number,
  key: Uint8Array | undefined,
  value: Uint8Array | undefined,
  headers: number,
): Buffer {
  const header = [...varint(1), 0x68, ...varint(-1)];
  const body = [
    0,
    ...varint(time),
    ...varint(offset),
    ...(key === undefined ? varint(-1) : [...varint(key.length), ...key]),
    ...(value === undefined ? varint(-1) : [...varint(value.length), ...value]),
    ...varint(headers),
    ...Array.from({ length: headers }, () => header).flat(),
  ];
  return Buffer.from([...varint(body.length), ...body]);
}

function varint(value: number): number[] {
  let zigzag = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  const bytes: number[] = [];
  for (; zigzag >= 0x80n; zigzag >>= 7n) bytes.push(Number(zigzag & 0x7fn) | 0x80);
  return [...bytes, Number(zigzag)];
}

/** One topic, one partition. */
export function encodeFetchResponse(
  batches: Buffer,
  aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[],
): Buffer {
  const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
  const int32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const int64 = (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return bytes;
  };
  return Buffer.concat([
    int32(0),
    int16(0),
    int32(0),
    int32(1),
    int16(4),
    Buffer.from('shop'),
    int32(1),
    int32(3),
    int16(0),
    int64(100n),
    int64(100n),
    int64(0n),
    int32(aborted.length),
    ...aborted.flatMap(({ producerId, firstOffset }) => [
      int64(producerId),
      int64(BigInt(firstOffset)),
    ]),
    int32(-1),
    int32(batches.length),
    batches,
  ]);
}
