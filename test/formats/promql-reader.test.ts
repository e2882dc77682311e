// The reader with a memory gives exactly what is read without one, whatever it has read before.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPromql } from '../../formats/dashboard-query.ts';
import { createPromqlReader } from '../../formats/promql-reader.ts';

const value = fc.constantFrom(
  'a',
  'b',
  '$job',
  'x=',
  '',
  'say \\"a\\"',
  '1',
  'a{b="c"}'.slice(0, 3),
);
const quoted = fc.oneof(
  value.map((text) => `"${text}"`),
  value.map((text) => `'${text}'`),
  fc.constantFrom('\'b="c"\'', '`d="e"`', '"f=\\"g\\""'),
);
const matcher = fc
  .tuple(
    fc.constantFrom('slo', 'service', '__name__'),
    fc.constantFrom('=', '!=', '=~', '= '),
    quoted,
  )
  .map((parts) => parts.join(''));
const selector = fc
  .tuple(fc.constantFrom('up', 'up', ''), fc.array(matcher, { maxLength: 3 }))
  .map(([metric, matchers]) => `${metric}{${matchers.join(',')}}`);
const expression = fc.oneof(
  selector,
  selector.map((text) => `sum by (job) (rate(${text}[$__rate_interval] offset 5m))`),
  fc.tuple(selector, selector).map(([a, b]) => `${a} / on(job) ${b} == 1`),
  selector.map((text) => `label_replace(${text}, "a", "$1", "b", "x=\\"(.*)\\"")`),
  selector.map((text) => `rate(${text})`),
  fc.string(),
);

describe('a reader', () => {
  it('gives what reading gives', () => {
    fc.assert(
      fc.property(fc.array(expression, { maxLength: 8 }), (texts) => {
        const read = createPromqlReader();
        for (const text of [...texts, ...texts]) expect(read(text)).toEqual(readPromql(text));
      }),
      { numRuns: 400 },
    );
  });

  it('is not misled by what it writes itself', () => {
    const read = createPromqlReader();
    const text = `up{a='ninefold-value-0-',b="c"}`;
    expect(read(text)).toEqual(readPromql(text));
  });
});
