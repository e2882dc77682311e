// Headers that tell a server who calls: a token, a name with its password, or a signature over the request.
import { createHmac } from 'node:crypto';
import type { SecretReference } from '../../slo/connection.ts';
import type { HmacSettings, ProbeAuthSettings, SignedPart } from '../checks/http-auth.ts';
import type { Attempt } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';

/** `Basic …`; the pair is masked from now on. */
export function basicAuthorization(
  { user, password }: { readonly user: string; readonly password: SecretReference },
  attempt: Attempt,
): string {
  const encoded = Buffer.from(`${user}:${attempt.secret(password)}`).toString('base64');
  attempt.mask(encoded);
  return `Basic ${encoded}`;
}

/** The value of `Authorization`. @throws ProbeFailure `setup` when a secret cannot be had, or the kind of probe does not go that far */
export function authorization(auth: ProbeAuthSettings, attempt: Attempt): string {
  if ('bearer' in auth) return `Bearer ${headerSafe(attempt.secret(auth.bearer), 'bearer')}`;
  if ('basic' in auth) return basicAuthorization(auth.basic, attempt);
  throw new ProbeFailure('setup', 'only HTTP probes fetch tokens and sign requests');
}

/** A secret with a line break would end its header and begin another. @throws ProbeFailure `setup` */
export function headerSafe(value: string, name: string): string {
  if (/^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)) return value;
  throw new ProbeFailure('setup', `the secret of ${name} holds characters that no header can`);
}

/** What is signed of a request. */
export interface SignedRequest {
  readonly url: URL;
  readonly method: string;
  readonly body: string;
  /** Epoch seconds. */
  readonly timestamp: number;
}

/** The headers of a signature. */
export function signatureHeaders(
  { key, algorithm, over, separator, header, prefix, encoding, timestampHeader }: HmacSettings,
  { url, method, body, timestamp }: SignedRequest,
  attempt: Attempt,
): Readonly<Record<string, string>> {
  const parts: Readonly<Record<SignedPart, string>> = {
    method,
    host: url.host,
    path: `${url.pathname}${url.search}`,
    timestamp: String(timestamp),
    body,
  };
  const signed = over.map((part) => parts[part]).join(separator);
  const signature = createHmac(algorithm, attempt.secret(key)).update(signed).digest(encoding);
  // Whoever reads it could send the same request again.
  attempt.mask(signature);
  return {
    [header]: `${prefix}${signature}`,
    ...(over.includes('timestamp') ? { [timestampHeader]: String(timestamp) } : {}),
  };
}
