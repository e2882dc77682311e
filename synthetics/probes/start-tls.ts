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
  try {
    await DIALOGUES[protocol](channel);
  } finally {
    const rest = channel.release();
    // Whatever comes in the clear after the consent was put there by somebody in between.
    if (rest.length > 0 && !socket.destroyed) {
      socket.destroy();
      // eslint-disable-next-line no-unsafe-finally
      throw new ProbeFailure('protocol', `${rest.length} bytes came in the clear after TLS was agreed on`);
    }
  }
  socket.pause();
}
