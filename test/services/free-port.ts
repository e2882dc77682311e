/** Free TCP ports on loopback that stay free for a while: outside the range that outgoing connections are given. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ephemeral range of Linux (32768) and macOS (49152), so that no outgoing connection
// takes the port while a server is being restarted on it.
const FIRST = 15_000;
const END = 32_000;
const ATTEMPTS = 200;

/** A TCP port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

/** That many different free ports of 127.0.0.1. Throws when none is found in 200 attempts each. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; found.size < count; attempt += 1) {
    if (attempt > ATTEMPTS * count)
      throw new Error(`no free port on 127.0.0.1 in ${FIRST}–${END - 1}`);
    const port = randomInt(FIRST, END);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}
