// The kind of probe for TCP: a connection, with TLS where it is wanted, and a conversation over it.
import { CERTIFICATE_SOURCES } from '../certificate.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import {
  ENDPOINT_PROPERTIES,
  type EndpointInput,
  type EndpointSettings,
  printEndpoint,
  readEndpoint,
} from './endpoint.ts';
import { readTalk, type Turn, type TurnInput } from './talk.ts';

/** What a conversation can be asked for. */
const TCP_SOURCES = {
  /** All text that came, up to the end of the last turn; bytes that are no UTF-8 are replaced. */
  received: { type: 'text' },
  /** Bytes that came. */
  size: { type: 'number' },
  ...TIMING_SOURCES,
  ...CERTIFICATE_SOURCES,
} as const satisfies Sources;

export interface TcpInput extends EndpointInput, Expectations<typeof TCP_SOURCES> {
  /** What is said, turn by turn. @default nothing: a connection is enough */
  readonly talk?: readonly TurnInput[];
  /** Bytes that may come at most, up to 16 MiB. @default 65536 */
  readonly maxBytes?: number;
}

export interface TcpSettings extends EndpointSettings {
  readonly talk: readonly Turn[];
  readonly maxBytes: number;
}

const USUAL_BYTES = 65_536;
const MOST_BYTES = 16_777_216;

/**
 * A TCP connection; with `tls` (`{}` is enough) or `startTls` also a handshake; then a conversation.
 * @example
 * tcp({ address: 'redis.example:6379', talk: [{ send: 'PING\r\n', expect: '^[+]PONG' }] })
 */
export function tcp(input: TcpInput): ProbeDefinition {
  const shape = {
    known: [...ENDPOINT_PROPERTIES, 'talk', 'maxBytes'],
    needed: ['address'],
    example: `tcp({ address: 'redis.example:6379', talk: [{ send: 'PING\\r\\n', expect: '^[+]PONG' }] })`,
    sources: TCP_SOURCES,
  };
  return defineProbe<typeof TCP_SOURCES, TcpSettings>('tcp', input, shape, (reader) => {
    const endpoint = readEndpoint(reader);
    const talk = readTalk(reader);
    const maxBytes = reader.whole('maxBytes', 1, MOST_BYTES) ?? USUAL_BYTES;
    if (endpoint === undefined) return undefined;
    return {
      target: `TCP ${printEndpoint(endpoint)}`,
      settings: { ...endpoint, talk, maxBytes },
    };
  });
}
