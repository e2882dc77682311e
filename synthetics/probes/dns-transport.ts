// Carries DNS messages over UDP, TCP, TLS (RFC 7858) and HTTPS (RFC 8484), each phase timed.
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { TlsSettings } from '../../slo/connection.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { createByteChannel } from './byte-channel.ts';
import type { Dialer } from './dialer.ts';
import { getOverHttps, type HttpsNameServer } from './dns-https.ts';
import { decodeMessage, type DnsMessage, type DnsQuestion } from './dns-message.ts';
import { openEndpoint } from './endpoint.ts';

export interface NameServer {
  readonly host: string;
  readonly port: number;
  readonly ip?: 4 | 6;
  readonly tls?: TlsSettings;
  /** Whether TLS begins at once. @default false */
  readonly secure?: boolean;
}

/** What an answer must be to. */
export interface Asking extends DnsQuestion {
  readonly id: number;
}

/** Asks over UDP. What is no answer to this very question is passed over, as resolvers do. @throws ProbeFailure */
export async function askOverUdp(
  { host, port, ip }: NameServer,
  query: Buffer,
  asking: Asking,
  step: Step,
  signal: AbortSignal,
): Promise<DnsMessage> {
  const { address, family } = await resolveServer(host, ip, step);
  signal.throwIfAborted();
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let ignored = 0;
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        const refused =
          error.code === 'ECONNREFUSED'
            ? 'refuses messages'
            : `cannot be reached (${error.code ?? error.message})`;
        reject(new ProbeFailure('connect', `${host} port ${port} ${refused}`, error));
      });
      socket.on('message', (bytes) => {
        try {
          const message = isMeant(bytes, asking) ? decodeMessage(bytes) : undefined;
          if (message !== undefined && answers(message, asking)) {
            step.leave();
            resolve(message);
          } else step.note('ignored', (ignored += 1));
        } catch (error) {
          reject(error);
        }
      });
      // Connected, the system lets nothing pass that comes from elsewhere, and tells when nobody listens.
      socket.connect(port, address, () => {
        step.note('address', `${address}:${port}`);
        step.enter('firstByte');
        socket.send(query);
      });
    });
  } finally {
    socket.close();
  }
}

async function resolveServer(
  host: string,
  ip: 4 | 6 | undefined,
  step: Step,
): Promise<{ readonly address: string; readonly family: number }> {
  const family = isIP(host);
  if (family !== 0) return { address: host, family };
  step.enter('dns');
  try {
    const found = await lookup(host, { family: ip ?? 0 });
    step.leave();
    return found;
  } catch (cause) {
    throw new ProbeFailure('dns', `there is no address of the name server ${host}`, cause);
  }
}

const LARGEST_MESSAGE = 65_535;

/** Asks over TCP or TLS. @throws ProbeFailure */
export async function askOverTcp(
  dialer: Dialer,
  { secure = false, ...server }: NameServer,
  query: Buffer,
  asking: Asking,
  step: Step,
  attempt: Attempt,
): Promise<DnsMessage> {
  const connection = await openEndpoint(
    dialer,
    server,
    step,
    attempt,
    secure ? { protocols: ['dot'] } : undefined,
  );
  try {
    const seen = (): void => step.enter('transfer');
    const limit = LARGEST_MESSAGE + 2;
    const channel = createByteChannel(connection.socket, limit, attempt.signal, seen);
    step.enter('firstByte');
    const size = Buffer.alloc(2);
    size.writeUInt16BE(query.length);
    channel.write(Buffer.concat([size, query]));
    const bytes = await channel.take('a whole answer came', (pending) => {
      const end = pending.length < 2 ? Number.POSITIVE_INFINITY : 2 + pending.readUInt16BE(0);
      return pending.length < end ? undefined : { value: pending.subarray(2, end), size: end };
    });
    step.leave();
    return expectAnswer(bytes, asking);
  } finally {
    connection.close();
  }
}

/** Asks over HTTPS, with a GET. @throws ProbeFailure */
export async function askOverHttps(
  dialer: Dialer,
  { url, ...server }: HttpsNameServer,
  query: Buffer,
  asking: Asking,
  step: Step,
  attempt: Attempt,
): Promise<DnsMessage> {
  const asked = new URL(url);
  asked.searchParams.set('dns', query.toString('base64url'));
  const { status, type, body } = await getOverHttps(
    dialer,
    { ...server, url: asked },
    LARGEST_MESSAGE,
    step,
    attempt,
  );
  if (status !== 200)
    throw new ProbeFailure('protocol', `the name server answers with the status ${status}`);
  if (!/^application\/dns-message\b/i.test(type))
    throw new ProbeFailure(
      'protocol',
      `the name server answers with ${type === '' ? 'nothing' : type.slice(0, 100)} instead of application/dns-message`,
    );
  return expectAnswer(body, asking);
}

/** Whether the message has the number of the question, the least that an answer has. */
function isMeant(bytes: Buffer, { id }: Asking): boolean {
  return bytes.length >= 12 && bytes.readUInt16BE(0) === id;
}

/** A server that cannot read the question need not repeat it. */
function answers({ id, isResponse, question, rcode }: DnsMessage, asking: Asking): boolean {
  if (!isResponse || id !== asking.id) return false;
  if (question === undefined) return rcode !== 'NOERROR';
  return question.name === asking.name && question.type === asking.type;
}

function expectAnswer(bytes: Buffer, asking: Asking): DnsMessage {
  const message = decodeMessage(bytes);
  if (answers(message, asking)) return message;
  const { name = 'nothing', type = '' } = message.question ?? {};
  throw new ProbeFailure(
    'protocol',
    `the answer is not to this question, but to ${name} ${type}`.trim(),
  );
}
