/** The checks of examples/probes, tried with the command line against a shop on this machine. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ninefold } from '../cli/ninefold.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { replyTo, udpNameServer } from './name-server.ts';
import { rawServer, reply } from './raw-server.ts';

const EXAMPLE = path.join(import.meta.dirname, '../../examples/probes');

const authority = createCertificateAuthority();
const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-example-'));
afterAll(() => {
  authority.remove();
  rmSync(folder, { recursive: true, force: true });
});

function serveShop(): (socket: Socket, request: string) => void {
  let asked = 0;
  const answers: Readonly<Record<string, () => readonly [string, string?]>> = {
    'GET /': () => ['200 OK', '<a>Basket</a>'],
    'POST /session': () => ['201 Created', '{"token":"t-1"}'],
    'POST /orders': () => ['201 Created', '{"id":7}'],
    'GET /orders/7': () => {
      asked += 1;
      return ['200 OK', `{"state":"${asked > 1 ? 'accepted' : 'new'}"}`];
    },
    'DELETE /session': () => ['204 No Content'],
  };
  return (socket, request) => {
    const [route = ''] = /^\w+ \/[^? ]*/.exec(request) ?? [];
    const [status, body] = answers[route]?.() ?? ['404 Not Found'];
    reply(status, body)(socket);
  };
}

it('passes against a shop that is well, and tells which check fails when the name has no address', async () => {
  const shop = await rawServer(serveShop(), authority.issue(['DNS:localhost']));
  let known = true;
  const names = await udpNameServer((query) =>
    known
      ? replyTo(query, {
          answer: [{ name: 'shop.example', type: 1, data: Buffer.from([192, 0, 2, 7]) }],
        })
      : replyTo(query, { flags: 3 }),
  );
  for (const file of readdirSync(EXAMPLE)) {
    const text = readFileSync(path.join(EXAMPLE, file), 'utf8')
      .replaceAll('https://shop.example', `https://localhost:${shop.port}`)
      .replaceAll('shop.example:443', `localhost:${shop.port}`)
      .replaceAll('192.0.2.53:53', `127.0.0.1:${names}`);
    writeFileSync(path.join(folder, file), text);
  }
  const env = { NODE_EXTRA_CA_CERTS: authority.file, PROBE_PASSWORD: 'probe-geheim' };
  const good = await ninefold(['probe', folder], { env });
  expect(good).toMatchObject({ code: 0, stderr: '' });
  // A busy machine is slower than the shop's first byte should be.
  expect(good.stdout).toMatch(/\n(?:4 passed|3 passed, 1 degraded)\.\n$/);
  expect(good.stdout).not.toContain('geheim');
  known = false;
  const bad = await ninefold(['probe', folder, '--only', 'shop/name'], { env });
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('NXDOMAIN');
});
