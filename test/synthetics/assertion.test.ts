import { describe, expect, it } from 'vitest';
import type { Assertion } from '../../synthetics/assertion.ts';
import {
  describeAssertion,
  evaluateAssertion,
  printMilliseconds,
} from '../../synthetics/assertion.ts';
import { HTTP_SOURCES } from '../../synthetics/checks/http.ts';
import { answerOf, isAssertion } from '../../synthetics/sources.ts';

const answer = answerOf(HTTP_SOURCES);
const { status, body, size, duration, certificateNames } = answer;
const json = answer.json('$.x');

describe('a condition', () => {
  it.each<[Assertion, readonly unknown[], readonly unknown[]]>([
    [status.equals(200), [200], [201, undefined, '200']],
    [status.notEquals(200), [201], [200, undefined]],
    [status.oneOf(200, 204), [200, 204], [201]],
    [status.isSuccess(), [200, 299], [199, 300]],
    [status.isRedirect(), [301], [200]],
    [status.isClientError(), [404], [500]],
    [status.isServerError(), [500], [499]],
    [size.lessThan(5), [4], [5]],
    [size.atMost(5), [5], [6]],
    [size.greaterThan(5), [6], [5]],
    [size.atLeast(5), [5], [4]],
    [duration.atMost('1.5s'), [1500], [1500.1]],
    [duration.lessThan('250ms'), [249.9], [250]],
    [body.contains('b'), ['abc'], ['ac', undefined]],
    [body.notContains('b'), ['ac'], ['abc', undefined]],
    [body.startsWith('(a'), ['(ab'], ['b(a']],
    [body.endsWith('c'), ['abc'], ['cb']],
    [body.matches('^a.c$'), ['abc'], ['abcd']],
    [body.notMatches('[0-9]'), ['abc'], ['a1c', undefined]],
    [body.hasLength(3), ['abc'], ['ab']],
    [body.exists(), ['', 'a'], [undefined]],
    [body.absent(), [undefined], ['']],
    [json.equals(null), [null], [undefined, 0]],
    [json.equals(false), [false], [null]],
    [json.contains('a'), [['a', 'b'], 'cat'], [['b'], { a: 1 }]],
    [json.contains(2), [[1, 2]], [['2']]],
    [json.atLeast(3), [3], ['3', 2]],
    [json.matches('^a'), ['ab', ['b', 'ab']], [1, ['b']]],
    [json.hasLength(0), [[], ''], [[1], {}]],
    [json.hasAtLeast(2), [[1, 2]], [[1], undefined]],
    [certificateNames.contains('a.example'), [['a.example']], [['b.example']]],
  ])('%j holds for what it says, and for nothing else', (assertion, good, bad) => {
    for (const value of good)
      expect(evaluateAssertion(assertion, value).held, JSON.stringify(value)).toBe(true);
    for (const value of bad)
      expect(evaluateAssertion(assertion, value).held, JSON.stringify(value)).toBe(false);
  });

  it('is plain data that survives JSON', () => {
    const assertion = answer.header('Content-Type').startsWith('text/');
    expect(JSON.parse(JSON.stringify(assertion))).toEqual(assertion);
    expect(assertion).toEqual({
      source: 'header',
      argument: 'content-type',
      type: 'text',
      operator: 'startsWith',
      operand: 'text/',
    });
    expect(isAssertion(assertion, HTTP_SOURCES)).toBe(true);
    expect(isAssertion({ ...assertion, operator: 'atMost' }, HTTP_SOURCES)).toBe(false);
    expect(isAssertion({ ...assertion, source: 'toString' }, HTTP_SOURCES)).toBe(false);
  });

  it.each([
    [status.isSuccess(), 'status is 200 to 299'],
    [status.oneOf(200, 204), 'status is one of 200, 204'],
    [answer.json('$.a').equals('up'), "json $.a is 'up'"],
    [answer.phase('firstByte').atMost('300ms'), 'phase firstByte is at most 300 ms'],
    [answer.certificateDaysLeft.atLeast(14), 'certificate days left is at least 14'],
    [answer.header('x-none').absent(), 'header x-none is absent'],
  ])('%j is told as a sentence', (assertion, sentence) => {
    expect(describeAssertion(assertion)).toBe(sentence);
  });

  it('prints what came in at most 200 characters', () => {
    expect(evaluateAssertion(body.equals('x'), 'y'.repeat(5000)).got).toHaveLength(200);
  });

  it.each([
    [0.04, '0 ms'],
    [0.31, '0.3 ms'],
    [9.96, '10 ms'],
    [119.6, '120 ms'],
    [2500, '2.50 s'],
  ])('prints %d milliseconds as %s', (ms, text) => {
    expect(printMilliseconds(ms)).toBe(text);
  });
});
