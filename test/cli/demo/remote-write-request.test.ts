import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeWriteRequest, type WrittenSeries } from '../../../cli/demo/remote-write-request.ts';
import { uncompress, WriteRequest } from '../../collector/sources/remote-write/request-fixture.ts';

/** What protobufjs and snappyjs, which share no code with the writer, make of the bytes. */
function decode(body: Uint8Array): unknown {
  const message = WriteRequest.decode(uncompress(Uint8Array.from(body)));
  return WriteRequest.toObject(message, { longs: Number, arrays: true, defaults: true })[
    'timeseries'
  ];
}

function expected(series: readonly WrittenSeries[]): unknown {
  return series.map(({ labels, samples }) => ({
    labels: Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
    samples: samples.map(({ atMs, value }) => ({ timestamp: atMs, value })),
    exemplars: [],
  }));
}

const series = fc.record({
  labels: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,11}$/), fc.string({ minLength: 1 })),
  samples: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 2 ** 52 }),
      // No counter tells the two zeros apart, and protobufjs does not either.
      value: fc.double().map((value) => (value === 0 ? 0 : value)),
    }),
    { maxLength: 5 },
  ),
});

it('is read by other implementations as it was meant', () => {
  fc.assert(
    fc.property(fc.array(series, { minLength: 1, maxLength: 5 }), (written) => {
      expect(decode(encodeWriteRequest(written))).toEqual(expected(written));
    }),
    { numRuns: 200 },
  );
});

it('goes on past the length of one literal', () => {
  const samples = Array.from({ length: 20_000 }, (_, index) => ({
    atMs: 1_795_000_000_000 + index * 1000,
    value: index + 0.5,
  }));
  const written = [{ labels: { __name__: 'http_requests_total' }, samples }];
  const body = encodeWriteRequest(written);
  expect(body.length).toBeGreaterThan(3 * 65_536);
  expect(decode(body)).toEqual(expected(written));
});
