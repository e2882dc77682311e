import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { startPrometheus } from './prometheus.ts';
import type { PrometheusVersion, RunningPrometheus } from './prometheus.ts';
import type { ServiceName } from './service-names.ts';
import { describeWithService } from './services.ts';
import { startWebhookSink } from './webhook-sink.ts';

const versions: readonly [PrometheusVersion, ServiceName[]][] = [
  ['3.15', ['prometheus', 'promtool']],
  ['2.42', ['prometheus-2.42', 'promtool-2.42']],
];

const RULES = `groups:
  - name: self
    rules:
      - record: self:up
        expr: up{job="prometheus"}
`;

describe.each(versions)('version %s', (version, needs) => {
  describeWithService(needs, 'prometheus', () => {
    let prometheus: RunningPrometheus;
    beforeAll(async () => {
      prometheus = await startPrometheus({
        version,
        scrapeSelf: true,
        ruleFiles: { 'self.yml': RULES },
      });
    });

    it('is the version that was asked for', async () => {
      const answer = await ask<{ version: string }>(prometheus, 'status/buildinfo');
      expect(answer.version).toContain(version);
    });

    it('scrapes itself and evaluates its rules', async () => {
      await expect.poll(() => value(prometheus, 'self:up'), { timeout: 20_000 }).toBe('1');
    });

    it('keeps its samples when it is killed', async () => {
      await prometheus.kill();
      await prometheus.restart();
      const samples = await value(prometheus, 'count_over_time(self:up[10m])');
      expect(Number(samples)).toBeGreaterThan(0);
    });

    it('refuses a wrong configuration, says why, and goes on with the old one', async () => {
      await expect(prometheus.reload({ scrape_configs: [{ jobname: 'x' }] })).rejects.toThrow(
        'field jobname not found',
      );
      await prometheus.restart();
      expect(Number(await value(prometheus, 'count_over_time(self:up[10m])'))).toBeGreaterThan(0);
    });

    it('comes with the promtool of its version', () => {
      const told = spawnSync(prometheus.promtool, ['--version'], { encoding: 'utf8' });
      expect(`${told.stdout}${told.stderr}`).toContain(`version ${version}`);
      const checked = spawnSync(prometheus.promtool, ['check', 'rules'], {
        input: 'groups: [{name: a, rules: [{record: b, expr: "sum("}]}]',
        encoding: 'utf8',
      });
      expect(checked.status).not.toBe(0);
    });

    it('is gone after stop', async () => {
      await prometheus.stop();
      await expect(fetch(prometheus.url)).rejects.toThrow('fetch failed');
    });
  });
});

describeWithService(['prometheus'], 'prometheus that writes to another', () => {
  it('sends its samples by remote write', async () => {
    const receiver = await startPrometheus({ remoteWriteReceiver: true });
    await startPrometheus({
      scrapeSelf: true,
      remoteWrite: [{ url: `${receiver.url}/api/v1/write` }],
    });
    const seen = (): Promise<string | undefined> => value(receiver, 'up{job="prometheus"}');
    await expect.poll(seen, { timeout: 60_000, interval: 200 }).toBe('1');
  });

  it('sends its alerts to the address that was named', async () => {
    const sink = await startWebhookSink();
    const alert = '{ alert: SelfIsUp, expr: up == 1, labels: { severity: page } }';
    await startPrometheus({
      scrapeSelf: true,
      alertmanagers: [`${sink.url}/some/prefix`],
      ruleFiles: { 'up.yml': `groups: [{ name: up, rules: [${alert}] }]` },
    });
    const post = await sink.waitFor(({ text }) => text.includes('SelfIsUp'), 60_000);
    expect(post.path).toBe('/some/prefix/api/v2/alerts');
    await sink.stop();
  });
});

async function ask<T>(prometheus: RunningPrometheus, path: string): Promise<T> {
  const response = await fetch(`${prometheus.url}/api/v1/${path}`);
  return ((await response.json()) as { data: T }).data;
}

async function value(prometheus: RunningPrometheus, query: string): Promise<string | undefined> {
  interface Vector {
    readonly result: readonly { value: [time: number, value: string] }[];
  }
  const { result } = await ask<Vector>(prometheus, `query?query=${encodeURIComponent(query)}`);
  return result[0]?.value[1];
}
