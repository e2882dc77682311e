// The probe of the kind websocket: asks for the change of protocol, checks the consent, and takes turns.
import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { compilePart } from '../../formats/regular-expression.ts';
import { parseJsonPath, valueAt } from '../json-path.ts';
import type { WebsocketSettings } from '../checks/websocket.ts';
import type { Answer, Attempt, Probe, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { type ByteChannel, createByteChannel } from './byte-channel.ts';
import type { Dialer } from './dialer.ts';
import { revealedHeaders } from './http-exchange.ts';
import { createResponseReader, type HttpResponse } from './http-response.ts';
import { sentBytes } from './tcp.ts';
import { closingFrame, createMessageChannel } from './websocket-frames.ts';

export function createWebsocketProbe({ dialer }: { readonly dialer: Dialer }): Probe {
  return {
    type: 'websocket',
    async run(form, attempt) {
      const settings = form.settings as WebsocketSettings;
      const { request, talk, maxMessageBytes } = settings;
      const step = attempt.step(form.target);
      const key = randomBytes(16).toString('base64');
      // Before anything is connected: a secret that is missing is no fault of the target.
      const head = upgradeHead(settings, key, step, attempt);
      const sent = talk.map(({ send }) => send && sentBytes(send, attempt));
      const socket = await open(dialer, request, step, attempt);
      try {
        const seen = (): void => step.enter('transfer');
        const limit = maxMessageBytes + LARGEST_HEAD;
        const channel = createByteChannel(socket, limit, attempt.signal, seen);
        step.enter('firstByte');
        channel.write(Buffer.from(head, 'latin1'));
        const response = await readHead(channel);
        step.note('status', response.status);
        const messages: string[] = [];
        if (response.status === 101) {
          checkConsent(response, key, settings.protocols);
          const line = createMessageChannel(channel, maxMessageBytes);
          for (const [index, { expect }] of talk.entries()) {
            const message = sent[index];
            if (message !== undefined) line.send(message);
            if (expect === undefined) continue;
            const text = new TextDecoder().decode(await line.next());
            step.note('message', text);
            messages.push(text);
            if (compilePart(expect)(text) === undefined) throw mismatch(expect, text);
          }
          await sayGoodBye(socket, attempt.signal);
        }
        step.leave();
        return websocketAnswer(response, messages);
      } finally {
        socket.destroy();
      }
    },
  };
}

const LARGEST_HEAD = 65_536;

async function open(
  dialer: Dialer,
  { url: address, tls, ip, connectTo }: WebsocketSettings['request'],
  step: Step,
  attempt: Attempt,
): Promise<Socket> {
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const destination = { ...(connectTo ?? { host, port }), ...(ip === undefined ? {} : { ip }) };
  const plain = await dialer.connect(destination, step, attempt);
  if (!secure) return plain;
  try {
    return await dialer.secure(
      plain,
      { host, settings: tls, protocols: ['http/1.1'] },
      step,
      attempt,
    );
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

function upgradeHead(
  { request, protocols }: WebsocketSettings,
  key: string,
  step: Step,
  attempt: Attempt,
): string {
  const { host, pathname, search } = new URL(request.url);
  const headers = {
    host,
    'user-agent': 'ninefold-probe',
    ...revealedHeaders(request, attempt),
    traceparent: step.traceparent,
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The head of the answer, read as strictly as that of any other answer; what follows it stays in the channel. */
async function readHead(channel: ByteChannel): Promise<HttpResponse> {
  const reader = createResponseReader('HEAD', 0);
  for (;;) {
    const head = await channel.take('the head of an answer came', (bytes) => {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0 && bytes.length > 4 && !bytes.toString('latin1', 0, 5).startsWith('HTTP/'))
        reader.push(bytes);
      return end < 0 ? undefined : { value: bytes.subarray(0, end + 4), size: end + 4 };
    });
    if (reader.push(head)) return reader.response();
  }
}

/** Resolves when the system has taken the last frame; a server that reads nothing cannot hold it up for ever. */
function sayGoodBye(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    socket.once('close', () => resolve());
    socket.end(closingFrame(), () => resolve());
  });
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

function checkConsent({ headers }: HttpResponse, key: string, offered: readonly string[]): void {
  const value = (name: string): string => headers.get(name)?.join(', ') ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  const wrong = (message: string): never => {
    throw new ProbeFailure('protocol', message);
  };
  if (value('upgrade').toLowerCase() !== 'websocket' || !/\bupgrade\b/i.test(value('connection')))
    wrong('the server switches to another protocol than WebSocket');
  if (value('sec-websocket-accept') !== accept)
    wrong('the server did not read the key: sec-websocket-accept is wrong');
  if (value('sec-websocket-extensions') !== '')
    wrong(
      `the server uses an extension that nobody offered: ${value('sec-websocket-extensions').slice(0, 100)}`,
    );
  const chosen = value('sec-websocket-protocol');
  if (chosen !== '' && !offered.includes(chosen))
    wrong(
      `the server chose the subprotocol ${JSON.stringify(chosen.slice(0, 100))}, which nobody offered`,
    );
}

function mismatch(pattern: string, text: string): ProbeFailure {
  const got = JSON.stringify(text.slice(0, 200));
  return new ProbeFailure(
    'expectation',
    `expected a message that matches '${pattern}', got ${got}`,
  );
}

function websocketAnswer({ status, headers }: HttpResponse, messages: readonly string[]): Answer {
  const last = messages.at(-1);
  return {
    read(source, argument = '') {
      switch (source) {
        case 'status':
          return status;
        case 'header':
          return headers.get(argument)?.join(', ');
        case 'protocol':
          return headers.get('sec-websocket-protocol')?.[0];
        case 'message':
          return last;
        case 'messages':
          return messages;
        case 'json':
          return jsonAt(last, argument);
        default:
          return undefined;
      }
    },
    excerpt: (source) => {
      if (source === 'header') return `headers: ${[...headers.keys()].join(', ')}`;
      return ['message', 'json'].includes(source) ? last : undefined;
    },
  };
}

function jsonAt(text: string | undefined, path: string): unknown {
  const parsed = parseJsonPath(path);
  if (text === undefined || parsed === undefined) return undefined;
  try {
    return valueAt(JSON.parse(text), parsed);
  } catch {
    return undefined;
  }
}
