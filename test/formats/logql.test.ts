// LogQL log queries are checked by Loki's grammar; queries that count by themselves are refused.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkLogQuery } from '../../formats/logql.ts';

it.each([
  '{app="web"}',
  '{app="web", env=~"prod|stage"} |= "error" != "timeout"',
  '{app="web"} | json | __error__="" | status >= 500',
  '{app="web"} | logfmt | duration > 250ms and method="GET"',
  '{app="web"} |~ `[5m]` | line_format "{{.msg}}"',
  '{app="web"} | pattern `<ip> <_> "<method> <path>"` | path !~ "/health.*"',
  '{app="web"} # all lines',
])('accepts %s', (query) => {
  expect(checkLogQuery(query)).toEqual([]);
});

it.each([
  ['', 'syntax', 'ends'],
  ['up', 'syntax', 'not expected'],
  ['{app="web"', 'syntax', 'ends'],
  ['{app=web}', 'syntax', 'not expected'],
  ['{}', 'syntax', 'not expected'],
  ['{app=~".*"}', 'syntax', 'every stream'],
  ['{app!="web"}', 'syntax', 'every stream'],
  ['{app=~"("}', 'syntax', 'pattern of the label app'],
  ['{app="web"} | jsn x', 'syntax', 'not expected'],
  ['{app="web"} [5m]', 'type', 'range or an aggregation'],
  ['count_over_time({app="web"}[5m])', 'type', 'range or an aggregation'],
  ['sum(rate({app="web"} | json [1m]))', 'type', 'range or an aggregation'],
])('refuses %s', (query, kind, said) => {
  const [problem] = checkLogQuery(query);
  expect(problem?.kind).toBe(kind);
  expect(problem?.message).toContain(said);
  expect(problem?.remedy).not.toBe('');
});

it('survives whatever it is given', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    'a="b"',
    '|',
    'json',
    '=~',
    '"(',
    '`',
    '[5m]',
    'rate(',
    ')',
    ' ',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((list) => list.join('')),
      ),
      (text) => {
        expect(Array.isArray(checkLogQuery(text))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
  expect(() => checkLogQuery('{'.repeat(10_000))).not.toThrow();
});
