import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerError } from '../../../../collector/sources/prometheus/answer-error.ts';
import {
  type Answer,
  createAnswerScanner,
} from '../../../../collector/sources/prometheus/answer-scanner.ts';
import { readLabels } from '../../../../collector/sources/prometheus/sample-batch.ts';

const LIMITS = { samples: 100_000, pieceBytes: 1 << 20 };

function scan(text: string, cuts: readonly number[] = [], limits = LIMITS): Answer {
  const bytes = Buffer.from(text);
  const scanner = createAnswerScanner(limits);
  let from = 0;
  for (const cut of [...cuts.map((share) => share % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )) {
    scanner.push(bytes.subarray(from, cut));
    from = cut;
  }
  return scanner.end();
}

/** What an answer says, in plain objects. */
function plain({ batch }: Answer): unknown[] {
  return batch.series.map((text, index) => ({
    metric: { ...readLabels(text) },
    values: Array.from(
      batch.times.slice(batch.starts[index], batch.starts[index + 1]),
      (time, k) => [time, batch.values[(batch.starts[index] ?? 0) + k]],
    ),
  }));
}

const labels = fc.dictionary(
  fc.oneof(fc.constantFrom('job', 'le', 'path', 'data', 'result'), fc.string()),
  fc.string({ unit: 'grapheme' }),
);
const value = fc.oneof(
  fc.nat().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => String(number)),
  fc.constantFrom('0', '1e+06', '123456789012345678', '0.1'),
);
const sample = fc.tuple(fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 }), value);
const matrix = fc.array(fc.record({ metric: labels, samples: fc.array(sample, { minLength: 1 }) }));

describe('the answer scanner', () => {
  it('reads the same series, times and values as JSON.parse, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        matrix,
        fc.array(fc.nat(10_000), { maxLength: 8 }),
        fc.boolean(),
        (result, cuts, spaced) => {
          const answer = {
            status: 'success',
            data: {
              resultType: 'matrix',
              result: result.map(({ metric, samples }) => ({
                metric,
                values: samples.map(([ms, text]) => [ms / 1000, text]),
              })),
            },
          };
          const read = scan(JSON.stringify(answer, null, spaced ? 1 : 0), cuts);
          expect(read).toMatchObject({ status: 'success', resultType: 'matrix' });
          expect(plain(read)).toEqual(
            result.map(({ metric, samples }) => ({
              metric,
              values: samples.map(([ms, text]) => [ms, Number(text)]),
            })),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads instant vectors, special values and the warnings after the result', () => {
    const read = scan(
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"}],\\"x"},"value":[1700000000.5,"+Inf"]},' +
        '{"metric":{},"value":[1700000000,"NaN"]}]},"warnings":["partial response"]}',
    );
    expect(plain(read)).toEqual([
      { metric: { a: '}],"x' }, values: [[1_700_000_000_500, Infinity]] },
      { metric: {}, values: [[1_700_000_000_000, NaN]] },
    ]);
    expect(read.warnings).toEqual(['partial response']);
  });

  it('counts native histograms apart instead of taking them for counters', () => {
    const read = scan(
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"histograms":[[1700000000,{"count":"3","sum":"1"}]]}]}}',
    );
    expect(read.batch.count).toBe(0);
    expect(read.batch.histograms).toBe(1);
  });

  it('keeps the error of a refused query', () => {
    expect(
      scan('{"status":"error","errorType":"bad_data","error":"parse error: unexpected \\"}\\""}'),
    ).toMatchObject({ errorType: 'bad_data', error: 'parse error: unexpected "}"' });
  });

  it('refuses answers that end early, are not JSON, or are larger than allowed', () => {
    const whole =
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"2"]]}]}}';
    expect(() => scan(whole.slice(0, -3))).toThrow(AnswerError);
    expect(() => scan('<html>gateway</html>')).toThrow(/not JSON: <html>/);
    expect(() => scan(whole, [], { samples: 1, pieceBytes: 1000 })).toThrow(/over 1 samples/);
    expect(() => scan(whole, [10, 70], { samples: 9, pieceBytes: 15 })).toThrow(AnswerError);
    expect(
      () => scan('{"data":{"resultType":"scalar","result":[1,"2"]},"status":"success"}').batch,
    ).not.toThrow();
  });

  it('never does worse than refuse on arbitrary bytes', () => {
    const outcome = (noise: string): unknown => {
      try {
        return scan(`{"status":"success","data":{"result":[${noise}]}}`).status;
      } catch (error) {
        return error instanceof AnswerError ? 'success' : error;
      }
    };
    const unit = fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '1', 'a', ' ');
    fc.assert(
      fc.property(fc.string({ unit }), (noise) => {
        expect(outcome(noise)).toBe('success');
      }),
      { numRuns: 1000 },
    );
  });
});
