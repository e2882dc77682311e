// Record batches read where they lie: every codec, and nothing that broken bytes could stop.
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  decodeFetchResponse,
  visitMessages,
} from '../../../../collector/sources/kafka/fetch-response.ts';
import {
  readRecordBatches,
  visitRecords,
} from '../../../../collector/sources/kafka/record-batch.ts';
import { encodeBatch, encodeFetchResponse, type TestRecord } from './batch-encoder.ts';

const snappy = createRequire(import.meta.url)('snappyjs') as { compress(bytes: Buffer): Buffer };
const xerial = (bytes: Buffer): Buffer => {
  const blocks = [bytes.subarray(0, 100), bytes.subarray(100)]
    .filter(({ length }) => length > 0)
    .flatMap((block) => {
      const packed = snappy.compress(block);
      const size = Buffer.alloc(4);
      size.writeUInt32BE(packed.length);
      return [size, packed];
    });
  return Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    ...blocks,
  ]);
};
const storedLz4 = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(0x80000000 + bytes.length);
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0]),
    size,
    bytes,
    Buffer.alloc(4),
  ]);
};

const CODECS = [
  ['none', 0, (bytes: Buffer) => bytes],
  ['gzip', 1, (bytes: Buffer) => gzipSync(bytes)],
  ['snappy as one block', 2, (bytes: Buffer) => snappy.compress(bytes)],
  ['snappy in frames', 2, xerial],
  ['lz4', 3, storedLz4],
  ['zstd', 4, (bytes: Buffer) => zstdCompressSync(bytes)],
] as const;

const record = fc.record({
  timestampMs: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  key: fc.option(fc.uint8Array({ maxLength: 10 }), { nil: undefined }),
  value: fc.option(fc.string({ maxLength: 80 }), { nil: undefined }),
  headers: fc.nat(2),
});

function visited(
  bytes: Buffer,
  from = 0,
): { records: [number, number, string | undefined][]; lost: number } {
  const records: [number, number, string | undefined][] = [];
  let lost = 0;
  for (const batch of readRecordBatches(bytes)) {
    const failed = visitRecords(batch, from, (offset, time, buffer, start, end) =>
      records.push([offset, time, buffer?.toString('utf8', start, end)]),
    );
    lost += failed?.records ?? 0;
  }
  return { records, lost };
}

const asRead = (
  records: readonly TestRecord[],
  first: number,
): [number, number, string | undefined][] =>
  records.map(({ timestampMs, value }, index) => [first + index, timestampMs, value]);

describe.each(CODECS)('a record batch with codec %s', (_, codec, compress) => {
  it('gives back every record with its offset, time and value', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 30 }),
        fc.nat(2 ** 40),
        (records, first) => {
          const bytes = encodeBatch(records, { first, codec, compress });
          expect(visited(bytes)).toEqual({ records: asRead(records, first), lost: 0 });
          const half = first + (records.length >> 1);
          expect(visited(bytes, half).records).toEqual(
            asRead(records, first).filter(([offset]) => offset >= half),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is lost alone when its bytes are broken: the next batch is read', () => {
    const records = Array.from({ length: 5 }, (_, index) => ({
      timestampMs: 1_700_000_000_000,
      key: undefined,
      value: `value ${index}`,
      headers: 0,
    }));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), (noise, at) => {
        const bad = encodeBatch(records, { first: 10, codec, compress });
        for (const [index, byte] of noise.entries())
          bad[61 + ((at + index) % (bad.length - 61))] = byte;
        const good = encodeBatch(records, { first: 15, codec, compress });
        const { records: found, lost } = visited(Buffer.concat([bad, good]));
        expect(found.slice(-5)).toEqual(asRead(records, 15));
        expect(lost).toBeLessThanOrEqual(5);
      }),
      { numRuns: 100 },
    );
  });
});

describe('record batches', () => {
  const records = [{ timestampMs: 1_700_000_000_123, key: undefined, value: 'x', headers: 0 }];

  it('leave out the last one when the broker has cut it off', () => {
    const [one, two] = [encodeBatch(records, { first: 1 }), encodeBatch(records, { first: 2 })];
    for (let cut = 0; cut < two.length; cut += 1)
      expect(visited(Buffer.concat([one, two.subarray(0, cut)])).records).toHaveLength(1);
  });

  it('take the time of appending where the topic says so', () => {
    const bytes = encodeBatch(records, { first: 1, appendedAtMs: 1_800_000_000_000 });
    expect(visited(bytes).records).toEqual([[1, 1_800_000_000_000, 'x']]);
  });

  it('go on after offsets that compaction has removed', () => {
    const [batch] = readRecordBatches(encodeBatch(records, { first: 100, lastOffset: 140 }));
    expect(batch?.lastOffset).toBe(140);
  });

  it('of an unknown codec are counted as lost', () => {
    expect(visited(encodeBatch(records, { first: 1, codec: 6 }))).toEqual({ records: [], lost: 1 });
  });

  it('of formats before 0.11 are refused', () => {
    const bytes = encodeBatch(records, { first: 1 });
    bytes[16] = 1;
    expect(() => readRecordBatches(bytes)).toThrow(/format 1/);
  });

  it('larger than the limit after decompression are lost, not unpacked', () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    expect(visited(encodeBatch(records, { first: 1, codec: 1, compress: () => bomb }))).toEqual({
      records: [],
      lost: 1,
    });
  });
});

describe('a Fetch answer', () => {
  const value = (text: string): TestRecord[] => [
    { timestampMs: 1_700_000_000_000, key: undefined, value: text, headers: 0 },
  ];
  const read = (bytes: Buffer): string[] => {
    const values: string[] = [];
    const messages = decodeFetchResponse(bytes).responses[0]?.partitions[0]?.messages ?? [];
    visitMessages(messages, 0, (_offset, _time, buffer, from, to) =>
      values.push(buffer?.toString('utf8', from, to) ?? ''),
    );
    return values;
  };

  it('hides aborted transactions and markers, and shows all else', () => {
    const abort = { control: 'abort', transactional: true } as const;
    const batches = Buffer.concat([
      encodeBatch(value('plain'), { first: 1 }),
      encodeBatch(value('aborted'), { first: 2, producerId: 7n, transactional: true }),
      encodeBatch(value('kept'), { first: 3, producerId: 8n, transactional: true }),
      encodeBatch(value('aborted too'), { first: 4, producerId: 9n, transactional: true }),
      encodeBatch([], { first: 5, producerId: 7n, ...abort }),
      encodeBatch(value('second try'), { first: 6, producerId: 7n, transactional: true }),
      encodeBatch([], { first: 7, producerId: 8n, control: 'commit', transactional: true }),
      encodeBatch([], { first: 8, producerId: 9n, ...abort }),
    ]);
    const aborted = [
      { producerId: 9n, firstOffset: 4 },
      { producerId: 7n, firstOffset: 2 },
    ];
    expect(read(encodeFetchResponse(batches, aborted))).toEqual(['plain', 'kept', 'second try']);
  });

  it('hides what was begun before the fetch and aborted later', () => {
    const batches = Buffer.concat([
      encodeBatch(value('a'), { first: 50, producerId: 1n, transactional: true }),
      encodeBatch(value('b'), { first: 51, producerId: 2n, transactional: true }),
    ]);
    expect(
      read(
        encodeFetchResponse(batches, [
          { producerId: 1n, firstOffset: 10 },
          { producerId: 2n, firstOffset: 20 },
        ]),
      ),
    ).toEqual([]);
  });

  it('is read or refused with a RangeError whatever its bytes', () => {
    const good = encodeFetchResponse(encodeBatch(value('x'), { first: 1 }), []);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        (noise, at, cut) => {
          const bent = Buffer.from(good.subarray(0, good.length - (cut % good.length)));
          for (const [index, byte] of noise.entries()) bent[(at + index) % bent.length] = byte;
          try {
            expect(read(bent).length).toBeLessThanOrEqual(1);
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
