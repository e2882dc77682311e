// The kind of probe for HTTP: one request, its redirects, and what the answer must be.
import type { Assertion } from '../assertion.ts';
import { CERTIFICATE_SOURCES } from '../certificate.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import {
  HTTP_REQUEST_PROPERTIES,
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';

/** What an HTTP answer can be asked for; a header that came several times is joined by `, `. */
export const HTTP_SOURCES = {
  status: { type: 'status' },
  header: { type: 'text', argument: 'header' },
  /** The whole body as text, unpacked. */
  body: { type: 'text' },
  /** A value in a JSON body; absent when the body is no JSON. */
  json: { type: 'value', argument: 'jsonPath' },
  /** Bytes of the body, unpacked. */
  size: { type: 'number' },
  /** Where redirects led. */
  url: { type: 'text' },
  ...TIMING_SOURCES,
  ...CERTIFICATE_SOURCES,
} as const satisfies Sources;

export interface HttpInput extends HttpRequestInput, Expectations<typeof HTTP_SOURCES> {}

/** Unless something is said of the status, it must be 200 to 299. */
const IMPLIED_SUCCESS: Assertion = {
  source: 'status',
  type: 'status',
  operator: 'isSuccess',
};

/**
 * One HTTP request over a fresh connection. Unless something is said of the status, it must be 200 to 299.
 * @example
 * http({
 *   url: 'https://shop.example/health',
 *   expect: (answer) => [answer.json('$.status').equals('up'), answer.phase('firstByte').atMost('300ms')],
 * })
 */
export function http(input: HttpInput): ProbeDefinition {
  const shape = {
    known: HTTP_REQUEST_PROPERTIES,
    needed: ['url'],
    example: `http({ url: 'https://shop.example/health', expect: (answer) => [answer.status.equals(200)] })`,
    sources: HTTP_SOURCES,
    implied: impliedSuccess,
  };
  return defineProbe<typeof HTTP_SOURCES, HttpRequestSettings>('http', input, shape, (reader) => {
    const settings = readHttpRequest(reader);
    return settings && { target: `${settings.method} ${settings.url}`, settings };
  });
}

/** What is expected of the status when nothing is said of it. */
export function impliedSuccess(written: readonly Assertion[]): readonly Assertion[] {
  const told = written.some(({ source, degrades }) => source === 'status' && degrades !== true);
  return told ? [] : [IMPLIED_SUCCESS];
}
