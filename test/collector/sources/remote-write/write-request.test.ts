import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WriteRequestError } from '../../../../collector/sources/remote-write/protobuf-cursor.ts';
import {
  decompressBlock,
  SnappyError,
} from '../../../../collector/sources/remote-write/snappy-block.ts';
import {
  createRequestSamples,
  readSeriesLabels,
  readWriteRequest,
  type SeriesFinder,
} from '../../../../collector/sources/remote-write/write-request.ts';
import {
  compress,
  encode,
  uncompress,
  WriteRequest,
  type WrittenSeries,
} from './request-fixture.ts';

const MOST = 1 << 20;

const label = fc.oneof(fc.constantFrom('__name__', 'job', 'le'), fc.string({ minLength: 1 }));
const series: fc.Arbitrary<WrittenSeries> = fc.record({
  labels: fc.dictionary(label, fc.string({ unit: 'grapheme' }), {
    minKeys: 1,
    noNullPrototype: true,
  }),
  samples: fc.array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 1.6e12, max: 1.9e12 })),
      fc.double({ noNaN: true }),
    ),
    {
      maxLength: 4,
    },
  ),
});

/** Finds for every series its labels. */
function labelFinder(): SeriesFinder<Record<string, string>> {
  let found: Record<string, string> | undefined;
  return {
    guess: () => -1,
    find(bytes, from, to) {
      found = readSeriesLabels(bytes, from, to);
    },
    get found() {
      return found;
    },
  };
}

/** Every series and sample of a request as our walker reads them. */
function read(content: Uint8Array): (readonly [Record<string, string>, number, number])[] {
  const into = createRequestSamples<Record<string, string>>();
  readWriteRequest(content, labelFinder(), into);
  return Array.from({ length: into.count }, (_, at) => [
    into.series[at] ?? {},
    into.times[at] ?? NaN,
    into.values[at] ?? NaN,
  ]);
}

/** The same as protobufjs reads them. */
function oracle(content: Uint8Array): unknown[] {
  const { timeseries } = WriteRequest.toObject(WriteRequest.decode(content), {
    longs: Number,
    defaults: true,
  }) as {
    timeseries: {
      labels: { name: string; value: string }[];
      samples: { timestamp: number; value: number }[];
    }[];
  };
  return timeseries.flatMap(({ labels, samples }) =>
    samples.map(({ timestamp, value }) => [
      Object.fromEntries(labels.map((each) => [each.name, each.value])),
      timestamp,
      value,
    ]),
  );
}

describe('the write request walker', () => {
  it('reads what protobufjs reads', () => {
    fc.assert(
      fc.property(fc.array(series), fc.boolean(), (all, metadata) => {
        const bytes = encode(
          all,
          metadata ? [{ type: 1, metricFamilyName: 'a', help: 'b', unit: 'c' }] : [],
        );
        expect(read(bytes).map(([labels, ...rest]) => [{ ...labels }, ...rest])).toEqual(
          oracle(bytes),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('tells the marker of an ended series from a value', () => {
    const bytes = encode([{ labels: { __name__: 'a' }, samples: [[5, 1.5]] }]);
    const at = bytes.indexOf(Buffer.from([0x09])) + 1;
    bytes.writeBigUInt64LE(0x7ff0000000000002n, at);
    const into = createRequestSamples<object>();
    readWriteRequest(bytes, labelFinder(), into);
    expect(into).toMatchObject({ count: 0, staleMarkers: 1, seriesSeen: 1 });
  });

  it.each([
    ['a cut-off number', [0x0a, 0x80]],
    ['a length past the end', [0x0a, 0x05, 0x0a]],
    ['a huge length', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a number without end', [0x0a, ...Array.from({ length: 11 }, () => 0xff)]],
    ['a group', [0x0b]],
    ['field number zero', [0x02, 0x00]],
    ['samples without labels', [0x0a, 0x02, 0x12, 0x00]],
    ['labels after samples', [0x0a, 0x06, 0x0a, 0x00, 0x12, 0x00, 0x0a, 0x00]],
    ['a cut-off value', [0x0a, 0x06, 0x0a, 0x00, 0x12, 0x02, 0x09, 0x01]],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(Buffer.from(bytes))).toThrow(WriteRequestError);
  });

  it('refuses labels of absurd length', () => {
    const bytes = encode([{ labels: { a: 'x'.repeat(70_000) }, samples: [[1, 1]] }]);
    expect(() => read(bytes)).toThrow(/70\d\d\d bytes of labels/);
  });

  it('reads or refuses any mutation, and never anything else', () => {
    const outcome = (bytes: Uint8Array): unknown => {
      try {
        read(bytes);
        return 'done';
      } catch (error) {
        return error instanceof WriteRequestError ? 'done' : error;
      }
    };
    fc.assert(
      fc.property(
        fc.array(series, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (all, changes, cut) => {
          const bytes = encode(all);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expect(outcome(bytes)).toBe('done');
          expect(outcome(bytes.subarray(0, cut % bytes.length))).toBe('done');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('snappy blocks', () => {
  const text = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc
      .tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.nat(900))
      .map(([piece, times]) => Buffer.from(piece.repeat(times))),
    fc
      .array(fc.constantFrom('job="shop"', 'code', '=', '200'), { maxLength: 800 })
      .map((words) => Buffer.from(words.join(''))),
  );

  it('come out as they went in, in a kept buffer too', () => {
    const scratch = new Uint8Array(1 << 16);
    fc.assert(
      fc.property(text, (bytes) => {
        const packed = compress(bytes);
        expect(Buffer.from(decompressBlock(packed, MOST)).equals(bytes)).toBe(true);
        expect(Buffer.from(decompressBlock(packed, MOST, scratch)).equals(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused when damaged, or give what the reference gives', () => {
    const outcome = (work: () => Uint8Array): unknown => {
      try {
        return Buffer.from(work()).toString('hex');
      } catch (error) {
        return error instanceof SnappyError || !(error instanceof TypeError) ? 'refused' : error;
      }
    };
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(255), fc.nat(), (bytes, at, value, cut) => {
        const packed = compress(bytes);
        packed[at % packed.length] = value;
        const damaged = packed.subarray(0, packed.length - (cut % 3));
        const ours = outcome(() => decompressBlock(damaged, MOST));
        expect(ours === 'refused' || ours === outcome(() => uncompress(damaged, MOST))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused by their stated size before anything is written', () => {
    expect(() => decompressBlock(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]), MOST)).toThrow(
      /4294967295 bytes after decompression; 1048576 are allowed/,
    );
    expect(() => decompressBlock(compress(Buffer.alloc(5000)), 4999)).toThrow(SnappyError);
    expect(() => decompressBlock(new Uint8Array(), MOST)).toThrow(SnappyError);
  });
});
