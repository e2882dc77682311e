// Fresh connections, with the time of each phase: the name, the connection, the TLS handshake.
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '../../slo/connection.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { tlsAlert } from './broken-connection.ts';
import { certificateFacts, createTlsContexts, type TlsContexts } from './tls-context.ts';

/** Where to connect. */
export interface Destination {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Only addresses of this version of IP. */
  readonly ip?: 4 | 6;
}

/** How the handshake goes. */
export interface Handshake {
  /** The host that the certificate must be for, unless the settings name another. */
  readonly host: string;
  readonly settings?: TlsSettings | undefined;
  /** Application protocols offered: `['http/1.1']`. */
  readonly protocols?: readonly string[];
  /** Whether the server is asked what the certificate's issuer says of it. @default false */
  readonly staple?: boolean;
}

export interface Dialer {
  /** A TCP connection; ends with the attempt's signal. @throws ProbeFailure `dns`, `connect` */
  connect(destination: Destination, step: Step, attempt: Attempt): Promise<Socket>;
  /** TLS over a connection; the certificate is written down in any case. @throws ProbeFailure `tls`, `certificate`, `setup` */
  secure(socket: Socket, handshake: Handshake, step: Step, attempt: Attempt): Promise<TLSSocket>;
}

export function createDialer(): Dialer {
  const contexts = createTlsContexts();
  return {
    connect: connectTo,
    secure: (socket, handshake, step, attempt) =>
      secureOver(contexts, socket, handshake, step, attempt),
  };
}

interface Address {
  readonly address: string;
  readonly family: number;
}

async function connectTo(destination: Destination, step: Step, attempt: Attempt): Promise<Socket> {
  const addresses = await resolve(destination, step);
  attempt.signal.throwIfAborted();
  step.enter('connect');
  const socket = await open(addresses, destination, attempt.signal);
  step.leave();
  step.note('address', `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`);
  return socket;
}

async function resolve({ host, ip }: Destination, step: Step): Promise<readonly Address[]> {
  const family = isIP(host);
  if (family !== 0) {
    if (ip === undefined || ip === family) return [{ address: host, family }];
    throw new ProbeFailure('setup', `${host} is no IPv${ip} address`);
  }
  step.enter('dns');
  try {
    const addresses = await lookup(host, { all: true, family: ip ?? 0, order: 'verbatim' });
    step.leave();
    return addresses;
  } catch (cause) {
    throw new ProbeFailure('dns', dnsReason(host, ip, cause), cause);
  }
}

function dnsReason(host: string, ip: 4 | 6 | undefined, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  const version = ip === undefined ? '' : ` over IPv${ip}`;
  if (code === 'ENOTFOUND' || code === 'ENODATA') return `there is no address of ${host}${version}`;
  if (code === 'EAI_AGAIN') return `the name server did not answer for ${host}`;
  return `${host} did not resolve (${code ?? String(cause)})`;
}

function open(
  addresses: readonly Address[],
  { host, port }: Destination,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolveSocket, reject) => {
    const [only] = addresses;
    const socket = connect({
      port,
      noDelay: true,
      // Several addresses are tried as browsers do: the next one after a quarter of a second.
      ...(addresses.length === 1 && only !== undefined
        ? { host: only.address, family: only.family }
        : {
            host,
            autoSelectFamily: true,
            lookup: (_host, _options, done) => done(null, [...addresses]),
          }),
    });
    const aborted = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const failed = (error: NodeJS.ErrnoException): void => {
      signal.removeEventListener('abort', aborted);
      reject(new ProbeFailure('connect', connectReason(host, port, error), error));
    };
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('error', failed);
    socket.once('connect', () => {
      signal.removeEventListener('abort', aborted);
      socket.off('error', failed);
      // Whoever reads from it hears of errors; between two readers nobody would, and the process would end.
      socket.on('error', () => {});
      closeWith(socket, signal);
      resolveSocket(socket);
    });
  });
}

/** A socket that nobody closes would outlive the attempt. */
function closeWith(socket: Socket, signal: AbortSignal): void {
  const close = (): void => void socket.destroy();
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', close));
}

function connectReason(host: string, port: number, error: NodeJS.ErrnoException): string {
  const errors = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  const codes = errors.map((each) => (each as NodeJS.ErrnoException).code ?? String(each));
  const where = `${host} port ${port}`;
  const [first] = codes;
  if (new Set(codes).size > 1 || first === undefined)
    return `${where} cannot be reached (${[...new Set(codes)].join(', ')})`;
  if (first === 'ECONNREFUSED') return `${where} refuses connections`;
  if (first === 'EHOSTUNREACH' || first === 'ENETUNREACH') return `there is no way to ${where}`;
  if (first === 'ETIMEDOUT') return `${where} does not answer`;
  return `${where} cannot be reached (${first})`;
}

function secureOver(
  contexts: TlsContexts,
  socket: Socket,
  { host, settings, protocols, staple }: Handshake,
  step: Step,
  attempt: Attempt,
): Promise<TLSSocket> {
  const name = settings?.serverName ?? host;
  const secureContext = contexts.contextOf(settings, attempt);
  step.enter('tls');
  return new Promise((resolveSocket, reject) => {
    const secure = connectTls({
      socket,
      host: name,
      // An address is no server name in the sense of SNI.
      servername: isIP(name) === 0 ? name : '',
      secureContext,
      ...(protocols === undefined ? {} : { ALPNProtocols: [...protocols] }),
      // Judged below, so that the certificate is seen also when it is not accepted.
      rejectUnauthorized: false,
      requestOCSP: staple === true,
    });
    let response: Buffer | undefined;
    // Without a response it is called with null, whatever its type says.
    secure.once('OCSPResponse', (bytes: Buffer | null) => {
      response = bytes ?? undefined;
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      // Said by nginx and others; more tries would not change it.
      if (/no application protocol/i.test(error.message)) {
        const offered = (protocols ?? []).join(', ');
        reject(new ProbeFailure('protocol', `${name} speaks none of: ${offered}`, error));
        return;
      }
      reject(
        new ProbeFailure('tls', `the handshake with ${name} failed: ${tlsReason(error)}`, error),
      );
    };
    const closed = (): void => {
      reject(new ProbeFailure('tls', `${name} closed the connection during the handshake`));
    };
    secure.once('error', failed);
    secure.once('close', closed);
    secure.once('secureConnect', () => {
      secure.off('error', failed);
      secure.off('close', closed);
      secure.on('error', () => {});
      const accepted = secure.authorized || settings?.verify === false;
      if (!accepted) step.fail();
      step.leave();
      const facts = certificateFacts(secure, response);
      if (facts !== undefined) attempt.certificate(facts);
      if (accepted) {
        resolveSocket(secure);
        return;
      }
      secure.destroy();
      reject(new ProbeFailure('certificate', distrustReason(name, secure.authorizationError)));
    });
  });
}

function tlsReason(error: NodeJS.ErrnoException): string {
  const { code, message } = error;
  if (code === 'ECONNRESET') return 'the connection was reset';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'what answers does not speak TLS';
  const alert = tlsAlert(error);
  return alert === undefined ? (code ?? message) : `alert ${alert}`;
}

const UNKNOWN_ISSUER = 'is issued by nobody who is trusted, or comes without its issuers';

const DISTRUST: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'ends in a root that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'lacks an issuer in its chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
  ERR_TLS_CERT_ALTNAME_INVALID: 'is made for other names',
};

function distrustReason(name: string, error: Error | string | undefined): string {
  const code =
    typeof error === 'string'
      ? error
      : error !== undefined && 'code' in error
        ? String(error.code)
        : '';
  return `the certificate of ${name} ${DISTRUST[code] ?? `is not accepted (${code})`}`;
}
