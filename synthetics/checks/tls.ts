// The kind of probe for TLS: a handshake, the certificates that it shows, and how long they last.
import type { Assertion } from '../assertion.ts';
import { CERTIFICATE_SOURCES, STAPLE_SOURCES } from '../certificate.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import {
  ENDPOINT_PROPERTIES,
  type EndpointInput,
  type EndpointSettings,
  printEndpoint,
  readEndpoint,
} from './endpoint.ts';

/** What a handshake can be asked for. */
const TLS_SOURCES = {
  ...CERTIFICATE_SOURCES,
  ...STAPLE_SOURCES,
  /** Whether the certificate is accepted; only with `tls: { verify: false }` it can be false without failing. */
  certificateTrusted: { type: 'flag' },
  /** Certificates that the server sent, its own included. */
  chainLength: { type: 'number' },
  /** The application protocol that was agreed on, `'h2'`; absent without one. */
  protocol: { type: 'text' },
  ...TIMING_SOURCES,
} as const satisfies Sources;

export interface TlsInput extends EndpointInput, Expectations<typeof TLS_SOURCES> {
  /** Application protocols (ALPN) offered, the best first. @default none */
  readonly protocols?: readonly string[];
}

export interface TlsCheckSettings extends EndpointSettings {
  readonly protocols: readonly string[];
}

/** Certificates renewed in time never have less: 40 days of 398, 9 of 90, 14 hours of 6 days. */
const ENOUGH_LIFE: Assertion = {
  source: 'certificateLifeLeft',
  type: 'number',
  operator: 'atLeast',
  operand: 0.1,
  degrades: true,
};

/**
 * A TLS handshake. It fails when the chain, the host or the dates of the certificate are not accepted. Unless something
 * is said of what is left of its life, the run is degraded below a tenth.
 * @example
 * tls({
 *   address: 'shop.example:443',
 *   expect: (answer) => [answer.certificateDaysLeft.atLeast(14), answer.tlsVersion.oneOf('TLSv1.2', 'TLSv1.3')],
 * })
 */
export function tls(input: TlsInput): ProbeDefinition {
  const shape = {
    known: [...ENDPOINT_PROPERTIES, 'protocols'],
    needed: ['address'],
    example: `tls({ address: 'shop.example:443' })`,
    sources: TLS_SOURCES,
    implied: (written: readonly Assertion[]) => {
      const told = ['certificateLifeLeft', 'certificateDaysLeft'];
      return written.some(({ source }) => told.includes(source)) ? [] : [ENOUGH_LIFE];
    },
  };
  return defineProbe<typeof TLS_SOURCES, TlsCheckSettings>('tls', input, shape, (reader) => {
    const endpoint = readEndpoint(reader);
    const protocols = reader.list('protocols', 10) ?? [];
    const names = protocols.filter((each): each is string => isProtocol(each));
    if (names.length < protocols.length)
      reader.refuse('protocols', {
        code: 'wrong-type',
        message: 'Not every element is the name of an application protocol.',
        remedy: `Write 1 to 255 ASCII characters each: ['h2', 'http/1.1'].`,
      });
    if (endpoint === undefined) return undefined;
    return {
      target: `TLS ${printEndpoint(endpoint)}`,
      settings: { ...endpoint, protocols: names },
    };
  });
}

function isProtocol(value: unknown): boolean {
  return typeof value === 'string' && /^[\u0021-\u007E]{1,255}$/.test(value);
}
