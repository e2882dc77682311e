import { describe, expect, it } from 'vitest';
import { parseGoDuration, parsePrometheusDuration } from '../../formats/go-duration.ts';
import { parseGoUrl, splitHostPort } from '../../formats/go-url.ts';

describe('URLs as Go parses them', () => {
  it.each([
    ['http://example.org/a%20b?c=%zz#d', 'http', 'example.org'],
    ['HTTPS://user:p@ss@[::1]:80/', 'https', '[::1]:80'],
    ['//example.org:', '', 'example.org:'],
    ['mailto:a@example.org', 'mailto', ''],
    ['/path', '', ''],
    ['', '', ''],
    ['http://[fe80::1%25eth0]/', 'http', '[fe80::1%25eth0]'],
  ])('%s', (text, scheme, host) => {
    expect(parseGoUrl(text)).toEqual({ scheme, host });
  });

  it.each([
    ':a',
    'a b:c',
    'http://a b/',
    'http://a:port/',
    'http://a:1:2/',
    'http://[::1/',
    'http://[1.2.3.4]/',
    'http://a%41/',
    'http://a/%zz',
    'http://a/#%zz',
    'http://a\\b/',
    'http://us er@a/',
    'http://a/\u0007',
    'a:b/c'.replace('a', '1'),
  ])('not %s', (text) => {
    expect(() => parseGoUrl(text)).toThrow(SyntaxError);
  });
});

describe('addresses as Go splits them', () => {
  it.each([
    ['mail:25', 'mail', '25'],
    ['[::1]:25', '::1', '25'],
    [':25', '', '25'],
    ['mail:', 'mail', ''],
  ])('%s', (text, host, port) => {
    expect(splitHostPort(text)).toEqual({ host, port });
  });

  it.each(['mail', '::1', '[::1]', '[::1', '[::1]x:25', 'a[:25', 'a]:25'])('not %s', (text) => {
    expect(() => splitHostPort(text)).toThrow(SyntaxError);
  });
});

describe('durations', () => {
  it.each([
    ['0', 0],
    ['5m', 300_000],
    ['1d12h', 129_600_000],
    ['1y2w3d4h5m6s7ms', 33_019_506_007],
  ])('of Prometheus: %s', (text, milliseconds) => {
    expect(parsePrometheusDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', '1m1h', '1.5h', '-1m', '5 m', '1h1h', '300y'])(
    'of Prometheus: not %s',
    (text) => {
      expect(() => parsePrometheusDuration(text)).toThrow(SyntaxError);
    },
  );

  it.each([
    ['0', 0],
    ['1.5s', 1500],
    ['-1h30m', -5_400_000],
    ['.5ms', 0.5],
    ['1s1s', 2000],
    ['2µs', 0.002],
  ])('of Go: %s', (text, milliseconds) => {
    expect(parseGoDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', '1d', '.s', '1 s', '9999999h', '--1s'])('of Go: not %s', (text) => {
    expect(() => parseGoDuration(text)).toThrow(SyntaxError);
  });
});
