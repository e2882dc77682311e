// Vector selectors as data: what they name, whether a series is meant, one spelling for each meaning.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileSelector,
  formatSelector,
  parseSelector,
  type Selector,
} from '../../formats/promql-selector.ts';

describe('a selector', () => {
  it.each<[string, Selector]>([
    ['up', { metric: 'up', matchers: [] }],
    ['up{}', { metric: 'up', matchers: [] }],
    ['{__name__="up"}', { metric: 'up', matchers: [] }],
    [
      '{"http.requests", a="b"}',
      { metric: 'http.requests', matchers: [{ name: 'a', operator: '=', value: 'b' }] },
    ],
    [
      '{__name__=~"a|b", job!=""}',
      {
        matchers: [
          { name: '__name__', operator: '=~', value: 'a|b' },
          { name: 'job', operator: '!=', value: '' },
        ],
      },
    ],
    [
      'a:b{c="\\"\\n\\x41\\u00e9\\101", d=`\\d`} # words',
      {
        metric: 'a:b',
        matchers: [
          { name: 'c', operator: '=', value: '"\nAéA' },
          { name: 'd', operator: '=', value: '\\d' },
        ],
      },
    ],
  ])('%s is read', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector);
  });

  it.each([
    '',
    '{}',
    'up[5m]',
    'up offset 5m',
    'up @ 0',
    '-up',
    '(up)',
    'rate(up[5m])',
    'up or down',
    'up{a="b',
    'up{__name__="down"}',
    '1',
    '"up"',
    'up{a="\\q"}',
  ])('%s is none', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });

  it('has one spelling, whatever the order and the spaces', () => {
    const spellings = [
      'x{a="1",b=~"2"}',
      'x{ b =~ "2" , a=\'1\' }',
      '{b=~`2`,__name__="x",a="1",a="1"}',
    ];
    expect(spellings.map((text) => formatSelector(parseSelector(text)!))).toEqual(
      spellings.map(() => 'x{a="1",b=~"2"}'),
    );
  });

  it('is the same after writing and reading it again', () => {
    const matcher = fc.record({
      name: fc.constantFrom('a', 'job', 'http.route', '1a'),
      operator: fc.constantFrom('=', '!=', '=~', '!~'),
      value: fc.string({ unit: 'grapheme' }),
    });
    const selector = fc.record({
      metric: fc.constantFrom('up', 'a:b', 'a.b', 'é'),
      matchers: fc.array(matcher),
    });
    fc.assert(
      fc.property(selector, (written) => {
        const text = formatSelector(written);
        expect(formatSelector(parseSelector(text)!)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a series', () => {
  const selects = (text: string, labels: Record<string, string>): boolean =>
    compileSelector(parseSelector(text)!)(labels);

  it.each([
    ['up', { __name__: 'up' }, true],
    ['up', { __name__: 'down' }, false],
    ['up{a="b"}', { __name__: 'up', a: 'b', c: 'd' }, true],
    ['up{a="b"}', { __name__: 'up' }, false],
    ['up{a=""}', { __name__: 'up' }, true],
    ['up{a!="b"}', { __name__: 'up' }, true],
    ['up{a=~"5.."}', { __name__: 'up', a: '503' }, true],
    ['up{a=~"5.."}', { __name__: 'up', a: '5030' }, false],
    ['up{a=~"x|y"}', { __name__: 'up', a: 'xy' }, false],
    ['up{a!~"5.."}', { __name__: 'up' }, true],
    ['up{a=~"(?i)GET"}', { __name__: 'up', a: 'get' }, true],
    ['up{a=~".+"}', { __name__: 'up', a: 'two\nlines' }, true],
    ['{__name__=~"a_.*"}', { __name__: 'a_total' }, true],
  ])('%s means %j: %s', (text, labels, meant) => {
    expect(selects(text, labels)).toBe(meant);
  });
});
