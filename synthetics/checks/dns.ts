// The kind of probe for DNS: a question to a name server, and what its answer must be.
import type { TlsSettings } from '../../slo/connection.ts';
import { readTls } from '../../slo/connection-reader.ts';
import type { UrlText } from '../../slo/define-service.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import type { Assertion } from '../assertion.ts';
import { CERTIFICATE_SOURCES } from '../certificate.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import { printEndpoint } from './endpoint.ts';
import { readHostPort } from './host-port.ts';
import { type ProbeTls, readIp } from './http-request.ts';

export const DNS_TYPES = [
  'A',
  'AAAA',
  'CAA',
  'CNAME',
  'MX',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TXT',
] as const;
export const DNS_TRANSPORTS = ['udp', 'tcp', 'tls', 'https'] as const;

/** What an answer can be asked for. Names are in lower case, without a dot at their end. */
const DNS_SOURCES = {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, … */
  rcode: { type: 'text' },
  /** The records that were asked for, as zone files write them: `'192.0.2.1'`, `'10 mail.shop.example'`. */
  answers: { type: 'list' },
  /** Where CNAME records led on the way to them. */
  aliases: { type: 'list' },
  /** Records that say who is responsible. */
  authority: { type: 'list' },
  /** The fewest seconds that one of the answers may be kept; absent without answers. */
  ttl: { type: 'number' },
  /** Whether the server is responsible for the name (AA). */
  authoritative: { type: 'flag' },
  /** Whether the resolver verified the signatures (AD); ask with `dnssec: true`. */
  authenticated: { type: 'flag' },
  /** Whether the answer over UDP was cut, and was asked for again over TCP. */
  truncated: { type: 'flag' },
  ...TIMING_SOURCES,
  ...CERTIFICATE_SOURCES,
} as const satisfies Sources;

export interface DnsInput extends Expectations<typeof DNS_SOURCES> {
  readonly name: string;
  /** @default 'A' */
  readonly type?: (typeof DNS_TYPES)[number];
  /** Who is asked, `'192.0.2.53:53'`; not with `'https'`. @default the system's first resolver */
  readonly server?: string;
  /** `'udp'` goes on over TCP when the answer does not fit. @default 'udp', with `url` 'https' */
  readonly transport?: (typeof DNS_TRANSPORTS)[number];
  /** Of a server over HTTPS (RFC 8484): `'https://dns.example/dns-query'`. */
  readonly url?: UrlText;
  /** Whether the server is asked to find the answer elsewhere. @default true */
  readonly recursive?: boolean;
  /** Whether signatures are asked for. @default false */
  readonly dnssec?: boolean;
  readonly ip?: 4 | 6;
  readonly tls?: ProbeTls;
}

export interface DnsSettings {
  readonly name: string;
  readonly type: (typeof DNS_TYPES)[number];
  readonly server?: { readonly host: string; readonly port: number };
  readonly transport: (typeof DNS_TRANSPORTS)[number];
  readonly url?: string;
  readonly recursive: boolean;
  readonly dnssec: boolean;
  readonly ip?: 4 | 6;
  readonly tls?: TlsSettings;
}

const FOUND: readonly Assertion[] = [
  { source: 'rcode', type: 'text', operator: 'equals', operand: 'NOERROR' },
  { source: 'answers', type: 'list', operator: 'hasAtLeast', operand: 1 },
];

/**
 * A question to a name server. Unless something is said of the code or of the answers, there must be some.
 * @example
 * dns({ name: 'shop.example', type: 'MX', server: '192.0.2.53:53', expect: (answer) => answer.answers.contains('10 mail.shop.example') })
 */
export function dns(input: DnsInput): ProbeDefinition {
  const shape = {
    known: ['name', 'type', 'server', 'transport', 'url', 'recursive', 'dnssec', 'ip', 'tls'],
    needed: ['name'],
    example: `dns({ name: 'shop.example', type: 'A', server: '192.0.2.53:53' })`,
    sources: DNS_SOURCES,
    implied: (written: readonly Assertion[]) => {
      const told = (...names: readonly string[]) =>
        written.some(({ source, degrades }) => names.includes(source) && degrades !== true);
      return told('rcode') ? [] : told('answers') ? FOUND.slice(0, 1) : FOUND;
    },
  };
  return defineProbe<typeof DNS_SOURCES, DnsSettings>('dns', input, shape, (reader) => {
    const settings = readQuestion(reader);
    return (
      settings && {
        target: `DNS ${settings.type} ${settings.name || '.'} at ${printServer(settings)}`,
        settings,
      }
    );
  });
}

function printServer({ server, transport, url }: DnsSettings): string {
  if (url !== undefined) return url;
  const place = server === undefined ? 'the system’s resolver' : printEndpoint(server);
  return transport === 'udp' ? place : `${place} over ${transport === 'tls' ? 'TLS' : 'TCP'}`;
}

function readQuestion(reader: DefinitionReader): DnsSettings | undefined {
  const name = reader.parsed('name', {
    code: 'not-a-name',
    parse: parseDomainName,
    expected: 'a domain name',
    remedy: `Write labels of 1 to 63 ASCII letters, digits, dashes and underscores: '_sip._tcp.shop.example'; others as 'xn--…'.`,
  });
  const url = reader.parsed('url', URL_RULE);
  const type = reader.oneOf('type', DNS_TYPES) ?? 'A';
  const transport =
    reader.oneOf('transport', DNS_TRANSPORTS) ?? (url === undefined ? 'udp' : 'https');
  const server = readHostPort(reader, 'server');
  const recursive = reader.flag('recursive') ?? true;
  const dnssec = reader.flag('dnssec') ?? false;
  const ip = readIp(reader);
  const tls = readTls(reader);
  checkTransport(reader, transport);
  if (name === undefined) return undefined;
  return {
    name,
    type,
    transport,
    ...(server === undefined ? {} : { server }),
    ...(url === undefined ? {} : { url }),
    recursive,
    dnssec,
    ...(ip === undefined ? {} : { ip }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** What each transport needs, and what would mean nothing to it. */
function checkTransport(reader: DefinitionReader, transport: DnsSettings['transport']): void {
  const missing = (name: string, remedy: string): void =>
    reader.refuse(name, {
      code: 'missing-field',
      message: `The transport '${transport}' needs ${name}.`,
      remedy,
    });
  if (transport === 'https' && !reader.has('url'))
    missing('url', `Write url: 'https://dns.example/dns-query'.`);
  if (transport === 'tls' && !reader.has('server'))
    missing('server', `Write server: '192.0.2.53:853'.`);
  const idle = transport === 'https' ? 'server' : 'url';
  if (reader.has(idle))
    reader.refuse(idle, {
      code: 'unknown-field',
      message: `The transport '${transport}' does not read ${idle}.`,
      remedy: 'Leave it out.',
    });
}

const LABEL = /^[\w*-]{1,63}$/;

function parseDomainName(text: string): string | undefined {
  const name = text === '.' ? '' : text.replace(/\.$/, '').toLowerCase();
  if (name.length > 253) return undefined;
  return name === ''
    ? text === '.'
      ? ''
      : undefined
    : name.split('.').every((each) => LABEL.test(each))
      ? name
      : undefined;
}
