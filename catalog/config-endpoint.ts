// The parts that many connections share: an HTTP endpoint, TLS, times, sizes.
import type { HttpEndpoint } from '../slo/connection.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { formatDuration, parseDuration } from '../slo/duration.ts';
import { URL_RULE } from '../slo/text-rules.ts';
import { readAuth, readHeaders, readTls } from './secret-reference.ts';

export const ENDPOINT_PROPERTIES = ['url', 'auth', 'tls', 'headers', 'timeout'] as const;

const DEFAULT_TIMEOUT = 30;

/** An endpoint; `url` is undefined when it is missing or wrong. */
export function readEndpoint(
  reader: DefinitionReader,
  folder: string,
): Omit<HttpEndpoint, 'url'> & { readonly url: string | undefined } {
  const url = readUrl(reader, 'url');
  const auth = readAuth(reader, folder);
  const tls = readTls(reader, folder);
  return {
    url,
    ...(auth === undefined ? {} : { auth }),
    ...(tls === undefined ? {} : { tls }),
    headers: readHeaders(reader, folder),
    timeoutSeconds: readSeconds(reader, 'timeout', 1, 600) ?? DEFAULT_TIMEOUT,
  };
}

/** An address; one with a password in it is refused as a secret. */
export function readUrl(reader: DefinitionReader, name: string): string | undefined {
  const written = reader.raw(name);
  if (typeof written === 'string' && hasPassword(written))
    return reader.refuse(name, {
      code: 'secret-in-text',
      message: 'The address holds a user and a password (not shown).',
      remedy: `Write the address alone, and auth: { basic: { user: '…', password: fromEnvironment('PASSWORD') } }.`,
      secret: true,
    });
  return reader.parsed(name, {
    ...URL_RULE,
    remedy: `Write it with its scheme: 'http://127.0.0.1:9090'.`,
  });
}

/** Whether an address holds a user or a password. */
export function hasPassword(address: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(address);
}

/** A duration within limits, in seconds. */
export function readSeconds(
  reader: DefinitionReader,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const limits = `${formatDuration(least)} to ${formatDuration(most)}`;
  return reader.parsed(name, {
    code: 'not-a-duration',
    parse(text) {
      const seconds = text === '0s' ? 0 : parseDuration(text);
      return seconds !== undefined && seconds >= least && seconds <= most ? seconds : undefined;
    },
    expected: `a duration from ${limits}`,
    remedy: `Write a whole number with s, m, h or d, from ${limits}.`,
  });
}
