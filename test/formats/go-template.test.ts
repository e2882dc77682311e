import { describe, expect, it } from 'vitest';
import { parseGoTemplate, templateProblem } from '../../formats/go-template.ts';

describe('a template', () => {
  it('tells what it defines and calls', () => {
    const text =
      '{{ define "a" }}{{ template "b" . }}{{ end }}\n{{ block "c" . }}x{{ end }}{{ template `d` }}';
    expect(parseGoTemplate(text, [])).toEqual({
      problem: undefined,
      defines: ['a', 'c'],
      calls: [
        { name: 'b', line: 1 },
        { name: 'd', line: 2 },
      ],
    });
  });

  it.each<[string, string, number]>([
    ['{{', 'unclosed action', 1],
    ['a\n{{ if .x }}', 'unexpected EOF', 2],
    ['{{ if }}x{{ end }}', 'missing value for if', 1],
    ['{{ end }}', 'unexpected {{end}}', 1],
    ['{{ if .a }}{{ else }}{{ else }}{{ end }}', 'expected end; found {{else}}', 1],
    ['\n\n{{ nope }}', 'function "nope" not defined', 3],
    ['{{ $x }}', 'undefined variable "$x"', 1],
    ['{{ range $a, $b, $c := . }}{{ end }}', 'too many declarations in range', 1],
    ['{{ .a | 1 }}', 'non executable command in pipeline stage 2', 1],
    ['{{ 1.a }}', 'bad number syntax: "1.a"', 1],
    ['{{ "a".b }}', 'unexpected . after term ""a""', 1],
    ['{{ (.a }}', 'unclosed left paren', 1],
    ['{{ .a) }}', 'unexpected right paren', 1],
    ['{{ "a }}', 'unterminated quoted string', 1],
    [String.raw`{{ "\q" }}`, 'invalid syntax', 1],
    ["{{ 'ab' }}", 'malformed character constant', 1],
    ['{{ break }}', '{{break}} outside {{range}}', 1],
    ['{{/* a }}', 'unclosed comment', 1],
    ['{{/* a */ b }}', 'comment ends before closing delimiter', 1],
    [
      '{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}',
      'multiple definition of template "a"',
      1,
    ],
    ['{{ if .a }}{{ define "b" }}{{ end }}{{ end }}', 'unexpected "define" in command', 1],
    [`{{ ${'('.repeat(600)}`, 'max expression depth exceeded', 1],
  ])('is refused: %s', (text, message, line) => {
    expect(templateProblem(text, ['len'])).toEqual({ message, line });
  });
});
