// What an error of a connection means: an alert of TLS is the server's own word, anything else just broke it.
import { ProbeFailure } from '../probe-failure.ts';

/** Alerts (RFC 8446 section 6.2) about the certificate of the probe; since TLS 1.3 they come after the handshake. */
const UNACCEPTED_CALLER = /certificate|unknown ca|access denied/;

/** The alert in an error, `unknown ca`; undefined when there is none. */
export function tlsAlert({ message }: Error): string | undefined {
  return /alert ([\w ]+?)(?::|$)/.exec(message)?.[1];
}

/** Why a connection broke; `when` goes on: ` before an answer`. */
export function brokenConnection(error: NodeJS.ErrnoException, when = ''): ProbeFailure {
  const alert = tlsAlert(error);
  if (alert === undefined)
    return new ProbeFailure(
      'cut',
      `the connection broke${when} (${error.code ?? error.message})`,
      error,
    );
  const who = UNACCEPTED_CALLER.test(alert);
  return new ProbeFailure(
    'tls',
    `the server ${who ? 'does not accept who calls' : 'ended TLS'} (alert ${alert})`,
    error,
  );
}
