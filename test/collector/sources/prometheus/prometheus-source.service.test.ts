import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPrometheusSource } from '../../../../collector/sources/prometheus/prometheus-source.ts';
import type { Ledger, Source } from '../../../../collector/sources/source.ts';
import { prometheusExpression } from '../../../../slo/sli/prometheus-expression.ts';
import { prometheusGauge } from '../../../../slo/sli/prometheus-gauge.ts';
import { prometheusRatio } from '../../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../../slo/slo.ts';
import {
  type PrometheusVersion,
  type RunningPrometheus,
  startPrometheus,
} from '../../../services/prometheus.ts';
import type { ServiceName } from '../../../services/service-names.ts';
import { describeWithService, freePort } from '../../../services/services.ts';
import { createTestLedger, type TestLedger, testContext, until } from '../test-ledger.ts';
import { type CountingTarget, startCountingTarget } from './counting-target.ts';
import { connectionTo } from './query-api.ts';
import { sloOf } from './slo-fixture.ts';

function slo(svc: string): Slo {
  return sloOf(svc, {
    sli: prometheusRatio({
      total: `requests_total{svc="${svc}"}`,
      bad: `requests_total{svc="${svc}",code=~"5.."}`,
    }),
  });
}

/** A source that runs until it is stopped, or vanishes as a killed process does: nothing of it is committed any more. */
function run(
  source: Source,
  ledger: TestLedger,
): { readonly stop: () => Promise<void>; readonly kill: () => void } {
  const ended = new AbortController();
  let dead = false;
  const gated: Ledger = {
    ...ledger,
    commit: (commit) => (dead ? new Promise(() => {}) : ledger.commit(commit)),
  };
  const running = source.run(testContext(gated), ended.signal);
  return {
    stop: async () => {
      ended.abort();
      await running;
    },
    kill: () => {
      dead = true;
      ended.abort();
    },
  };
}

const versions: readonly [PrometheusVersion, ServiceName[]][] = [
  ['3.15', ['prometheus']],
  ['2.42', ['prometheus-2.42']],
];

for (const [version, needs] of versions)
  describeWithService(needs, `the Prometheus source with ${version}`, () => {
    let prometheus: RunningPrometheus;
    let target: CountingTarget;
    /** Where a process begins to listen while the source is reading. */
    let latePort: number;
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const equalsTruth = async (ledger: TestLedger, svc: string): Promise<void> => {
      await target.scraped();
      const truth = [target.truth({ svc }), target.truth({ svc, code: '500' })];
      await until(async () => (await ledger.totals(`shop/${svc}`)).join() === truth.join()).catch(
        () => {},
      );
      expect(await ledger.totals(`shop/${svc}`)).toEqual(truth);
    };

    beforeAll(async () => {
      latePort = await freePort();
      target = await startCountingTarget();
      prometheus = await startPrometheus({
        version,
        scrapeConfigs: [
          {
            job_name: 'shop',
            static_configs: [{ targets: [target.address, `127.0.0.1:${latePort}`] }],
          },
        ],
      });
    });
    afterAll(() => target.stop());

    it('equals what the target counted, over restarts of target, Prometheus and collector', async () => {
      target.declare({ svc: 'checkout', code: '200' });
      await target.scraped();
      await target.scraped();
      const ledger = createTestLedger();
      const options = {
        name: 'main',
        connection: connectionTo(prometheus.url),
        slos: [slo('checkout')],
      };
      let source = createPrometheusSource(options);
      let running = run(source, ledger);
      // The error series is born with its first error.
      let quiet = target.traffic('checkout');
      await pause(2000);
      quiet();
      await equalsTruth(ledger, 'checkout');

      target.restart();
      quiet = target.traffic('checkout');
      await pause(1500);
      await prometheus.kill();
      await prometheus.restart();
      await until(() => source.status().state === 'live');
      quiet();
      await equalsTruth(ledger, 'checkout');

      quiet = target.traffic('checkout');
      for (let kill = 0; kill < 3; kill += 1) {
        await pause(500 + Math.random() * 1000);
        running.kill();
        source = createPrometheusSource(options);
        running = run(source, ledger);
      }
      quiet();
      await equalsTruth(ledger, 'checkout');
      await running.stop();
      expect(source.status()).toMatchObject({ state: 'stopped', slos: ['shop/checkout'] });
      expect(source.status().lastError).toBeUndefined();
      expect(ledger.setBack).toEqual([]);
      for (const { add = [] } of ledger.commits)
        for (const { total, bad } of add) expect(bad).toBeLessThanOrEqual(total);
    });

    if (version === '2.42') return;

    it('reads the whole history at the first start, then goes on live, also for SLOs that come later', async () => {
      const ledger = createTestLedger();
      target.declare({ svc: 'search', code: '200' });
      target.declare({ svc: 'search', code: '500' });
      await target.scraped();
      await target.scraped();
      const quiet = target.traffic('search');
      await pause(2500);
      const first = run(
        createPrometheusSource({
          name: 'main',
          connection: connectionTo(prometheus.url),
          slos: [slo('checkout')],
        }),
        ledger,
      );
      await until(async () => (await ledger.totals('shop/checkout'))[0] > 0);
      await first.stop();
      const second = run(
        createPrometheusSource({
          name: 'main',
          connection: connectionTo(prometheus.url),
          slos: [slo('checkout'), slo('search')],
        }),
        ledger,
      );
      await until(() => ledger.watermarks.has('shop/search'));
      quiet();
      await equalsTruth(ledger, 'search');
      await second.stop();
      const parts = await ledger.positions('prometheus/main/');
      expect(parts.size).toBe(2);
    });

    it('counts what expressions and gauges say, step by step', async () => {
      const expression = sloOf('expression', {
        sli: prometheusExpression({
          total: 'sum(increase(requests_total[$step]))',
          bad: 'sum(increase(requests_total{code="500"}[$step]))',
          step: '10s',
        }),
      });
      const gauge = sloOf('gauge', {
        sli: prometheusGauge({
          expression: `up{instance="${target.address}"}`,
          goodWhen: '== 1',
          slice: '10s',
        }),
      });
      const ledger = createTestLedger();
      const source = createPrometheusSource({
        name: 'main',
        connection: connectionTo(prometheus.url),
        slos: [expression, gauge],
      });
      const running = run(source, ledger);
      await until(async () => (await ledger.totals(gauge.id))[0] > 0);
      await until(async () => (await ledger.totals(expression.id))[0] > 0);
      await running.stop();
      const measured = await ledger.coverage(expression.id);
      const [from, to] = [measured[0]?.from ?? 0, measured.at(-1)?.to ?? 0];
      const sumOf = async (query: string): Promise<number> => {
        const form = new URLSearchParams({
          query,
          start: `${from + 10}`,
          end: `${to}`,
          step: '10',
        });
        const answer = await fetch(`${prometheus.url}/api/v1/query_range?${form.toString()}`);
        const { data } = (await answer.json()) as {
          data: { result: { values: [number, string][] }[] };
        };
        return (data.result[0]?.values ?? []).reduce((sum, [, value]) => sum + Number(value), 0);
      };
      const [total, bad] = await ledger.totals(expression.id);
      const badly = await sumOf('sum(increase(requests_total{code="500"}[10s]))');
      const all = await sumOf('sum(increase(requests_total[10s]))');
      expect(Math.abs(bad - badly)).toBeLessThan(1.01);
      expect(Math.abs(total - all)).toBeLessThan(2.01);
      const [slices] = await ledger.totals(gauge.id);
      const seconds = (await ledger.coverage(gauge.id)).reduce(
        (sum, each) => sum + each.to - each.from,
        0,
      );
      expect(slices).toBe(seconds / 10);
    });

    it('counts what a new process counted before its first scrape', async () => {
      const ledger = createTestLedger();
      const source = createPrometheusSource({
        name: 'main',
        connection: connectionTo(prometheus.url),
        slos: [slo('late')],
      });
      const running = run(source, ledger);
      await until(() => source.status().state === 'live');
      const process = await startCountingTarget(latePort);
      for (let i = 0; i < 20; i += 1) process.count({ svc: 'late', code: i < 5 ? '500' : '200' });
      await until(async () => (await ledger.totals('shop/late'))[0] > 0);
      for (let i = 0; i < 5; i += 1) process.count({ svc: 'late', code: '200' });
      await process.scraped();
      await until(async () => (await ledger.totals('shop/late'))[0] === 25);
      expect(await ledger.totals('shop/late')).toEqual([25, 5]);
      await running.stop();
      await process.stop();
    });

    it('tells a wrong query with its text and the answer, and a server that is away as such', async () => {
      const source = createPrometheusSource({
        name: 'away',
        connection: { ...connectionTo('http://127.0.0.1:1'), timeoutSeconds: 1 },
        slos: [slo('checkout')],
      });
      const running = run(source, createTestLedger());
      await until(() => source.status().state === 'failing');
      expect(source.status().lastError?.message).toMatch(/ECONNREFUSED.*requests_total/s);
      await running.stop();
    });

    it('counts no time as measured in which no target was read', async () => {
      target.declare({ svc: 'quiet', code: '200' });
      await target.scraped();
      await target.scraped();
      const ledger = createTestLedger();
      const source = createPrometheusSource({
        name: 'main',
        connection: connectionTo(prometheus.url),
        slos: [slo('quiet')],
      });
      const running = run(source, ledger);
      await until(async () => (await ledger.coverage('shop/quiet')).length > 0);
      target.fail(true);
      await pause(2000);
      const before = await ledger.coverage('shop/quiet');
      const marked = ledger.watermarks.get('shop/quiet') ?? 0;
      await pause(2000);
      expect(await ledger.coverage('shop/quiet')).toEqual(before);
      expect(await ledger.totals('shop/quiet')).toEqual([0, 0]);
      expect(marked).toBeGreaterThan(0);
      target.fail(false);
      await running.stop();
    });
  });
