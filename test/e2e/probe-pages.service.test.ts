// A failing probe of a fresh workspace, run by the command line, lands in a real collector, burns the SLO on it, and pages.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { changeTokenFile } from '../../collector/token-file.ts';
import { mintToken } from '../../collector/tokens.ts';
import { ninefold } from '../cli/ninefold.ts';
import { startWebhookSink } from '../services/webhook-sink.ts';
import { rawServer, reply } from '../synthetics/raw-server.ts';
import { type ServedCollector, serveWorkspace } from './served-collector.ts';

const served: ServedCollector[] = [];
afterEach(async () => {
  for (const each of served.splice(0)) await each.kill('SIGKILL');
});

/** A workspace with one check of a target, the SLO on it, and a webhook that hears of its pages. */
async function workspace(
  name: string,
  given: { readonly target: string; readonly webhook: string; readonly config?: string },
): Promise<ServedCollector> {
  const collector = await serveWorkspace(name, {
    'ninefold.config.ts': `import { defineConfig } from 'ninefold';
export default defineConfig({
  store: { kind: 'sqlite', path: 'counts.db' },
  http: { port: PORT, tokensFile: 'tokens.json' },
  webhooks: [{ name: 'pager', url: '${given.webhook}' }],
  ${given.config ?? ''}
});`,
    'shop.checks.ts': `import { defineCheck, defineService, http } from 'ninefold';
export const shop = defineService({ name: 'shop', team: 'web' });
export const home = defineCheck({ service: shop, name: 'home', every: '1s', timeout: '500ms', probe: http({ url: '${given.target}/' }) });
export const idle = defineCheck({ service: shop, name: 'idle', every: '1s', probe: http({ url: '${given.target}/idle' }) });`,
    'shop.slo.ts': `import { checkRatio, defineSlo } from 'ninefold';
import { home, shop } from './shop.checks.ts';
export const reachable = defineSlo({ service: shop, name: 'reachable', objective: '99.9%', sli: checkRatio({ check: home }) });`,
  });
  served.push(collector);
  return collector;
}

interface Budget {
  readonly total: number;
  readonly bad: number;
}

async function counts(url: string, token: string, enough: (budget: Budget) => boolean) {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/slos/shop/reachable`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { budget } = (await answer.json()) as { budget: Budget | null };
    if (budget !== null && enough(budget)) return { total: budget.total, bad: budget.bad };
    await sleep(100);
  }
}

/** Tokens of both scopes in the file that the workspace names. */
async function writeTokens(folder: string): Promise<{ read: string; ingest: string }> {
  const now = Math.floor(Date.now() / 1000);
  const [read, ingest] = [
    mintToken({ name: 'reader', scopes: ['read'], now }),
    mintToken({ name: 'probes', scopes: ['ingest'], now }),
  ];
  const file = join(folder, 'tokens.json');
  await changeTokenFile(file, (records) => [...records, read.record, ingest.record]);
  return { read: read.token, ingest: ingest.token };
}

describe('a failing check of a fresh workspace', () => {
  it('run by ninefold probe, lands in the collector, burns its SLO, and pages', async () => {
    const target = await rawServer(reply('500 Oh', 'sorry'));
    const pager = await startWebhookSink();
    const collector = await workspace('probe-pages', { target: target.url, webhook: pager.url });
    const tokens = await writeTokens(collector.folder);
    await collector.start();

    const tokenFile = join(collector.folder, 'probe-token');
    writeFileSync(tokenFile, `${tokens.ingest}\n`);
    const push = ['probe', collector.folder, '--push', collector.url];
    const first = await ninefold([...push, '--token-file', tokenFile]);
    expect(first.stderr).toContain('1 result taken by the collector, 1 not read by any SLO.');
    expect(first.code).toBe(1);
    const env = { NINEFOLD_TOKEN: tokens.ingest };
    expect((await ninefold([...push, '--accept-failures'], { env })).code).toBe(0);

    expect(await counts(collector.url, tokens.read, ({ bad }) => bad >= 2)).toEqual({
      total: 2,
      bad: 2,
    });
    const page = await pager.waitFor(({ text }) => text.includes('"severity":"page"'));
    expect(page.text).toContain('ErrorBudgetBurn');
    expect(page.text).toContain('shop/reachable');
  });

  it('says what to do when the collector refuses the token, is away, or is another server', async () => {
    const target = await rawServer(reply('200 OK', 'fine'));
    const pager = await startWebhookSink();
    const collector = await workspace('probe-refused', { target: target.url, webhook: pager.url });
    const tokens = await writeTokens(collector.folder);
    await collector.start();
    const probe = (url: string, token: string) =>
      ninefold(['probe', collector.folder, '--only', 'home', '--push', url], {
        env: { NINEFOLD_TOKEN: token },
      });
    const refused = await probe(collector.url, tokens.read);
    expect(refused.stderr).toContain('give one of scope ingest');
    expect(refused.code).toBe(69);
    const other = await probe(target.url.replace('127.0.0.1', 'localhost'), tokens.ingest);
    expect([other.code, other.stderr]).toEqual([69, expect.stringContaining('lost')]);
    const wrong = await probe('shop.example', tokens.ingest);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--push')]);
  });

  it('run by ninefold serve itself, does the same', async () => {
    const target = await rawServer(reply('500 Oh', 'sorry'));
    const pager = await startWebhookSink();
    const collector = await workspace('probe-served', {
      target: target.url,
      webhook: pager.url,
      config: 'probes: { serve: { atOnce: 10 } },',
    });
    const tokens = await writeTokens(collector.folder);
    await collector.start();
    const { total, bad } = await counts(collector.url, tokens.read, ({ bad }) => bad >= 3);
    expect(bad).toBe(total);
    const page = await pager.waitFor(({ text }) => text.includes('"severity":"page"'));
    expect(page.text).toContain('shop/reachable');
    await collector.kill('SIGTERM');
    expect(collector.log()).not.toContain('not everything ended in time');
  });
});
