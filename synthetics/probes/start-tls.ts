// Asks servers that begin in the clear to change to TLS: SMTP, IMAP, POP3, PostgreSQL.
import type { Socket } from 'node:net';
import type { StartTlsProtocol } from '../checks/endpoint.ts';
import type { Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { type ByteChannel, createByteChannel } from './byte-channel.ts';

const LONGEST_ANSWER = 16_384;

/** Asks for TLS; the handshake may begin when it resolves. Counts as part of the phase `tls`. @throws ProbeFailure */
export async function startTls(
  socket: Socket,
  protocol: StartTlsProtocol,
  step: Step,
  signal: AbortSignal,
): Promise<void> {
  step.enter('tls');
  const channel = createByteChannel(socket, LONGEST_ANSWER, signal);
  let early: Buffer;
  try {
    await DIALOGUES[protocol](channel);
  } finally {
    early = channel.release();
  }
  // Whatever follows the consent in the clear was put there by somebody in between.
  if (early.length > 0)
    throw new ProbeFailure(
      'protocol',
      `${early.length} bytes came in the clear after TLS was agreed on`,
    );
  socket.pause();
}

const DIALOGUES: Readonly<Record<StartTlsProtocol, (channel: ByteChannel) => Promise<void>>> = {
  async smtp(channel) {
    await smtpReply(channel, 'a greeting', '220');
    channel.write('EHLO ninefold-probe\r\n');
    const offers = await smtpReply(channel, 'an answer to EHLO', '250');
    if (!/^250[ -]STARTTLS\s*$/im.test(offers)) throw refusal('the server does not offer STARTTLS');
    channel.write('STARTTLS\r\n');
    await smtpReply(channel, 'an answer to STARTTLS', '220');
  },
  async imap(channel) {
    expectLine(await line(channel, 'a greeting'), /^\* (?:OK|PREAUTH)\b/i);
    channel.write('a1 STARTTLS\r\n');
    let answer: string;
    do answer = await line(channel, 'an answer to STARTTLS');
    while (answer.startsWith('* '));
    expectLine(answer, /^a1 OK\b/i);
  },
  async pop3(channel) {
    expectLine(await line(channel, 'a greeting'), /^\+OK\b/);
    channel.write('STLS\r\n');
    expectLine(await line(channel, 'an answer to STLS'), /^\+OK\b/);
  },
  async postgres(channel) {
    // SSLRequest: its length, and a code that no version of the protocol has.
    channel.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    const answer = await channel.take('an answer to the request for TLS', (bytes) =>
      bytes.length === 0 ? undefined : { value: bytes.toString('latin1', 0, 1), size: 1 },
    );
    if (answer === 'N') throw refusal('the server does not offer TLS');
    if (answer !== 'S')
      throw refusal(`the answer to the request for TLS is ${JSON.stringify(answer)}`);
  },
};

/** A whole reply, which has several lines while a dash follows the code. */
async function smtpReply(channel: ByteChannel, what: string, code: string): Promise<string> {
  const lines: string[] = [];
  do {
    const next = await line(channel, what);
    if (!next.startsWith(code)) throw refusal(`${what} is ${JSON.stringify(next.slice(0, 100))}`);
    lines.push(next);
    if (lines.length > 100) throw refusal(`${what} has more than 100 lines`);
  } while (lines.at(-1)?.at(3) === '-');
  return lines.join('\n');
}

function line(channel: ByteChannel, what: string): Promise<string> {
  return channel.take(what, (bytes) => {
    const end = bytes.indexOf('\n');
    if (end < 0) return undefined;
    return { value: bytes.toString('latin1', 0, end).replace(/\r$/, ''), size: end + 1 };
  });
}

function expectLine(text: string, expected: RegExp): void {
  if (!expected.test(text)) throw refusal(`the server says ${JSON.stringify(text.slice(0, 100))}`);
}

function refusal(message: string): ProbeFailure {
  return new ProbeFailure('protocol', message);
}
