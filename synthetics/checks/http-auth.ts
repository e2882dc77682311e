// How a request says who calls, as definitions write it: a secret, a token that is fetched for it, or a signature.
import type { HttpAuth, SecretReference } from '../../slo/connection.ts';
import { readAuth, readSecret } from '../../slo/connection-reader.ts';
import type { UrlText } from '../../slo/define-service.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { URL_RULE } from '../../slo/text-rules.ts';

/** A token for the client itself (OAuth 2.0, RFC 6749 section 4.4); kept until nine tenths of its life are over. */
export interface ClientCredentialsInput {
  readonly tokenUrl: UrlText;
  readonly clientId: string;
  readonly clientSecret: SecretReference;
  /** Scopes, separated by spaces. @default what the server gives */
  readonly scope?: string;
  /** For servers that give tokens for one API at a time. */
  readonly audience?: string;
  /** Whether the client's secret is sent as basic authentication or as a field of the form. @default 'header' */
  readonly send?: 'header' | 'form';
}

export interface ClientCredentials extends Omit<ClientCredentialsInput, 'tokenUrl' | 'send'> {
  readonly tokenUrl: string;
  readonly send: 'header' | 'form';
}

/** Parts of a request that a signature covers. `path` has the query; `timestamp` is in epoch seconds. */
export const SIGNED_PARTS = ['method', 'host', 'path', 'timestamp', 'body'] as const;
export type SignedPart = (typeof SIGNED_PARTS)[number];

/** A keyed hash of the request (HMAC, RFC 2104) in a header. */
export interface HmacInput {
  readonly key: SecretReference;
  /** @default 'sha256' */
  readonly algorithm?: 'sha256' | 'sha512';
  /** What is signed, in this order. @default ['timestamp', 'method', 'path', 'body'] */
  readonly over?: readonly SignedPart[];
  /** Stands between the parts. @default '\n' */
  readonly separator?: string;
  /** @default 'x-signature' */
  readonly header?: string;
  /** Stands before the signature: `'sha256='`. @default '' */
  readonly prefix?: string;
  /** @default 'hex' */
  readonly encoding?: 'hex' | 'base64';
  /** Sent when the timestamp is signed. @default 'x-timestamp' */
  readonly timestampHeader?: string;
}

export type HmacSettings = Required<HmacInput>;

export type ProbeAuth =
  HttpAuth | { readonly oauth2: ClientCredentialsInput } | { readonly hmac: HmacInput };

/** The same with defaults filled in. */
export type ProbeAuthSettings =
  HttpAuth | { readonly oauth2: ClientCredentials } | { readonly hmac: HmacSettings };

/** How a server is told who calls. */
export function readProbeAuth(reader: DefinitionReader): ProbeAuthSettings | undefined {
  const written: unknown = reader.raw('auth');
  const has = (name: string): boolean =>
    typeof written === 'object' && written !== null && Object.hasOwn(written, name);
  if (!has('oauth2') && !has('hmac')) return readAuth(reader, 'probe');
  const auth = reader.object('auth', {
    known: [has('oauth2') ? 'oauth2' : 'hmac'],
    secret: true,
    example: `{ oauth2: { tokenUrl: 'https://identity.example/token', clientId: 'probe', clientSecret: fromEnvironment('CLIENT_SECRET') } }`,
  });
  if (auth === undefined) return undefined;
  return has('oauth2') ? readClientCredentials(auth) : readHmac(auth);
}

/** Refuses what only HTTP probes do: to fetch a token, and to sign a request. */
export function refuseFetchedAuth(
  reader: DefinitionReader,
  auth: ProbeAuthSettings | undefined,
): void {
  if (auth === undefined || 'bearer' in auth || 'basic' in auth) return;
  reader.refuse('auth', {
    code: 'unknown-value',
    message: 'This kind of probe fetches no tokens and signs nothing.',
    remedy: `Write auth: { bearer: fromEnvironment('TOKEN') }.`,
    secret: true,
  });
}

function readClientCredentials(
  auth: DefinitionReader,
): { readonly oauth2: ClientCredentials } | undefined {
  const reader = auth.object('oauth2', {
    known: ['tokenUrl', 'clientId', 'clientSecret', 'scope', 'audience', 'send'],
    needed: ['tokenUrl', 'clientId', 'clientSecret'],
    secret: true,
    example: `{ tokenUrl: 'https://identity.example/token', clientId: 'probe', clientSecret: fromEnvironment('CLIENT_SECRET') }`,
  });
  const tokenUrl = reader?.parsed('tokenUrl', URL_RULE);
  const clientId = reader?.text('clientId', 200);
  const clientSecret = reader && readSecret(reader, 'clientSecret');
  const scope = reader?.text('scope');
  const audience = reader?.text('audience');
  const send = reader?.oneOf('send', ['header', 'form']) ?? 'header';
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined)
    return undefined;
  return {
    oauth2: {
      tokenUrl,
      clientId,
      clientSecret,
      ...(scope === undefined ? {} : { scope }),
      ...(audience === undefined ? {} : { audience }),
      send,
    },
  };
}

function readHmac(auth: DefinitionReader): { readonly hmac: HmacSettings } | undefined {
  const reader = auth.object('hmac', {
    known: [
      'key',
      'algorithm',
      'over',
      'separator',
      'header',
      'prefix',
      'encoding',
      'timestampHeader',
    ],
    needed: ['key'],
    secret: true,
    example: `{ key: fromEnvironment('SIGNING_KEY'), over: ['timestamp', 'body'] }`,
  });
  if (reader === undefined) return undefined;
  const key = readSecret(reader, 'key');
  const over = readParts(reader) ?? ['timestamp', 'method', 'path', 'body'];
  const hmac = {
    algorithm: reader.oneOf('algorithm', ['sha256', 'sha512']) ?? 'sha256',
    over,
    separator: readShort(reader, 'separator') ?? '\n',
    header: readHeaderName(reader, 'header') ?? 'x-signature',
    prefix: readShort(reader, 'prefix') ?? '',
    encoding: reader.oneOf('encoding', ['hex', 'base64']) ?? 'hex',
    timestampHeader: readHeaderName(reader, 'timestampHeader') ?? 'x-timestamp',
  } as const;
  return key === undefined ? undefined : { hmac: { key, ...hmac } };
}

function readParts(reader: DefinitionReader): readonly SignedPart[] | undefined {
  const written = reader.list('over', SIGNED_PARTS.length);
  if (written === undefined) return undefined;
  const parts = written.flatMap((each) => SIGNED_PARTS.filter((part) => part === each));
  if (parts.length === written.length && parts.length > 0) return parts;
  return reader.refuse('over', {
    code: 'unknown-value',
    message: 'It names nothing, or not only parts of a request.',
    remedy: `Write some of: ${SIGNED_PARTS.map((part) => `'${part}'`).join(', ')}.`,
  });
}

/** Up to twenty printable characters or line feeds; none is fine. */
function readShort(reader: DefinitionReader, name: string): string | undefined {
  const written = reader.raw(name);
  if (written === undefined) return undefined;
  if (typeof written === 'string' && /^[\n\u0020-\u007E]{0,20}$/.test(written)) return written;
  return reader.refuse(name, {
    code: 'wrong-type',
    message: 'This is no short text.',
    remedy: 'Write at most 20 ASCII characters.',
  });
}

function readHeaderName(reader: DefinitionReader, name: string): string | undefined {
  return reader.parsed(name, {
    code: 'not-a-name',
    parse: (text) => (/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(text) ? text.toLowerCase() : undefined),
    expected: 'the name of a header',
    remedy: `Write letters, digits and dashes: 'x-signature'.`,
  });
}
