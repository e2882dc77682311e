import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpApp } from '../../collector/http/app.ts';
import { silentLog } from '../../collector/log.ts';
import { changeTokenFile } from '../../collector/token-file.ts';
import { mintToken, openTokens } from '../../collector/tokens.ts';
import { budgetOf, listView, shop, shopSlo } from '../collector/http/list-view.ts';
import { ninefold, startNinefold } from './ninefold.ts';

const services: FastifyInstance[] = [];
async function serve(data = shop(), more: object = {}): Promise<string> {
  const app = createHttpApp({ view: listView(data), log: silentLog, ...more });
  services.push(app);
  return app.listen({ port: 0, host: '127.0.0.1' });
}
let url: string;
beforeAll(async () => {
  url = await serve();
});
afterAll(async () => {
  for (const each of services) await each.close();
});

describe('ninefold status', () => {
  it('shows the most pressing budget first, and sources in trouble', async () => {
    const { code, stdout, stderr } = await ninefold(['status', '--url', url]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^SLO +OBJECTIVE +WINDOW +SLI +BUDGET LEFT +STATE$/);
    expect(lines[1]).toMatch(/^cart\/latency \(2 groups\) +99.9% +30d +97% +-2900% +PAGE/);
    expect(lines[2]).toMatch(/^checkout\/availability +99.9% +30d +98% +-1900% +PAGE, measured$/);
    expect(lines[3]).toMatch(/^search\/availability .* silent$/);
    expect(stdout).toContain('source prometheus:default is failing: connect ECONNREFUSED');
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await ninefold(['status', '--json'], { env: { NINEFOLD_URL: url } });
    const status = JSON.parse(stdout);
    expect(status.slos.map((slo: { id: string }) => slo.id)).toEqual([
      'cart/latency',
      'checkout/availability',
      'search/availability',
    ]);
    expect(status.sources).toHaveLength(2);
  });

  it('shows them again and again with --watch, a JSON line each time, until it is stopped', async () => {
    const child = startNinefold(['status', '--watch', '--json', '--url', url]);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === 2) child.kill('SIGINT');
    }
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
    expect(lines.map((line) => JSON.parse(line).slos.length)).toEqual([3, 3]);
  });

  it('says where probes and counts contradict each other, and explain says what that means', async () => {
    const users = shopSlo('checkout', 'availability');
    const probes = shopSlo('checkout', 'reachable', { witnessOf: users.id });
    const torn = await serve({
      slos: [users, probes],
      instances: [
        budgetOf(users, { total: 1_000_000, bad: 100 }),
        budgetOf(probes, { total: 6000, bad: 3000 }),
      ],
    });
    const counts = '30 of 60 there and 1 of 10,000 here in 1h were bad';
    const { stdout } = await ninefold(['status', '--url', torn]);
    expect(stdout).toContain(
      `checkout/availability: witness checkout/reachable says otherwise: ${counts}`,
    );
    const explained = await ninefold(['explain', users.id, '--url', torn]);
    expect(explained.stdout).toContain(
      `Its witness checkout/reachable says otherwise: ${counts}. Users may be cut off before they are counted, or the check is at fault.`,
    );
    const other = await ninefold(['explain', probes.id, '--url', torn]);
    expect(other.stdout).toContain('It is a witness of checkout/availability.');
  });

  it('reads every page of a long list', async () => {
    const slos = Array.from({ length: 1203 }, (_, index) => shopSlo(`s${index}`, 'slo'));
    const many = await serve({ slos, instances: [] });
    const { stdout } = await ninefold(['status', '--url', many, '--json']);
    expect(JSON.parse(stdout).slos).toHaveLength(1203);
  });

  it('needs the token of a service that has tokens', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ninefold-status-'));
    const file = path.join(folder, 'tokens.json');
    const { token, record } = mintToken({ name: 'cli', scopes: ['read'], now: 0 });
    await changeTokenFile(file, () => [record]);
    await writeFile(path.join(folder, 'token'), `${token}\n`);
    await writeFile(path.join(folder, 'nonsense'), 'two words\n');
    const closed = await serve(shop(), { tokens: await openTokens(file) });
    const args = ['status', '--url', closed];
    const without = await ninefold(args);
    expect(without.code).toBe(77);
    expect(without.stderr).toContain('--token-file');
    const tokenFile = path.join(folder, 'token');
    expect((await ninefold([...args, '--token-file', tokenFile])).code).toBe(0);
    expect((await ninefold(args, { env: { NINEFOLD_TOKEN: token } })).code).toBe(0);
    expect((await ninefold([...args, '--token-file', path.join(folder, 'nonsense')])).code).toBe(
      65,
    );
    expect((await ninefold([...args, '--token-file', path.join(folder, 'none')])).code).toBe(66);
    await rm(folder, { recursive: true });
  });
});

describe('ninefold explain', () => {
  it('says why an SLO fires, with counts, thresholds and what would change it', async () => {
    const { code, stdout } = await ninefold(['explain', 'checkout/availability', '--url', url]);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe(
      'checkout/availability fires (page): the budget burns 20 times too fast over 1h and 20 times over 5m; more than 14.4 raises a page.',
    );
    expect(stdout).toContain('2,000 of 100,000 events were bad: SLI 98%');
    expect(stdout).toMatch(/long 1h +20 +1,000 +20\n/);
    expect(stdout).toContain('off after 389 more good events without a bad one');
    expect(stdout).toMatch(/latest changes\n {2}20.* ErrorBudgetBurn page firing/);
  });

  it('says why one does not', async () => {
    const { stdout } = await ninefold(['explain', 'search', '--url', url]);
    expect(stdout).toContain('does not fire: it is measured, and there were no events');
    expect(stdout).toContain('does not hold: there were no events in the long window');
  });

  it('explains the firing groups of a grouped SLO, one group by its id, and an alert by its name', async () => {
    const explained = async (subject: string) => {
      const { stdout } = await ninefold(['explain', subject, '--url', url, '--json']);
      const { explanations } = JSON.parse(stdout) as {
        explanations: { budget: { instance: string } }[];
      };
      return explanations.map(({ budget }) => budget.instance);
    };
    expect(await explained('cart/latency')).toEqual(['cart/latency{zone="b"}']);
    expect(await explained('cart/latency{zone="a"}')).toEqual(['cart/latency{zone="a"}']);
    expect(await explained('errorbudgetburn')).toEqual([
      'cart/latency{zone="b"}',
      'checkout/availability',
    ]);
  });

  it('asks which one when a name can mean several, and says when it means none', async () => {
    const several = await ninefold(['explain', 'availability', '--url', url]);
    expect(several.code).toBe(2);
    expect(several.stderr).toContain('checkout/availability, search/availability');
    const none = await ninefold(['explain', 'nothing', '--url', url]);
    expect(none.code).toBe(66);
    expect((await ninefold(['explain', 'cart/latency{zone="x"}', '--url', url])).code).toBe(66);
  });

  it('cannot be made to command the terminal by a label of the telemetry', async () => {
    const slo = shopSlo('a', 'b', { groupBy: { labels: ['zone'], limit: 5 } });
    const group = { zone: 'x\u009b2Jy\u001b[31m' };
    const hostile = await serve({
      slos: [slo],
      instances: [budgetOf(slo, { total: 9, bad: 1 }, { group })],
    });
    const { stdout } = await ninefold(['explain', 'a/b', '--url', hostile]);
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
