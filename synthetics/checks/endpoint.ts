// Where a probe of a connection goes: a host and port, and how TLS begins there.
import type { TlsSettings } from '../../slo/connection.ts';
import { readTls } from '../../slo/connection-reader.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { readHostPort } from './host-port.ts';
import { type ProbeTls, readIp } from './http-request.ts';

/** Protocols that begin in the clear and change to TLS when they are asked to. */
export const START_TLS_PROTOCOLS = ['smtp', 'imap', 'pop3', 'postgres'] as const;
export type StartTlsProtocol = (typeof START_TLS_PROTOCOLS)[number];

export interface EndpointInput {
  /** Host and port: `'db.example:5432'`, `'[2001:db8::7]:443'`. */
  readonly address: string;
  /** Whether only IPv4 or IPv6 addresses are connected to. @default whichever comes first */
  readonly ip?: 4 | 6;
  /** How TLS is asked for where it does not begin at once. @default it begins at once */
  readonly startTls?: StartTlsProtocol;
  readonly tls?: ProbeTls;
}

/** The same, read. */
export interface EndpointSettings {
  readonly host: string;
  readonly port: number;
  readonly ip?: 4 | 6;
  readonly startTls?: StartTlsProtocol;
  readonly tls?: TlsSettings;
}

export const ENDPOINT_PROPERTIES = ['address', 'ip', 'startTls', 'tls'] as const;

/** Reads an endpoint; undefined when its address is missing or wrong. */
export function readEndpoint(reader: DefinitionReader): EndpointSettings | undefined {
  const address = readHostPort(reader, 'address');
  const ip = readIp(reader);
  const startTls = reader.oneOf('startTls', START_TLS_PROTOCOLS);
  const tls = readTls(reader);
  if (address === undefined) return undefined;
  return {
    ...address,
    ...(ip === undefined ? {} : { ip }),
    ...(startTls === undefined ? {} : { startTls }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** `db.example:5432`, as it would be written. */
export function printEndpoint({ host, port }: Pick<EndpointSettings, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
