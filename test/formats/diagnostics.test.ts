// Diagnostics are printed by file, for people and for programs.
import { expect, it } from 'vitest';
import { diagnosticsToJson, formatDiagnostics } from '../../formats/diagnostics.ts';

const list = [
  {
    code: 'not-an-objective',
    severity: 'error',
    file: 'a.slo.ts',
    path: 'availability.objective',
    value: "'101%'",
    message: "'101%' is not an objective.",
    remedy: 'Write less.',
  },
  {
    code: 'not-loadable',
    severity: 'error',
    file: 'b.slo.ts',
    line: 3,
    path: '(module)',
    value: 'b.slo.ts',
    message: 'It \u001B[31mfailed\nhere.',
    remedy: 'Correct it.',
  },
  {
    code: 'slice-burns-at-once',
    severity: 'warning',
    file: 'a.slo.ts',
    path: 'latency.method',
    value: '{}',
    message: 'One slice pages.',
    remedy: 'Shorter slices.',
  },
] as const;

it('prints each file once, and counts at the end', () => {
  expect(formatDiagnostics(list, { colour: false })).toBe(
    [
      'a.slo.ts',
      '  error  availability.objective  not-an-objective',
      "    '101%' is not an objective.",
      '    Write less.',
      '  warning  latency.method  slice-burns-at-once',
      '    One slice pages.',
      '    Shorter slices.',
      '',
      'b.slo.ts',
      '  line 3  error  (module)  not-loadable',
      String.raw`    It \u001b[31mfailed\nhere.`,
      '    Correct it.',
      '',
      '2 errors, 1 warning',
      '',
    ].join('\n'),
  );
});

it('colours only when asked to, and then only its own words', () => {
  const plain = formatDiagnostics(list, { colour: false });
  const coloured = formatDiagnostics(list, { colour: true });
  // eslint-disable-next-line no-control-regex
  const escapes = /\u001B\[\d+m/g;
  expect(plain).not.toMatch(escapes);
  expect(coloured.replaceAll(escapes, '')).toBe(plain);
});

it('says nothing about nothing', () => {
  expect(formatDiagnostics([], { colour: true })).toBe('');
});

it('gives programs the same, counted', () => {
  const text = diagnosticsToJson(list);
  expect(JSON.parse(text)).toEqual({ errors: 2, warnings: 1, diagnostics: list });
  expect(text.endsWith('}\n')).toBe(true);
});
