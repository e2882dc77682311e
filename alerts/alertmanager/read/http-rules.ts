// What Alertmanager asks of the settings of an HTTP client: one way to authenticate, one proxy, keys with their certificates.
import { isSupported } from '../capability.ts';
import type { Reading } from './reading.ts';
import { atMostOne, canonicalHeader, needsOneOf } from './object-checks.ts';
import { isGiven, objectField, placeOf, textField } from './source.ts';
import type { SourceObject } from './source.ts';

/** Headers that Alertmanager or its libraries set. */
const RESERVED_HEADERS = new Set([
  'Authorization',
  'Host',
  'Content-Encoding',
  'Content-Length',
  'Content-Type',
  'User-Agent',
  'Connection',
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Www-Authenticate',
  'Accept-Encoding',
  'X-Prometheus-Remote-Write-Version',
  'X-Prometheus-Remote-Read-Version',
  'X-Prometheus-Scrape-Timeout-Seconds',
  'X-Amz-Date',
  'X-Amz-Security-Token',
  'X-Amz-Content-Sha256',
]);
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function checkHttpConfig(object: SourceObject, reading: Reading): void {
  atMostOne(object, reading, [
    'basic_auth',
    'authorization',
    'oauth2',
    'bearer_token',
    'bearer_token_file',
  ]);
  checkCredentials(object, reading);
  const oauth2 = objectField(object, 'oauth2');
  if (oauth2 !== undefined) checkClient(oauth2, reading);
  checkProxy(object, reading);
  const headers = object.values.get('http_headers');
  for (const name of headers instanceof Map ? headers.keys() : []) {
    const canonical = canonicalHeader(String(name));
    if (!RESERVED_HEADERS.has(canonical)) continue;
    reading.findings.error(
      'invalid-value',
      placeOf(object, 'http_headers'),
      `setting header "${canonical}" is not allowed`,
      'Drop the header.',
      canonical,
    );
  }
}

/** Whether requests will carry an `Authorization` of the file's own, in either spelling. */
export function hasAuthorization(http: SourceObject | undefined): boolean {
  return (
    objectField(http, 'authorization') !== undefined ||
    isGiven(http, 'bearer_token') ||
    isGiven(http, 'bearer_token_file')
  );
}

function checkCredentials(object: SourceObject, reading: Reading): void {
  const basic = objectField(object, 'basic_auth');
  if (basic !== undefined) {
    atMostOne(basic, reading, ['username', 'username_file', 'username_ref']);
    atMostOne(basic, reading, ['password', 'password_file', 'password_ref']);
  }
  const authorization = objectField(object, 'authorization');
  if (authorization === undefined) return;
  atMostOne(authorization, reading, ['credentials', 'credentials_file', 'credentials_ref']);
  if (textField(authorization, 'type').trim().toLowerCase() !== 'basic') return;
  reading.findings.error(
    'invalid-value',
    placeOf(authorization, 'type'),
    'authorization type cannot be set to "basic"',
    'Use basic_auth instead.',
    'basic',
  );
}

/** What a client of OAuth 2 needs; it is asked where the client is used. */
function checkClient(object: SourceObject, reading: Reading): void {
  needsOneOf(object, reading, ['client_id']);
  needsOneOf(object, reading, ['token_url']);
  const secrets = ['client_secret', 'client_secret_file', 'client_secret_ref'];
  if (!isSupported('0.28', reading.target)) needsOneOf(object, reading, secrets.slice(0, 2));
  if (textField(object, 'grant_type') !== JWT_GRANT) {
    atMostOne(object, reading, secrets);
    return;
  }
  const keys = [
    'client_certificate_key',
    'client_certificate_key_file',
    'client_certificate_key_ref',
  ];
  atMostOne(object, reading, keys);
  const algorithm = textField(object, 'signature_algorithm');
  if (['', 'RS256', 'RS384', 'RS512'].includes(algorithm)) return;
  reading.findings.error(
    'invalid-value',
    placeOf(object, 'signature_algorithm'),
    `the signature algorithm ${algorithm} is none that Alertmanager knows`,
    'Write RS256, RS384 or RS512.',
    algorithm,
  );
}

/** A proxy for tokens may differ from the one for notifications. */
export function checkOAuth2(object: SourceObject, reading: Reading): void {
  checkProxy(object, reading);
}

function checkProxy(object: SourceObject, reading: Reading): void {
  const conflict = (name: string, message: string, remedy: string): void =>
    reading.findings.error('conflicting-fields', placeOf(object, name), message, remedy);
  const hasUrl = isGiven(object, 'proxy_url');
  const fromEnvironment = isGiven(object, 'proxy_from_environment');
  const headers = object.values.get('proxy_connect_header');
  if (headers instanceof Map && headers.size > 0 && !hasUrl && !fromEnvironment) {
    conflict(
      'proxy_connect_header',
      'proxy_connect_header is given, but no proxy',
      'Add proxy_url.',
    );
  }
  if (fromEnvironment && hasUrl) {
    conflict('proxy_url', 'proxy_from_environment and proxy_url are given', 'Keep one of the two.');
  }
  if (!isGiven(object, 'no_proxy')) return;
  if (fromEnvironment) {
    conflict('no_proxy', 'proxy_from_environment and no_proxy are given', 'Keep one of the two.');
  } else if (object.values.get('proxy_url') === undefined) {
    conflict('no_proxy', 'no_proxy is given, but no proxy_url', 'Add proxy_url, or drop no_proxy.');
  }
}

export function checkTlsConfig(object: SourceObject, reading: Reading): void {
  if (!isSupported('0.28', reading.target)) return;
  atMostOne(object, reading, ['ca', 'ca_file', 'ca_ref']);
  const certificate = ['cert', 'cert_file', 'cert_ref'];
  const key = ['key', 'key_file', 'key_ref'];
  atMostOne(object, reading, certificate);
  atMostOne(object, reading, key);
  const hasCertificate = certificate.some((name) => isGiven(object, name));
  if (hasCertificate !== key.some((name) => isGiven(object, name))) {
    needsOneOf(object, reading, hasCertificate ? key : certificate);
  }
}
