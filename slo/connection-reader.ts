// What connections have in common, wherever they are written: secrets as references, who calls, and TLS. No message prints a secret.
import type { HttpAuth, SecretReference, TlsSettings } from './connection.ts';
import type { DefinitionReader } from './definition-reader.ts';

/** How secrets are written in one kind of definition. */
export interface SecretRule {
  /** Where a written path leads; undefined refuses it. @default as it is written */
  readonly place?: (file: string) => string | undefined;
  /** Why `place` refuses a path. */
  readonly misplaced?: string;
  /** @default both forms */
  readonly remedy?: string;
  readonly example?: string;
}

/** Names of headers and the like whose values are secrets. */
export const SECRET_NAME = /authorization|cookie|token|secret|password|api-?key/i;

const REMEDY = `Write fromEnvironment('NAME') or fromFile('path').`;
const EXAMPLE = `fromEnvironment('NAME') or fromFile('path')`;
const VARIABLE = /^[A-Za-z_]\w{0,127}$/;

/** The secret reference in a property; reports anything else, a written-out secret above all. */
export function readSecret(
  reader: DefinitionReader,
  name: string,
  rule: SecretRule = {},
): SecretReference | undefined {
  const remedy = rule.remedy ?? REMEDY;
  const written = reader.raw(name);
  if (written === undefined) return undefined;
  if (typeof written === 'string' || typeof written === 'number')
    return reader.refuse(name, {
      code: 'secret-in-text',
      message: 'A secret is written out here (its value is not shown).',
      remedy: `${remedy} If this file was shared, replace the secret.`,
      secret: true,
    });
  const reference = reader.object(name, {
    known: ['kind', 'environment', 'file'],
    needed: ['kind'],
    example: rule.example ?? EXAMPLE,
    secret: true,
  });
  const environment = reference?.text('environment', 128);
  const file = reference?.text('file', 4096);
  if (reference === undefined) return undefined;
  if ((environment === undefined) === (file === undefined))
    return reader.refuse(name, {
      code: 'wrong-type',
      message: 'This is not a reference to a secret.',
      remedy,
      secret: true,
    });
  if (file !== undefined) return readPlace(reference, file, rule, remedy);
  if (environment !== undefined && VARIABLE.test(environment))
    return { kind: 'secret', environment };
  return reference.refuse('environment', {
    code: 'secret-in-text',
    message:
      'This is not the name of an environment variable (it is not shown, as it may be the secret itself).',
    remedy: rule.remedy ?? `Write the variable's name: fromEnvironment('PROMETHEUS_TOKEN').`,
    secret: true,
  });
}

function readPlace(
  reference: DefinitionReader,
  written: string,
  { place = (file) => file, misplaced }: SecretRule,
  remedy: string,
): SecretReference | undefined {
  const file = place(written);
  if (file !== undefined) return { kind: 'secret', file };
  return reference.refuse('file', {
    code: 'secret-in-text',
    message: `${misplaced ?? 'The file of a secret cannot be there'} (it is not shown, as it may be the secret itself).`,
    remedy,
    secret: true,
  });
}

/**
 * How a server is told who calls.
 * @param user stands in the example
 */
export function readAuth(
  reader: DefinitionReader,
  user: string,
  rule: SecretRule = {},
): HttpAuth | undefined {
  const auth = reader.object('auth', {
    known: ['bearer', 'basic'],
    secret: true,
    example: `{ bearer: fromEnvironment('TOKEN') } or { basic: { user: '${user}', password: fromFile('password') } }`,
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
    const bearer = readSecret(auth, 'bearer', rule);
    return bearer && { bearer };
  }
  const basic = auth.object('basic', {
    known: ['user', 'password'],
    needed: ['user', 'password'],
    secret: true,
    example: `{ user: '${user}', password: fromEnvironment('PASSWORD') }`,
  });
  const name = basic?.text('user', 200);
  const password = basic && readSecret(basic, 'password', rule);
  return name === undefined || password === undefined
    ? undefined
    : { basic: { user: name, password } };
}

/** TLS of a client, without what is not given. */
export function readTls(reader: DefinitionReader, rule: SecretRule = {}): TlsSettings | undefined {
  const tls = reader.object('tls', {
    known: ['ca', 'certificate', 'key', 'serverName', 'verify'],
    example: `{ ca: 'ca.pem' }`,
  });
  if (tls === undefined) return undefined;
  const place = rule.place ?? ((file) => file);
  const ca = tls.text('ca', 4096);
  const certificate = tls.text('certificate', 4096);
  const key = readSecret(tls, 'key', rule);
  const serverName = tls.text('serverName', 255);
  if (tls.has('certificate') !== tls.has('key'))
    tls.refuse(tls.has('key') ? 'certificate' : 'key', {
      code: 'missing-field',
      message: 'A client certificate needs both certificate and key.',
      remedy: `Write certificate: 'client.pem', key: fromFile('client-key.pem').`,
      secret: true,
    });
  const placed = { ca: ca && place(ca), certificate: certificate && place(certificate) };
  return {
    ...(placed.ca === undefined ? {} : { ca: placed.ca }),
    ...(placed.certificate === undefined ? {} : { certificate: placed.certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
    verify: tls.flag('verify') ?? true,
  };
}
