// The probe of the kind tls: connects, asks for TLS where it must, and looks at what the handshake shows.
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsCheckSettings } from '../checks/tls.ts';
import type { Answer, Probe } from '../probe.ts';
import type { Dialer } from './dialer.ts';
import { openEndpoint } from './endpoint.ts';

export function createTlsProbe({ dialer }: { readonly dialer: Dialer }): Probe {
  return {
    type: 'tls',
    async run(form, attempt) {
      const settings = form.settings as TlsCheckSettings;
      const step = attempt.step(form.target);
      const connection = await openEndpoint(dialer, settings, step, attempt, {
        protocols: settings.protocols,
        staple: true,
      });
      try {
        return handshakeAnswer(connection.socket as TLSSocket);
      } finally {
        connection.close();
      }
    },
  };
}

/** Of the certificate itself the caller knows; here is what only the connection knows. */
function handshakeAnswer(socket: TLSSocket): Answer {
  const values: Readonly<Record<string, unknown>> = {
    certificateTrusted: socket.authorized,
    chainLength: chainLength(socket.getPeerCertificate(true)),
    protocol:
      socket.alpnProtocol === false || socket.alpnProtocol === null
        ? undefined
        : socket.alpnProtocol,
  };
  const reason = String(socket.authorizationError ?? '');
  return {
    read: (source) => values[source],
    excerpt: (source) => (source === 'certificateTrusted' && reason !== '' ? reason : undefined),
  };
}

const LONGEST_CHAIN = 20;

function chainLength(leaf: DetailedPeerCertificate): number {
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = leaf;
  while (
    next?.fingerprint256 !== undefined &&
    !seen.has(next.fingerprint256) &&
    seen.size < LONGEST_CHAIN
  ) {
    seen.add(next.fingerprint256);
    next = next.issuerCertificate as DetailedPeerCertificate | undefined;
  }
  return seen.size;
}
