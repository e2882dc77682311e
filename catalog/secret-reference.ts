// Secrets in a configuration: references whose files lie relative to its folder.
import { resolve } from 'node:path';
import type { HttpAuth, SecretReference, TlsSettings } from '../slo/connection.ts';
import {
  readAuth as readAnyAuth,
  readSecret as readAnySecret,
  readTls as readAnyTls,
  SECRET_NAME,
  type SecretRule,
} from '../slo/connection-reader.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';

function inFolder(folder: string): SecretRule {
  return { place: (file) => resolve(folder, file) };
}

/** The secret reference in a property; reports anything else, and never prints it. */
export function readSecret(
  reader: DefinitionReader,
  name: string,
  folder: string,
): SecretReference | undefined {
  return readAnySecret(reader, name, inFolder(folder));
}

/** How a server is told who calls. */
export function readAuth(reader: DefinitionReader, folder: string): HttpAuth | undefined {
  return readAnyAuth(reader, 'ninefold', inFolder(folder));
}

/** TLS settings; `true` is the system's certificates. */
export function readTls(reader: DefinitionReader, folder: string): TlsSettings | undefined {
  return reader.raw('tls') === true ? { verify: true } : readAnyTls(reader, inFolder(folder));
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
  if (typeof value !== 'string' || SECRET_NAME.test(name)) return readSecret(headers, name, folder);
  const text = headers.text(name);
  if (text === undefined || /^[\t\u0020-\u007E]*$/.test(text)) return text;
  return headers.refuse(name, {
    code: 'wrong-type',
    message: 'A header holds characters that HTTP does not send.',
    remedy: 'Write ASCII without line breaks.',
  });
}
