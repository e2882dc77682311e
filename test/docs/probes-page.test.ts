/** The checks on the page of probes are tried against a shop that answers as the page says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { moduleOf } from '../catalog/page-examples.ts';
import { ninefold } from '../cli/ninefold.ts';
import { createCertificateAuthority } from '../synthetics/certificate-authority.ts';
import { rawServer, reply } from '../synthetics/raw-server.ts';
import { readPage } from './markdown-page.ts';

const authority = createCertificateAuthority();
const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-probes-page-'));
afterAll(() => {
  authority.remove();
  rmSync(folder, { recursive: true, force: true });
});

const examples = readPage('docs/probes.md')
  .blocks.filter(({ kind, code }) => kind === 'ts' && code.includes('defineCheck('))
  .map(({ code }) => [/export const (\w+)/.exec(code)?.[1] ?? '', code] as const);

/** Tries an example's check at another address. */
async function probe(code: string, port: number) {
  const file = path.join(folder, 'page.checks.ts');
  writeFileSync(
    file,
    moduleOf(code.replaceAll('https://shop.example', `https://localhost:${port}`)),
  );
  const env = {
    NODE_EXTRA_CA_CERTS: authority.file,
    SEARCH_TOKEN: 'search-geheim',
    PROBE_PASSWORD: 'probe-geheim',
  };
  return ninefold(['probe', file], { env });
}

it('has the three examples that are tried here', () => {
  expect(examples.map(([name]) => name)).toEqual(['home', 'search', 'orders']);
});

it.each(examples)(
  'passes where the shop is well, and fails where it is not: %s',
  async (_, code) => {
    let polls = 0;
    let well = true;
    const json = { 'Content-Type': 'application/json' };
    const shop = await rawServer(
      (socket, request) => {
        const [route = ''] = /^\w+ \/[^? ]*/.exec(request) ?? [];
        const answers: Readonly<Record<string, () => void>> = {
          'GET /': () => reply('200 OK', '<a>Basket</a>')(socket),
          'GET /api/search': () => reply('200 OK', '{"items":[{"name":"teapot"}]}', json)(socket),
          'POST /session': () =>
            reply('201 Created', '{"token":"t-1"}', { ...json, Location: '/session/1' })(socket),
          'POST /orders': () => reply('201 Created', '{"id":7}', json)(socket),
          'GET /orders/7': () => {
            polls += 1;
            reply('200 OK', `{"state":"${polls > 1 ? 'accepted' : 'new'}"}`, json)(socket);
          },
          'DELETE /session/1': () => reply('204 No Content')(socket),
        };
        const answer = answers[route];
        if (well && answer !== undefined) answer();
        else reply('503 Unavailable', 'We are sorry')(socket);
      },
      authority.issue(['DNS:localhost']),
    );
    const good = await probe(code, shop.port);
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(/\n1 (passed|degraded)\.\n$/);
    well = false;
    const bad = await probe(code, shop.port);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('We are sorry');
    expect(good.stdout + bad.stdout).not.toContain('geheim');
  },
);
