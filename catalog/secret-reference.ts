// Secrets in a configuration: references are read, written-out ones are refused without ever being printed.
import { resolve } from 'node:path';
import type { HttpAuth, SecretReference } from '../slo/connection.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';

const REMEDY = `Write fromEnvironment('NAME') or fromFile('path').`;
const VARIABLE = /^[A-Za-z_]\w{0,127}$/;
const SECRET_HEADER = /authorization|cookie|token|secret|password|api-?key/i;

/** The secret reference in a property, its file relative to `folder`; reports anything else, and never prints it. */
export function readSecret(
  reader: DefinitionReader,
  name: string,
  folder: string,
): SecretReference | undefined {
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
  if (environment !== undefined && file === undefined) {
    if (VARIABLE.test(environment)) return { kind: 'secret', environment };
    return reference.refuse('environment', {
      code: 'secret-in-text',
      message:
        'This is not the name of an environment variable (it is not shown, as it may be the secret itself).',
      remedy: `Write the variable's name: fromEnvironment('PROMETHEUS_TOKEN').`,
      secret: true,
    });
  }
  if (file !== undefined && environment === undefined)
    return { kind: 'secret', file: resolve(folder, file) };
  return reader.refuse(name, {
    code: 'wrong-type',
    message: 'This is not a reference to a secret.',
    remedy: REMEDY,
    secret: true,
  });
}

/** How a server is told who calls. */
export function readAuth(reader: DefinitionReader, folder: string): HttpAuth | undefined {
  const auth = reader.object('auth', {
    known: ['bearer', 'basic'],
    secret: true,
    example: `{ bearer: fromEnvironment('TOKEN') } or { basic: { user: 'ninefold', password: fromFile('password') } }`,
  });
  if (auth === undefined) return undefined;
  if (auth.has('bearer') === auth.has('basic'))
    return reader.refuse('auth', {
      code: 'missing-field',
      message: auth.has('basic')
        ? 'Both bearer and basic are given.'
        : 'Neither bearer nor basic is given.',
      remedy: 'Give exactly one of bearer and basic.',
    });
  if (auth.has('bearer')) {
    const bearer = readSecret(auth, 'bearer', folder);
    return bearer && { bearer };
  }
  const basic = auth.object('basic', {
    known: ['user', 'password'],
    needed: ['user', 'password'],
    secret: true,
    example: `{ user: 'ninefold', password: fromEnvironment('PASSWORD') }`,
  });
  const user = basic?.text('user', 200);
  const password = basic && readSecret(basic, 'password', folder);
  return user === undefined || password === undefined ? undefined : { basic: { user, password } };
}

/** Extra request headers; one whose name says that it is secret must be a reference. */
export function readHeaders(
  reader: DefinitionReader,
  folder: string,
): Readonly<Record<string, string | SecretReference>> {
  const written: unknown = reader.raw('headers');
  const names =
    typeof written === 'object' && written !== null ? Object.keys(written).slice(0, 50) : [];
  const headers = reader.object('headers', { known: names, example: `{ 'X-Team': 'shop' }` });
  if (headers === undefined) return {};
  const read = names.map((name) => [name, readHeader(headers, name, folder)] as const);
  return Object.fromEntries(
    read.filter((header): header is [string, string | SecretReference] => header[1] !== undefined),
  );
}

function readHeader(
  headers: DefinitionReader,
  name: string,
  folder: string,
): string | SecretReference | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name))
    return headers.refuse(name, {
      code: 'not-a-name',
      message: 'This cannot be the name of a header.',
      remedy: 'Use letters, digits and dashes.',
    });
  const value = headers.raw(name);
  if (typeof value !== 'string' || SECRET_HEADER.test(name))
    return readSecret(headers, name, folder);
  const text = headers.text(name);
  if (text === undefined || /^[\t\u0020-\u007E]*$/.test(text)) return text;
  return headers.refuse(name, {
    code: 'wrong-type',
    message: 'A header holds characters that HTTP does not send.',
    remedy: 'Write ASCII without line breaks.',
  });
}
