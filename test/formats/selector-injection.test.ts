// Label matchers are put into every selector of a query and into nothing else; Grafana's variables survive.
import { describe, expect, it } from 'vitest';
import { injectLogqlMatchers, injectPromqlMatchers } from '../../formats/selector-injection.ts';
import { variablesOf } from '../../formats/query-variables.ts';

const job = [{ name: 'job', operator: '=~' as const, value: '$job' }];

describe('matchers in PromQL', () => {
  it.each([
    ['foo', 'foo{job=~"$job"}'],
    ['x{}', 'x{job=~"$job"}'],
    ['x{a="}"}', 'x{a="}",job=~"$job"}'],
    ['x{a="b",}', 'x{a="b",job=~"$job"}'],
    ['{__name__=~"a|b"}', '{__name__=~"a|b",job=~"$job"}'],
    ['min by (a) (x @ end())', 'min by (a) (x{job=~"$job"} @ end())'],
    ['rate(a_total[$__rate_interval])', 'rate(a_total{job=~"$job"}[$__rate_interval])'],
    [
      'sum by ($label) (x / y) > $limit',
      'sum by ($label) (x{job=~"$job"} / y{job=~"$job"}) > $limit',
    ],
    ['topk($k, x)', 'topk($k, x{job=~"$job"})'],
    ['up[5m:$__interval] offset ${o}', 'up{job=~"$job"}[5m:$__interval] offset ${o}'],
    ['${metric}_total{a="b"}', '${metric}_total{a="b",job=~"$job"}'],
    ['[[metric]]', '[[metric]]'],
  ])('%s', (text, injected) => {
    expect(injectPromqlMatchers(text, job)).toBe(injected);
  });

  it('leaves a selector alone that has a matcher of the label', () => {
    expect(injectPromqlMatchers('x{job="a"} + x{"job"!="b"}', job)).toBe(
      'x{job="a"} + x{"job"!="b"}',
    );
  });

  it('leaves text alone that does not parse', () => {
    expect(injectPromqlMatchers('sum(x', job)).toBe('sum(x');
  });

  it('quotes values', () => {
    expect(injectPromqlMatchers('x', [{ name: 'a', operator: '=', value: 'b"c\\' }])).toBe(
      String.raw`x{a="b\"c\\"}`,
    );
  });
});

describe('matchers in LogQL', () => {
  it.each([
    ['{app="x"} | json | job="y"', '{app="x",job=~"$job"} | json | job="y"'],
    [
      'sum by (a) (rate({app="x"} |= "a{b}" [$__auto]))',
      'sum by (a) (rate({app="x",job=~"$job"} |= "a{b}" [$__auto]))',
    ],
    [
      'count_over_time({app=~"$a"}[$__auto]) / count_over_time({job="c"}[5m])',
      'count_over_time({app=~"$a",job=~"$job"}[$__auto]) / count_over_time({job="c"}[5m])',
    ],
    ['{app="x"} | line_format "{{.y}}"', '{app="x",job=~"$job"} | line_format "{{.y}}"'],
  ])('%s', (text, injected) => {
    expect(injectLogqlMatchers(text, job)).toBe(injected);
  });
});

it('finds the variables of a text in each of Grafana’s three ways to write them', () => {
  expect(variablesOf('x{a=~"$job", b=~"${b:regex}"}[$__range] + [[c]] * $job')).toEqual([
    'job',
    'b',
    '__range',
    'c',
  ]);
});
