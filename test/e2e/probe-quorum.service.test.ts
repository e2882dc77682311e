// A check that runs in three places, two of which must agree: one place that fails alone decides nothing, two do, also over a kill.
import { afterEach, describe, expect, it } from 'vitest';
import { ninefold } from '../cli/ninefold.ts';
import { rawServer, reply } from '../synthetics/raw-server.ts';
import { type ServedCollector, serveWorkspace } from './served-collector.ts';

const served: ServedCollector[] = [];
afterEach(async () => {
  for (const each of served.splice(0)) await each.kill('SIGKILL');
});

/** A long period, so that whatever this machine does in between, all places run in the same one. */
const PERIOD_MS = 7 * 86_400_000;

async function reachable(url: string): Promise<{ total: number; bad: number }> {
  const answer = await fetch(`${url}/api/v1/slos/shop/reachable`);
  const { budget } = (await answer.json()) as { budget: { total: number; bad: number } | null };
  return { total: budget?.total ?? 0, bad: budget?.bad ?? 0 };
}

describe('a check in three places', () => {
  it('is bad when two of them say so, counted once over a kill between their reports', async () => {
    const [well, ill] = [
      await rawServer(reply('200 OK', 'fine')),
      await rawServer(reply('500 Oh', 'sorry')),
    ];
    const collector = await serveWorkspace('probe-quorum', {
      'ninefold.config.ts': `import { defineConfig } from 'ninefold';
export default defineConfig({
  store: { kind: 'sqlite', path: 'counts.db' },
  http: { port: PORT },
});`,
      'shop.checks.ts': `import { defineCheck, defineService, http } from 'ninefold';
export const shop = defineService({ name: 'shop', team: 'web' });
export const home = defineCheck({ service: shop, name: 'home', every: '7d', locations: ['asia', 'eu', 'us'], probe: http({ url: process.env['TARGET'] ?? '${well.url}/' }) });`,
      'shop.slo.ts': `import { checkRatio, defineSlo } from 'ninefold';
import { home, shop } from './shop.checks.ts';
export const reachable = defineSlo({ service: shop, name: 'reachable', objective: '50%', sli: checkRatio({ check: home, quorum: 2 }) });`,
    });
    served.push(collector);
    await collector.start();
    // Not across the end of a period: a few seconds are waited for once a week.
    while (PERIOD_MS - (Date.now() % PERIOD_MS) < 30_000)
      await new Promise((resolve) => setTimeout(resolve, 500));

    const report = async (location: string, target: string) => {
      const { stderr } = await ninefold(
        [
          'probe',
          collector.folder,
          '--location',
          location,
          '--push',
          collector.url,
          '--accept-failures',
        ],
        { env: { TARGET: target } },
      );
      expect(stderr).toContain('1 result taken by the collector');
    };
    await report('eu', `${ill.url}/`);
    expect(await reachable(collector.url)).toEqual({ total: 0, bad: 0 });
    await report('us', `${well.url}/`);
    expect(await reachable(collector.url)).toEqual({ total: 0, bad: 0 });
    await collector.kill('SIGKILL');
    await collector.start();
    await report('asia', `${ill.url}/`);
    await expect
      .poll(() => reachable(collector.url), { timeout: 20_000 })
      .toEqual({ total: 1, bad: 1 });
    await report('eu', `${ill.url}/`);
    await report('us', `${ill.url}/`);
    expect(await reachable(collector.url)).toEqual({ total: 1, bad: 1 });

    const { stdout } = await ninefold(['explain', 'shop/reachable', '--url', collector.url]);
    expect(stdout).toContain(
      'Each 7d is one event, bad when 2 of 3 places say so (asia, eu, us); what hangs on silent places is not measured.',
    );
  }, 120_000);
});
