// A connection to an endpoint, with TLS where it is wanted, each phase timed.
import type { Socket } from 'node:net';
import type { EndpointSettings } from '../checks/endpoint.ts';
import type { Attempt, Step } from '../probe.ts';
import type { Dialer } from './dialer.ts';
import { startTls } from './start-tls.ts';

export interface EndpointConnection {
  /** A TLSSocket where TLS was wanted. */
  readonly socket: Socket;
  close(): void;
}

export interface EndpointTls {
  readonly protocols?: readonly string[];
  /** Whether the server is asked for an OCSP response. */
  readonly staple?: boolean;
}

/** Connects; with `tls` also shakes hands. Whoever gets it closes it. @throws ProbeFailure */
export async function openEndpoint(
  dialer: Dialer,
  { host, port, ip, startTls: protocol, tls: settings }: EndpointSettings,
  step: Step,
  attempt: Attempt,
  tls?: EndpointTls,
): Promise<EndpointConnection> {
  const plain = await dialer.connect(
    { host, port, ...(ip === undefined ? {} : { ip }) },
    step,
    attempt,
  );
  try {
    if (protocol !== undefined) await startTls(plain, protocol, step, attempt.signal);
    const { protocols = [], staple = false } = tls ?? {};
    const offered = protocols.length === 0 ? {} : { protocols };
    const socket =
      tls === undefined
        ? plain
        : await dialer.secure(plain, { host, settings, ...offered, staple }, step, attempt);
    return {
      socket,
      close() {
        socket.destroy();
        plain.destroy();
      },
    };
  } catch (error) {
    plain.destroy();
    throw error;
  }
}
