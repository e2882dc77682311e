// The probe of the kind tcp: connects, and holds a conversation.
import { isUtf8 } from 'node:buffer';
import { compilePart } from '../../formats/regular-expression.ts';
import type { SendPart, Turn } from '../checks/talk.ts';
import type { TcpSettings } from '../checks/tcp.ts';
import type { Attempt, Probe, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { type ByteChannel, createByteChannel, type Taken } from './byte-channel.ts';
import type { Dialer } from './dialer.ts';
import { openEndpoint } from './endpoint.ts';

export function createTcpProbe({ dialer }: { readonly dialer: Dialer }): Probe {
  return {
    type: 'tcp',
    async run(form, attempt) {
      const settings = form.settings as TcpSettings;
      const { talk, maxBytes } = settings;
      // Before anything is connected: a secret that is missing is no fault of the target.
      const messages = talk.map(({ send }) => send && sentBytes(send, attempt));
      const step = attempt.step(form.target);
      const secure = settings.tls !== undefined || settings.startTls !== undefined;
      const connection = await openEndpoint(
        dialer,
        settings,
        step,
        attempt,
        secure ? {} : undefined,
      );
      try {
        const received = await converse(
          createByteChannel(connection.socket, maxBytes, attempt.signal, () =>
            step.enter('transfer'),
          ),
          talk,
          messages,
          step,
          maxBytes,
        );
        step.leave();
        step.note('bytes', received.length);
        const text = new TextDecoder().decode(received);
        return {
          read: (source) =>
            source === 'received' ? text : source === 'size' ? received.length : undefined,
          excerpt: (source) => (source === 'received' || source === 'size' ? text : undefined),
        };
      } finally {
        connection.close();
      }
    },
  };
}

/** The bytes of a message. @throws ProbeFailure `setup` when a secret is missing */
export function sentBytes(parts: readonly SendPart[], attempt: Attempt): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      return 'hex' in part ? Buffer.from(part.hex, 'hex') : Buffer.from(attempt.secret(part));
    }),
  );
}

async function converse(
  channel: ByteChannel,
  talk: readonly Turn[],
  messages: readonly (Buffer | undefined)[],
  step: Step,
  maxBytes: number,
): Promise<Buffer> {
  const heard: Buffer[] = [];
  let left = maxBytes;
  if (talk.length > 0) step.enter('firstByte');
  for (const [index, { expect }] of talk.entries()) {
    const message = messages[index];
    if (message !== undefined) channel.write(message);
    if (expect === undefined) continue;
    const bytes = await channel.take(`text that matches '${expect}' came`, expecting(expect, step));
    left -= bytes.length;
    if (left < 0) throw new ProbeFailure('too-large', `more came than maxBytes, ${maxBytes}`);
    heard.push(bytes);
  }
  return Buffer.concat(heard);
}

/** Takes everything up to the end of the first match. Bytes that are no UTF-8 are matched one by one, as Latin-1. */
function expecting(pattern: string, step: Step) {
  // With everything in front of it, the length of the match is where it ends.
  const find = compilePart(String.raw`\A(?s:.*?)(?:${pattern})`);
  return (bytes: Buffer, ended: boolean): Taken<Buffer> | undefined => {
    const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
    const text = bytes.toString(encoding);
    if (text !== '') step.note('received', text);
    const [match] = find(text) ?? [];
    if (match !== undefined) {
      const size = Buffer.byteLength(match, encoding);
      return { value: bytes.subarray(0, size), size };
    }
    if (!ended || text === '') return undefined;
    const got = JSON.stringify(text.slice(0, 200));
    throw new ProbeFailure(
      'expectation',
      `expected text that matches '${pattern}', got ${got} and the end of the connection`,
    );
  };
}
