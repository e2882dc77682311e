// How an integration that speaks HTTP connects: who it says it is, through which proxy, with which certificates.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import { readSecret } from './field-rules.ts';
import type { FieldRule, FieldValue } from './receiver.ts';

/** TLS of a client; paths are absolute, on Alertmanager's machine. */
export interface ReceiverTls {
  /** File of PEM certificates to trust. @default the system's */
  readonly ca?: string;
  /** File of the client's own certificate, with its key. */
  readonly certificate?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** Whether the server's certificate is checked. @default true */
  readonly verify?: boolean;
}

export interface ReceiverHttp {
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: SecretReference;
  readonly basic?: { readonly user: string; readonly password: SecretReference };
  readonly proxyUrl?: UrlText;
  /** @default true */
  readonly followRedirects?: boolean;
  readonly tls?: ReceiverTls;
}

/** The rule of the property `http`. */
export const HTTP_RULE: FieldRule = { field: 'http_config', read: readHttp };

function readHttp(reader: DefinitionReader, name: string): FieldValue | undefined {
  const http = reader.object(name, {
    known: ['bearer', 'basic', 'proxyUrl', 'followRedirects', 'tls'],
    example: `{ bearer: fromFile('/run/secrets/token') }`,
    secret: true,
  });
  if (http === undefined) return undefined;
  if (http.has('bearer') && http.has('basic'))
    return http.refuse('basic', {
      code: 'unknown-value',
      message: 'Both bearer and basic are given.',
      remedy: 'Give one of them.',
      secret: true,
    });
  const basic = http.object('basic', {
    known: ['user', 'password'],
    needed: ['user', 'password'],
    example: `{ user: 'ninefold', password: fromFile('/run/secrets/password') }`,
    secret: true,
  });
  const bearer = readSecret(http, 'bearer');
  const user = basic?.text('user', 200);
  const password = basic && readSecret(basic, 'password');
  const proxy = http.parsed('proxyUrl', URL_RULE);
  const follow = http.flag('followRedirects');
  const tls = readReceiverTls(http, 'tls');
  return {
    ...(bearer === undefined ? {} : { authorization: { credentials: bearer } }),
    ...(user === undefined || password === undefined
      ? {}
      : { basic_auth: { username: user, password } }),
    ...(proxy === undefined ? {} : { proxy_url: proxy }),
    ...(follow === undefined ? {} : { follow_redirects: follow }),
    ...(tls === undefined ? {} : { tls_config: tls }),
  };
}

/** The TLS settings in a property, under Alertmanager's names. */
export function readReceiverTls(reader: DefinitionReader, name: string): FieldValue | undefined {
  const tls = reader.object(name, {
    known: ['ca', 'certificate', 'key', 'serverName', 'verify'],
    example: `{ ca: '/etc/ssl/ours.pem' }`,
  });
  if (tls === undefined) return undefined;
  const ca = tls.text('ca', 4096);
  const certificate = tls.text('certificate', 4096);
  const key = tls.text('key', 4096);
  const serverName = tls.text('serverName', 253);
  const verify = tls.flag('verify');
  if (tls.has('certificate') !== tls.has('key'))
    tls.refuse(tls.has('key') ? 'certificate' : 'key', {
      code: 'missing-field',
      message: 'A client certificate has its certificate and its key; one of them is missing.',
      remedy: 'Give both, or neither.',
    });
  return {
    ...(ca === undefined ? {} : { ca_file: ca }),
    ...(certificate === undefined ? {} : { cert_file: certificate }),
    ...(key === undefined ? {} : { key_file: key }),
    ...(serverName === undefined ? {} : { server_name: serverName }),
    ...(verify === undefined ? {} : { insecure_skip_verify: !verify }),
  };
}
