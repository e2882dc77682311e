// A job that reports by itself, to a real collector: in time it is good, over a kill as well, and late it pages.
import { afterEach, describe, expect, it } from 'vitest';
import { ninefold } from '../cli/ninefold.ts';
import { startWebhookSink } from '../services/webhook-sink.ts';
import { type ServedCollector, serveWorkspace } from './served-collector.ts';

const served: ServedCollector[] = [];
afterEach(async () => {
  for (const each of served.splice(0)) await each.kill('SIGKILL');
});

async function get<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

describe('a job that reports to the collector', () => {
  it('is good while it reports in time, is remembered over a kill, and pages when it is late', async () => {
    const pager = await startWebhookSink();
    const collector = await serveWorkspace('job-reports', {
      'ninefold.config.ts': `import { defineConfig } from 'ninefold';
export default defineConfig({
  store: { kind: 'sqlite', path: 'counts.db' },
  http: { port: PORT },
  webhooks: [{ name: 'pager', url: '${pager.url}' }],
});`,
      'shop.checks.ts': `import { defineCheck, defineService, heartbeat } from 'ninefold';
export const shop = defineService({ name: 'shop', team: 'web' });
export const backup = defineCheck({ service: shop, name: 'backup', every: '1s', probe: heartbeat({ reports: true, within: '15s' }) });`,
      'shop.slo.ts': `import { checkRatio, defineSlo } from 'ninefold';
import { backup, shop } from './shop.checks.ts';
export const backedUp = defineSlo({ service: shop, name: 'backed-up', objective: '99.9%', sli: checkRatio({ check: backup }) });`,
    });
    served.push(collector);
    await collector.start();
    const url = `${collector.url}/api/v1/heartbeats`;
    const okAt = async () =>
      (await get<{ items: { okAt: number | null }[] }>(url)).items.map((each) => each.okAt);
    const budget = async () =>
      (
        await get<{ budget: { total: number; bad: number } | null }>(
          `${collector.url}/api/v1/slos/shop/backed-up`,
        )
      ).budget;

    expect((await fetch(`${url}/shop/backup`, { method: 'POST' })).status).toBe(200);
    await expect
      .poll(async () => (await budget())?.total ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(1);
    const reported = await okAt();
    expect(reported).toEqual([expect.any(Number)]);
    await collector.kill('SIGKILL');
    await collector.start();
    expect(await okAt()).toEqual(reported);

    const page = await pager.waitFor(({ text }) => text.includes('"severity":"page"'));
    expect(page.text).toContain('shop/backed-up');
    expect((await budget())?.bad).toBeGreaterThan(1);

    const probe = await ninefold(['probe', collector.folder]);
    expect([probe.code, probe.stderr]).toEqual([
      2,
      expect.stringContaining(
        'shop/backup cannot be run from here: a job reports to the collector',
      ),
    ]);
  }, 120_000);
});
