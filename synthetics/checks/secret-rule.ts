// Secrets in a check: references are read, written-out ones are refused without ever being printed.
import type { HttpAuth, SecretReference, TlsSettings } from '../../slo/connection.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';

const REMEDY = `Write fromEnvironment('NAME') or fromFile('path').`;
const VARIABLE = /^[A-Za-z_]\w{0,127}$/;

/** The secret reference in a property; a relative file starts at the workspace. Reports anything else, and never prints it. */
export function readSecret(reader: DefinitionReader, name: string): SecretReference | undefined {
  const written = reader.raw(name);
  if (written === undefined) return undefined;
  if (typeof written === 'string' || typeof written === 'number')
    return reader.refuse(name, {
      code: 'secret-in-text',
      message: 'A secret is written out here (its value is not shown).',
      remedy: `${REMEDY} If this file was shared, replace the secret.`,
      secret: true,
    });
  const reference = reader.object(name, {
    known: ['kind', 'environment', 'file'],
    needed: ['kind'],
    example: `fromEnvironment('NAME') or fromFile('path')`,
    secret: true,
  });
  const environment = reference?.text('environment', 128);
  const file = reference?.text('file', 4096);
  if (reference === undefined) return undefined;
  if (environment !== undefined && file === undefined && VARIABLE.test(environment))
    return { kind: 'secret', environment };
  if (file !== undefined && environment === undefined) return { kind: 'secret', file };
  return reader.refuse(name, {
    code: 'secret-in-text',
    message: 'This is not the name of a variable or of a file (it is not shown).',
    remedy: REMEDY,
    secret: true,
  });
}

/** How a server is told who calls. */
export function readAuth(reader: DefinitionReader): HttpAuth | undefined {
  const auth = reader.object('auth', {
    known: ['bearer', 'basic'],
    secret: true,
    example: `{ bearer: fromEnvironment('TOKEN') } or { basic: { user: 'probe', password: fromFile('password') } }`,
  });
  if (auth === undefined) return undefined;
  if (auth.has('bearer') === auth.has('basic'))
    return reader.refuse('auth', {
      code: 'missing-field',
      message: auth.has('basic')
        ? 'Both bearer and basic are given.'
        : 'Neither bearer nor basic is given.',
      remedy: 'Give exactly one of bearer and basic.',
      secret: true,
    });
  if (auth.has('bearer')) {
    const bearer = readSecret(auth, 'bearer');
    return bearer && { bearer };
  }
  const basic = auth.object('basic', {
    known: ['user', 'password'],
    needed: ['user', 'password'],
    secret: true,
    example: `{ user: 'probe', password: fromEnvironment('PASSWORD') }`,
  });
  const user = basic?.text('user', 200);
  const password = basic && readSecret(basic, 'password');
  return user === undefined || password === undefined ? undefined : { basic: { user, password } };
}

/** TLS of a connection; files relative to the workspace. */
export function readTls(reader: DefinitionReader): TlsSettings | undefined {
  const tls = reader.object('tls', {
    known: ['ca', 'certificate', 'key', 'serverName', 'verify'],
    example: `{ ca: 'ca.pem' }`,
  });
  if (tls === undefined) return undefined;
  const ca = tls.text('ca', 4096);
  const certificate = tls.text('certificate', 4096);
  const key = readSecret(tls, 'key');
  const serverName = tls.text('serverName', 255);
  if (tls.has('certificate') !== tls.has('key'))
    tls.refuse(tls.has('key') ? 'certificate' : 'key', {
      code: 'missing-field',
      message: 'A client certificate needs both certificate and key.',
      remedy: `Write certificate: 'client.pem', key: fromFile('client-key.pem').`,
      secret: true,
    });
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
    verify: tls.flag('verify') ?? true,
  };
}
