// An HTTP request as definitions write it: what one check sends, and each step of a journey.
import type { SecretReference, TlsSettings } from '../../slo/connection.ts';
import { readSecret, readTls, SECRET_NAME } from '../../slo/connection-reader.ts';
import type { UrlText } from '../../slo/define-service.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import { readHostPort } from './host-port.ts';
import { type ProbeAuth, type ProbeAuthSettings, readProbeAuth } from './http-auth.ts';
import { type ProxyInput, type ProxySettings, readProxy } from './http-proxy.ts';
import { isVariable, readBody, type RequestBody } from './request-body.ts';

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** TLS of a probe. Relative paths start at the workspace. */
export interface ProbeTls {
  /** File of PEM certificates to trust. @default the system's */
  readonly ca?: string;
  /** File of the probe's own certificate, with its key. */
  readonly certificate?: string;
  readonly key?: SecretReference;
  /** Sent as SNI, and expected in the certificate. @default the host */
  readonly serverName?: string;
  /** Whether the server's certificate must be valid. @default true */
  readonly verify?: boolean;
}

export const HTTP_VERSIONS = ['1.1', '2'] as const;
export type HttpVersion = (typeof HTTP_VERSIONS)[number];

export interface HttpRequestInput {
  readonly url: UrlText;
  /** @default 'GET' */
  readonly method?: HttpMethod;
  /** Request headers; a secret one by reference. @default {} */
  readonly headers?: Readonly<Record<string, string | SecretReference>>;
  /** Sent as it is. */
  readonly body?: string;
  /** Any JSON value, sent with its content type; secrets inside by reference. */
  readonly json?: unknown;
  /** Fields of a form, sent URL-encoded; secrets by reference. */
  readonly form?: Readonly<Record<string, string | SecretReference>>;
  readonly auth?: ProbeAuth;
  readonly tls?: ProbeTls;
  /** Redirects followed at most, 0 to 20; each is timed. The answer asserted about is the last one. @default 10 */
  readonly redirects?: number;
  /** Whether only IPv4 or IPv6 addresses are connected to. @default whichever comes first */
  readonly ip?: 4 | 6;
  /** Connects here instead of to the address's host, `'192.0.2.7:8443'`; SNI and Host stay. */
  readonly connectTo?: string;
  /** The HTTP proxy on the way. @default none */
  readonly proxy?: ProxyInput;
  /** The version of HTTP that is spoken; a server that does not agree on 2 fails. @default '1.1' */
  readonly version?: HttpVersion;
  /** Bytes of an answer's body at most, packed and unpacked, up to 64 MiB. @default 1048576 */
  readonly maxBodyBytes?: number;
}

/** The same with defaults filled in. */
export interface HttpRequestSettings {
  readonly url: string;
  readonly method: HttpMethod;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  readonly body?: RequestBody;
  readonly auth?: ProbeAuthSettings;
  readonly tls?: TlsSettings;
  readonly redirects: number;
  readonly ip?: 4 | 6;
  readonly connectTo?: { readonly host: string; readonly port: number };
  readonly proxy?: ProxySettings;
  /** Absent: 1.1. */
  readonly version?: '2';
  readonly maxBodyBytes: number;
}

export const HTTP_REQUEST_PROPERTIES = [
  'url',
  'method',
  'headers',
  'body',
  'json',
  'form',
  'auth',
  'tls',
  'redirects',
  'ip',
  'connectTo',
  'proxy',
  'version',
  'maxBodyBytes',
] as const;

const USUAL_BODY = 1_048_576;
const LARGEST_BODY = 67_108_864;

/** Reads a request; undefined when its address, which `readUrl` reads, is missing or wrong. */
export function readHttpRequest(
  reader: DefinitionReader,
  readUrl: (reader: DefinitionReader) => string | undefined = readAddress,
): HttpRequestSettings | undefined {
  const url = readUrl(reader);
  const method = reader.oneOf('method', HTTP_METHODS) ?? 'GET';
  const body = readBody(reader);
  const headers = readHeaders(reader);
  const auth = readProbeAuth(reader);
  const tls = readTls(reader);
  const redirects = reader.whole('redirects', 0, 20) ?? 10;
  const ip = readIp(reader);
  const connectTo = readHostPort(reader, 'connectTo');
  const proxy = readProxy(reader);
  const version = readVersion(reader, url);
  const maxBodyBytes = reader.whole('maxBodyBytes', 1, LARGEST_BODY) ?? USUAL_BODY;
  if (url === undefined) return undefined;
  return {
    url,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(auth === undefined ? {} : { auth }),
    ...(tls === undefined ? {} : { tls }),
    redirects,
    ...(ip === undefined ? {} : { ip }),
    ...(connectTo === undefined ? {} : { connectTo }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(version === undefined ? {} : { version }),
    maxBodyBytes,
  };
}

function readAddress(reader: DefinitionReader): string | undefined {
  const written = reader.raw('url');
  if (typeof written === 'string' && /^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(written))
    return reader.refuse('url', {
      code: 'secret-in-text',
      message: 'The address holds a user and a password (not shown).',
      remedy: `Write the address alone, and auth: { basic: { user: '…', password: fromEnvironment('PASSWORD') } }.`,
      secret: true,
    });
  const read = reader.parsed('url', {
    ...URL_RULE,
    remedy: `Write it with its scheme: 'https://shop.example/health'.`,
  });
  // The rule cuts slashes at the end, which mean something to a server.
  return read === undefined ? undefined : new URL(written as string).href.replace(/#.*$/s, '');
}

const MOST_HEADERS = 50;
/** What the client writes itself. */
const OWN_HEADERS = ['connection', 'content-length', 'transfer-encoding', 'traceparent'];

function readHeaders(reader: DefinitionReader): Record<string, string | SecretReference> {
  const written: unknown = reader.raw('headers');
  const names =
    typeof written === 'object' && written !== null
      ? Object.keys(written).slice(0, MOST_HEADERS)
      : [];
  const headers = reader.object('headers', { known: names, example: `{ 'X-Team': 'shop' }` });
  if (headers === undefined) return {};
  const read = names.map((name) => [name.toLowerCase(), readHeader(headers, name)] as const);
  return Object.fromEntries(
    read.filter((each): each is [string, string | SecretReference] => each[1] !== undefined),
  );
}

function readHeader(headers: DefinitionReader, name: string): string | SecretReference | undefined {
  const own = OWN_HEADERS.includes(name.toLowerCase());
  if (own || !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name))
    return headers.refuse(name, {
      code: 'not-a-name',
      message: own ? 'The probe writes this header itself.' : 'This cannot be a header’s name.',
      remedy: own ? 'Leave it out.' : 'Use letters, digits and dashes.',
      secret: true,
    });
  const value = headers.raw(name);
  if (typeof value !== 'string' || (SECRET_NAME.test(name) && !isVariable(value)))
    return readSecret(headers, name);
  if (/^[\t\u0020-\u007E]{1,4096}$/.test(value)) return value;
  return headers.refuse(name, {
    code: 'wrong-type',
    message: 'A header is empty, too long, or holds characters that HTTP does not send.',
    remedy: 'Write 1 to 4096 ASCII characters without line breaks.',
  });
}

function readVersion(reader: DefinitionReader, url: string | undefined): '2' | undefined {
  const version = reader.oneOf('version', HTTP_VERSIONS);
  if (version !== '2') return undefined;
  if (!reader.has('proxy') || url?.startsWith('http:') !== true) return version;
  return reader.refuse('version', {
    code: 'unknown-value',
    message: 'No proxy carries HTTP/2 in the clear.',
    remedy: 'Write an https address, or leave version out.',
  });
}

/** The version of IP in the property `ip`. */
export function readIp(reader: DefinitionReader): 4 | 6 | undefined {
  const ip = reader.raw('ip');
  if (ip === undefined || ip === 4 || ip === 6) return ip;
  return reader.refuse('ip', {
    code: 'unknown-value',
    message: 'This is no version of IP.',
    remedy: 'Write 4 or 6 without quotes.',
  });
}
