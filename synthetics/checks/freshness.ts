// The kind of probe for freshness: something is written here, and must be seen there within a time.
import { type DefinitionReader, type Shape } from '../../slo/definition-reader.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import type { Assertion } from '../assertion.ts';
import type { TimeLimitText } from '../define-check.ts';
import {
  defineProbe,
  type Expectations,
  type ProbeDefinition,
  readExpectations,
} from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import { readTimeLimit } from '../time-limit.ts';
import { HTTP_SOURCES, impliedSuccess } from './http.ts';
import {
  HTTP_REQUEST_PROPERTIES,
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';

/** What became of what was written. */
const FRESHNESS_SOURCES = {
  /** From the end of the writing until it was seen; absent when it was not. */
  delay: { type: 'latency' },
  /** How often it was looked for. */
  looks: { type: 'number' },
  ...TIMING_SOURCES,
} as const satisfies Sources;

/** A request in whose texts `{{marker}}` stands for a word that is new in every run. */
export interface MarkedRequestInput extends HttpRequestInput, Expectations<typeof HTTP_SOURCES> {}

export interface FreshnessInput extends Expectations<typeof FRESHNESS_SOURCES> {
  /** What writes the marker. */
  readonly write: MarkedRequestInput;
  /** What is asked until everything expected of it holds. Unless something is said, its body must hold the marker. */
  readonly read: MarkedRequestInput;
  /** Until when it must be seen, 100 ms to 10 minutes; shorter than the check's timeout. */
  readonly within: TimeLimitText;
  /** Between two looks; `within` has room for 1000 at most. @default a twentieth of `within` */
  readonly every?: TimeLimitText;
}

export interface MarkedRequest {
  readonly request: HttpRequestSettings;
  readonly assertions: readonly Assertion[];
}

export interface FreshnessSettings {
  readonly write: MarkedRequest;
  readonly read: MarkedRequest;
  readonly withinMs: number;
  readonly everyMs: number;
}

const SEEN: Assertion = {
  source: 'body',
  type: 'text',
  operator: 'contains',
  operand: '{{marker}}',
};
const SHORTEST_MS = 100;
const LONGEST_MS = 600_000;
const MOST_LOOKS = 1000;

/**
 * Writes a marker, and looks until it is seen. Have the check's timeout longer than `within`.
 * @example
 * freshness({
 *   write: { url: 'https://shop.example/reviews', method: 'POST', json: { text: '{{marker}}' } },
 *   read: { url: 'https://shop.example/reviews?q={{marker}}' },
 *   within: '5s',
 * })
 */
export function freshness(input: FreshnessInput): ProbeDefinition {
  const shape = {
    known: ['write', 'read', 'within', 'every'],
    needed: ['write', 'read', 'within'],
    example: `freshness({ write: { url: 'https://…', method: 'POST', body: '{{marker}}' }, read: { url: 'https://…' }, within: '5s' })`,
    sources: FRESHNESS_SOURCES,
  };
  return defineProbe<typeof FRESHNESS_SOURCES, FreshnessSettings>(
    'freshness',
    input,
    shape,
    (reader) => {
      const write = readMarked(reader, 'write', () => []);
      const read = readMarked(reader, 'read', (written) =>
        written.every(({ degrades }) => degrades === true) ? [SEEN] : [],
      );
      const withinMs = readTimeLimit(reader, 'within', SHORTEST_MS, LONGEST_MS);
      const everyMs = readTimeLimit(reader, 'every', 10, LONGEST_MS) ?? (withinMs ?? 0) / 20;
      if (write === undefined || read === undefined || withinMs === undefined) return undefined;
      if (withinMs / everyMs > MOST_LOOKS)
        return reader.refuse('every', {
          code: 'out-of-range',
          message: `It would look up to ${Math.ceil(withinMs / everyMs)} times.`,
          remedy: `Look at most ${MOST_LOOKS} times.`,
        });
      const { method, url } = write.request;
      const target = `${method} ${url} seen at ${read.request.url}`;
      return { target, settings: { write, read, withinMs, everyMs } };
    },
  );
}

const REQUEST: Shape = {
  known: [...HTTP_REQUEST_PROPERTIES, 'expect', 'prefer'],
  needed: ['url'],
  example: `{ url: 'https://shop.example/reviews', method: 'POST', json: { text: '{{marker}}' } }`,
};

function readMarked(
  reader: DefinitionReader,
  name: 'write' | 'read',
  implied: (written: readonly Assertion[]) => readonly Assertion[],
): MarkedRequest | undefined {
  const own = reader.object(name, REQUEST);
  const request = own && readHttpRequest(own, readMarkedUrl);
  if (own === undefined || request === undefined) return undefined;
  const written = readExpectations(own, HTTP_SOURCES);
  const strange = /\{\{(?!marker\}\})\w+\}\}/.exec(JSON.stringify([request, written]))?.[0];
  if (strange !== undefined)
    return reader.refuse(name, {
      code: 'unknown-value',
      message: `There is no ${strange} here.`,
      remedy: 'Write {{marker}}.',
      secret: true,
    });
  return { request, assertions: [...impliedSuccess(written), ...implied(written), ...written] };
}

function readMarkedUrl(reader: DefinitionReader): UrlText | undefined {
  return reader.parsed('url', {
    ...URL_RULE,
    parse(text) {
      const filled = text.replaceAll('{{marker}}', 'x');
      return URL_RULE.parse(filled) === undefined ? undefined : (text as UrlText);
    },
  });
}
