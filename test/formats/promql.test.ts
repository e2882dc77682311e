// PromQL is checked by its grammar and by the kinds of its values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPromql, substituteStep } from '../../formats/promql.ts';
import { INVALID_PROMQL, VALID_PROMQL } from './promql-expressions.ts';

it.each(VALID_PROMQL)('accepts %s', (expression, type) => {
  expect(checkPromql(expression)).toEqual({ type, problems: [] });
});

it.each(INVALID_PROMQL)('refuses %s', (expression, kind, said) => {
  const { type, problems } = checkPromql(expression);
  expect(type).toBeUndefined();
  expect(problems[0]?.kind).toBe(kind);
  expect(problems[0]?.message).toContain(said);
  expect(problems[0]?.remedy).not.toBe('');
});

describe('problems', () => {
  it('point at the piece that is wrong', () => {
    const expression = 'sum(rate(up)) + sum(x, y)';
    const { problems } = checkPromql(expression);
    expect(problems.map(({ from, to }) => expression.slice(from, to))).toEqual(['up', 'sum(x, y)']);
  });

  it('say what to write', () => {
    const remedies = (expression: string): string[] =>
      checkPromql(expression).problems.map((problem) => problem.remedy);
    expect(remedies('rate(up)')).toEqual(["Give it a range: 'up[5m]'."]);
    expect(remedies('sum(up[5m])')).toEqual(["Put a function around it: 'rate(up[5m])'."]);
    expect(remedies('abs(1)')).toEqual(["Write 'vector(1)' or a selector."]);
    expect(remedies('clamp(x)')).toEqual(['Write clamp(instant vector, scalar, scalar).']);
    expect(remedies('rate(x[$__rate_interval])')[0]).toContain(
      'Replace $__rate_interval by a duration',
    );
  });
});

it('puts the step in place of $step, wherever it stands', () => {
  expect(substituteStep('increase(a[$step]) / increase(b[$step] offset $step)', 90)).toBe(
    'increase(a[90s]) / increase(b[90s] offset 90s)',
  );
});

it('survives whatever it is given', () => {
  const pieces = fc.constantFrom(
    'rate(',
    ')',
    'up',
    '{',
    '}',
    '[5m]',
    '"',
    '\\',
    '`',
    '=~',
    '+',
    ' by ',
    '(',
    ',',
    'offset',
    '1',
    '\u{1F600}',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((list) => list.join('')),
      ),
      (text) => {
        const { type, problems } = checkPromql(text);
        expect(type === undefined).toBe(problems.length > 0);
      },
    ),
    { numRuns: 500 },
  );
  for (const deep of [
    '('.repeat(10_000),
    `${'('.repeat(4999)}x${')'.repeat(4999)}`,
    '-'.repeat(10_000),
    'a+'.repeat(5000),
  ])
    expect(() => checkPromql(deep)).not.toThrow();
});
