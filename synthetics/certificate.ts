// What is known of a TLS connection and of the certificate that the server showed.
import type { Sources } from './sources.ts';

/** Facts of a handshake, also of one whose certificate is not accepted. */
export interface CertificateFacts {
  /** `TLSv1.3`. */
  readonly tlsVersion: string;
  readonly cipher: string;
  /** Common names, '' where there is none. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses that it is made for. */
  readonly names: readonly string[];
  /** Validity, in epoch seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The certificate that ends first in the chain that the server showed, in epoch seconds. */
  readonly chainNotAfter: number;
  /** SHA-256 of the certificate, upper-case hex with colons. */
  readonly fingerprint: string;
  readonly serial: string;
  /** Why it is not accepted; absent when it is. */
  readonly distrust?: string;
  /** What the issuer says of it, as the server handed it on (OCSP stapling); absent when it did not, or nobody asked. */
  readonly staple?: CertificateStaple;
}

export type CertificateStaple =
  | {
      readonly status: 'good' | 'revoked' | 'unknown';
      /** When it was said, and when it is to be said anew, in epoch seconds. */
      readonly thisUpdate: number;
      readonly nextUpdate?: number;
    }
  /** It proves nothing: `it is about another certificate`. */
  | { readonly status: 'invalid'; readonly problem: string };

/** The sources that every kind over TLS has. Without TLS all of them are absent. */
export const CERTIFICATE_SOURCES = {
  tlsVersion: { type: 'text' },
  tlsCipher: { type: 'text' },
  /** Whole days until the first certificate of the chain ends; negative when it has. */
  certificateDaysLeft: { type: 'number' },
  /** The share of the certificate's own life that is left: 1 when new, 0 and below when over. */
  certificateLifeLeft: { type: 'number' },
  certificateSubject: { type: 'text' },
  certificateIssuer: { type: 'text' },
  certificateNames: { type: 'list' },
} as const satisfies Sources;

/** The sources of kinds that ask for an OCSP response; without one they are absent. */
export const STAPLE_SOURCES = {
  /** `good`, `revoked`, `unknown`, `stale` when it should have been renewed, or `invalid` when it proves nothing. */
  stapleStatus: { type: 'text' },
} as const satisfies Sources;

const DAY = 86_400;

/** What a source of the table gives at a time in epoch seconds; undefined for other sources, and without a certificate. */
export function readCertificate(
  facts: CertificateFacts | undefined,
  source: string,
  now: number,
): unknown {
  switch (source) {
    case 'tlsVersion':
      return facts?.tlsVersion;
    case 'tlsCipher':
      return facts?.cipher;
    case 'certificateDaysLeft':
      return facts && Math.floor((facts.chainNotAfter - now) / DAY);
    case 'certificateLifeLeft':
      return facts && lifeLeft(facts, now);
    case 'stapleStatus':
      return facts?.staple && stapleStatus(facts.staple, now);
    case 'certificateSubject':
      return facts?.subject;
    case 'certificateIssuer':
      return facts?.issuer;
    case 'certificateNames':
      return facts?.names;
    default:
      return undefined;
  }
}

/** To three digits. */
function lifeLeft({ notBefore, notAfter }: CertificateFacts, now: number): number {
  return Math.round(((notAfter - now) / Math.max(1, notAfter - notBefore)) * 1000) / 1000;
}

/** Clocks differ a little. */
const MOST_SKEW = 300;

function stapleStatus(staple: CertificateStaple, now: number): string {
  if (staple.status === 'invalid' || staple.thisUpdate > now + MOST_SKEW) return 'invalid';
  const { status, nextUpdate } = staple;
  return status === 'good' && nextUpdate !== undefined && nextUpdate < now ? 'stale' : status;
}

/** What shows why an assertion on a source of the certificate does not hold, where there is more to say. */
export function certificateExcerpt(
  facts: CertificateFacts | undefined,
  source: string,
): string | undefined {
  const staple = source === 'stapleStatus' ? facts?.staple : undefined;
  if (staple === undefined) return undefined;
  if (staple.status === 'invalid') return staple.problem;
  const printed = (at: number): string => new Date(at * 1000).toISOString();
  const until = staple.nextUpdate === undefined ? '' : `, until ${printed(staple.nextUpdate)}`;
  return `said at ${printed(staple.thisUpdate)}${until}`;
}
