// A tunnel through an HTTP proxy: asked for with CONNECT, and nothing comes through it before it is agreed on.
import type { Socket } from 'node:net';
import type { ProxySettings } from '../checks/http-proxy.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { createByteChannel } from './byte-channel.ts';
import { basicAuthorization } from './http-signature.ts';

const LONGEST_ANSWER = 16_384;

/** What a proxy is told of who calls; nothing where it does not ask. */
export function proxyAuthorization(
  { basic }: ProxySettings,
  attempt: Attempt,
): Readonly<Record<string, string>> {
  return basic === undefined ? {} : { 'proxy-authorization': basicAuthorization(basic, attempt) };
}

/** Asks for a tunnel to `target`, host and port; counts as part of the phase `connect`. @throws ProbeFailure */
export async function openTunnel(
  socket: Socket,
  target: string,
  headers: Readonly<Record<string, string>>,
  step: Step,
  attempt: Attempt,
): Promise<void> {
  step.enter('connect');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const channel = createByteChannel(socket, LONGEST_ANSWER, attempt.signal);
  let early: Buffer;
  try {
    channel.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${lines.join('')}\r\n`);
    const head = await channel.take('an answer of the proxy', (bytes) => {
      const end = bytes.indexOf('\r\n\r\n');
      return end < 0 ? undefined : { value: bytes.toString('latin1', 0, end), size: end + 4 };
    });
    expectTunnel(head, target);
  } finally {
    early = channel.release();
  }
  // The target speaks second; whatever came already is the proxy's own.
  if (early.length > 0)
    throw new ProbeFailure('protocol', `${early.length} bytes came through the proxy too early`);
  step.leave();
  socket.pause();
}

function expectTunnel(head: string, target: string): void {
  const [line = ''] = head.split('\r\n', 1);
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(line)?.[1] ?? 0);
  if (status >= 200 && status <= 299) return;
  if (status === 407) throw refusedCaller();
  if (status === 0)
    throw new ProbeFailure(
      'protocol',
      `the proxy does not speak HTTP: ${JSON.stringify(line.slice(0, 60))}`,
    );
  throw new ProbeFailure(
    'connect',
    `the proxy makes no way to ${target}: ${line.slice(9, 100).trim()}`,
  );
}

/** Who calls is no matter of the target. */
export function refusedCaller(): ProbeFailure {
  return new ProbeFailure('setup', 'the proxy does not accept who calls (407)');
}
