import { describe, expect, it } from 'vitest';
import { http } from '../../index.ts';
import { formatCheckFile, parseCheckFile } from '../../synthetics/check-file.ts';
import { checkOf } from './run-probe.ts';

const check = checkOf(http({ url: 'http://shop.example/' }), { every: '5m', tags: ['smoke'] });

describe('a file of checks', () => {
  it('gives back what was written', () => {
    expect(parseCheckFile(formatCheckFile([check, check]))).toEqual([check, check]);
  });

  it.each([
    ['it is no JSON', 'checks: []'],
    [`its format is not 'ninefold-checks/1'`, '{"format":"other","checks":[]}'],
    ['checks is not a list', '{"format":"ninefold-checks/1","checks":{}}'],
    ['checks[0].kind is absent', '{"format":"ninefold-checks/1","checks":[null]}'],
  ])('says: %s', (message, text) => {
    expect(() => parseCheckFile(text)).toThrow(message);
  });

  it.each([
    [{ timeoutMs: -1 }, 'checks[1].timeoutMs is -1 instead of milliseconds up to ten minutes'],
    [{ everySeconds: 0 }, 'checks[1].everySeconds is 0 instead of'],
    [{ service: { name: 'shop' } }, 'checks[1].service.team is absent instead of text'],
    [{ probe: { ...check.probe, assertions: 1 } }, 'checks[1].probe.assertions is 1 instead of'],
    [{ retries: { ...check.retries, most: 99 } }, 'checks[1].retries.most is 99 instead of 0 to 5'],
  ])('refuses %j', (change, message) => {
    const text = formatCheckFile([check, { ...check, ...change } as typeof check]);
    expect(() => parseCheckFile(text)).toThrow(message);
  });
});
