// The kind of probe for WebSocket: a handshake, and messages turn by turn.
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import type { Assertion } from '../assertion.ts';
import { CERTIFICATE_SOURCES } from '../certificate.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import { refuseFetchedAuth } from './http-auth.ts';
import {
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';
import { readTalk, type Turn, type TurnInput } from './talk.ts';

/** What a handshake and its messages can be asked for. */
const WEBSOCKET_SOURCES = {
  /** Of the handshake; 101 when it is made. */
  status: { type: 'status' },
  header: { type: 'text', argument: 'header' },
  /** The subprotocol that was agreed on; absent without one. */
  protocol: { type: 'text' },
  /** The last message; bytes that are no UTF-8 are replaced. */
  message: { type: 'text' },
  /** All messages that turns waited for. */
  messages: { type: 'list' },
  /** A value in the last message; absent when it is no JSON. */
  json: { type: 'value', argument: 'jsonPath' },
  ...TIMING_SOURCES,
  ...CERTIFICATE_SOURCES,
} as const satisfies Sources;

export interface WebsocketInput
  extends
    Pick<HttpRequestInput, 'headers' | 'auth' | 'tls' | 'ip' | 'connectTo'>,
    Expectations<typeof WEBSOCKET_SOURCES> {
  /** `'wss://shop.example/live'`. */
  readonly url: `${'ws' | 'wss'}://${string}`;
  /** Subprotocols offered, the best first. @default none */
  readonly protocols?: readonly string[];
  /** Each `send` is one text message; each `expect` must match the next message. @default nothing: the handshake is enough */
  readonly talk?: readonly TurnInput[];
  /** Bytes of one message at most, up to 16 MiB. @default 65536 */
  readonly maxMessageBytes?: number;
}

export interface WebsocketSettings {
  /** With `http:` and `https:` instead of `ws:` and `wss:`. */
  readonly request: HttpRequestSettings;
  readonly protocols: readonly string[];
  readonly talk: readonly Turn[];
  readonly maxMessageBytes: number;
}

const SWITCHED: Assertion = { source: 'status', type: 'status', operator: 'equals', operand: 101 };
const USUAL_BYTES = 65_536;
const MOST_BYTES = 16_777_216;

/**
 * A WebSocket handshake, then messages. Unless something is said of the status, the handshake must be made.
 * @example
 * websocket({ url: 'wss://shop.example/live', talk: [{ send: '{"op":"ping"}', expect: 'pong' }] })
 */
export function websocket(input: WebsocketInput): ProbeDefinition {
  const shape = {
    known: [
      'url',
      'headers',
      'auth',
      'tls',
      'ip',
      'connectTo',
      'protocols',
      'talk',
      'maxMessageBytes',
    ],
    needed: ['url'],
    example: `websocket({ url: 'wss://shop.example/live', talk: [{ send: 'ping', expect: 'pong' }] })`,
    sources: WEBSOCKET_SOURCES,
    implied: (written: readonly Assertion[]) =>
      written.some(({ source, degrades }) => source === 'status' && degrades !== true)
        ? []
        : [SWITCHED],
  };
  return defineProbe<typeof WEBSOCKET_SOURCES, WebsocketSettings>(
    'websocket',
    input,
    shape,
    (reader) => {
      const request = readHttpRequest(reader, readAddress);
      refuseFetchedAuth(reader, request?.auth);
      const protocols = readProtocols(reader);
      const talk = readTalk(reader);
      const maxMessageBytes = reader.whole('maxMessageBytes', 1, MOST_BYTES) ?? USUAL_BYTES;
      if (request === undefined) return undefined;
      const target = `WebSocket ${request.url.replace(/^http/, 'ws')}`;
      return { target, settings: { request, protocols, talk, maxMessageBytes } };
    },
  );
}

function readAddress(reader: DefinitionReader): string | undefined {
  const url = reader.parsed('url', {
    code: 'not-a-url',
    parse(text) {
      if (!/^wss?:\/\/[^\s]+$/i.test(text) || text.length > 2048) return undefined;
      const parsed = URL.parse(text.replace(/^ws/i, 'http'));
      return parsed === null || parsed.username !== '' || parsed.password !== ''
        ? undefined
        : parsed;
    },
    expected: 'a ws or wss address',
    remedy: `Write it with its scheme and without user and password: 'wss://shop.example/live'.`,
  });
  return url?.href.replace(/#.*$/s, '');
}

function readProtocols(reader: DefinitionReader): readonly string[] {
  const list = reader.list('protocols', 20) ?? [];
  const names = list.filter(
    (each): each is string => typeof each === 'string' && /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(each),
  );
  if (names.length < list.length)
    reader.refuse('protocols', {
      code: 'wrong-type',
      message: 'Not every element is the name of a subprotocol.',
      remedy: `Write letters, digits, dots and dashes: ['graphql-transport-ws'].`,
    });
  return names;
}
