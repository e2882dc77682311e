import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createRemoteWriteReceiver,
  type RemoteWriteReceiver,
} from '../../../../collector/sources/remote-write/remote-write-receiver.ts';
import { prometheusRatio } from '../../../../slo/sli/prometheus-ratio.ts';
import {
  type PrometheusVersion,
  type RunningPrometheus,
  startPrometheus,
} from '../../../services/prometheus.ts';
import type { ServiceName } from '../../../services/service-names.ts';
import { describeWithService } from '../../../services/services.ts';
import { type CountingTarget, startCountingTarget } from '../prometheus/counting-target.ts';
import { connectionTo } from '../prometheus/query-api.ts';
import { sloOf } from '../prometheus/slo-fixture.ts';
import { createTestLedger, testContext, until } from '../test-ledger.ts';

const versions: readonly [PrometheusVersion, ServiceName[]][] = [
  ['3.15', ['prometheus']],
  ['2.42', ['prometheus-2.42']],
];

for (const [version, needs] of versions)
  describeWithService(needs, `remote write from Prometheus ${version}`, () => {
    const slo = sloOf('checkout', {
      sli: prometheusRatio({
        total: 'requests_total{svc="checkout"}',
        bad: 'requests_total{svc="checkout",code=~"5.."}',
      }),
    });
    let target: CountingTarget;
    let prometheus: RunningPrometheus;
    let server: Server;
    let receiver: RemoteWriteReceiver | undefined;
    const statuses = new Set<number>();
    const address = (): string =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`;
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

    beforeAll(async () => {
      target = await startCountingTarget();
      server = createServer((request, response) => {
        void buffer(request).then(async (body) => {
          const { status, body: text } = (await receiver?.receive(body, request.headers)) ?? {
            status: 503,
          };
          statuses.add(status);
          response.writeHead(status).end(typeof text === 'string' ? text : undefined);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      prometheus = await startPrometheus({
        version,
        scrapeConfigs: [{ job_name: 'shop', static_configs: [{ targets: [target.address] }] }],
        remoteWrite: [
          {
            url: address(),
            queue_config: { batch_send_deadline: '500ms', min_shards: 2 },
          },
        ],
      });
    });
    afterAll(async () => {
      server.closeAllConnections();
      server.close();
      await target.stop();
    });

    it('equals what the target counted, over restarts of the target and deaths of the receiver', async () => {
      const ledger = createTestLedger();
      const begin = (): { stop: () => Promise<void>; kill: () => void } => {
        const ended = new AbortController();
        let dead = false;
        const made = createRemoteWriteReceiver({ slos: [slo] });
        const running = made.run(
          testContext({
            ...ledger,
            commit: (commit) => (dead ? new Promise(() => {}) : ledger.commit(commit)),
          }),
          ended.signal,
        );
        receiver = made;
        return {
          stop: async () => {
            ended.abort();
            await running;
          },
          kill: () => {
            dead = true;
            receiver = undefined;
            ended.abort();
          },
        };
      };
      let running = begin();
      const known = { svc: 'checkout' };
      target.declare({ ...known, code: '200' });
      await until(() => (receiver?.status().counters['firstContacts'] ?? 0) > 0);
      for (let scrape = 0; scrape < 4; scrape += 1) await target.scraped();
      let quiet = target.traffic('checkout');
      await pause(1500);
      quiet();
      await target.scraped();
      await target.scraped();
      target.restart();
      quiet = target.traffic('checkout');
      for (let kill = 0; kill < 3; kill += 1) {
        await pause(700 + Math.random() * 700);
        running.kill();
        await pause(300);
        running = begin();
      }
      quiet();
      await target.scraped();
      const truth = [target.truth(known), target.truth({ ...known, code: '500' })];
      await until(async () => (await ledger.totals('shop/checkout')).join() === truth.join());
      await pause(1000);
      expect(await ledger.totals('shop/checkout')).toEqual(truth);
      expect(statuses.has(204)).toBe(true);
      expect([...statuses].filter((status) => status >= 400 && status < 500)).toEqual([]);
      expect(receiver?.status().counters['seriesSeen']).toBeGreaterThan(0);
      await running.stop();
      expect(prometheus.logs()).not.toContain('non-recoverable error');
    });

    if (version === '2.42') return;

    it('reads what happened before the first request where it can be asked', async () => {
      const early = { svc: 'early' };
      const quietFor = async (ms: number): Promise<void> => {
        const quiet = target.traffic('early');
        await pause(ms);
        quiet();
      };
      // A server that sends nothing yet: what it scrapes now can only be had by asking.
      const scraped = { job_name: 'asked', static_configs: [{ targets: [target.address] }] };
      const global = { scrape_interval: '1s', scrape_timeout: '1s' };
      const asked = await startPrometheus({
        version,
        config: { global, scrape_configs: [scraped] },
      });
      target.declare({ ...early, code: '200' });
      target.declare({ ...early, code: '500' });
      for (let scrape = 0; scrape < 6; scrape += 1) await target.scraped();
      await quietFor(2000);
      for (let scrape = 0; scrape < 4; scrape += 1) await target.scraped();
      await asked.reload({
        global,
        scrape_configs: [scraped],
        remote_write: [{ url: address(), queue_config: { batch_send_deadline: '500ms' } }],
      });
      const ledger = createTestLedger();
      const ended = new AbortController();
      const made = createRemoteWriteReceiver({
        slos: [
          sloOf('early', {
            sli: prometheusRatio({
              total: 'requests_total{job="asked",svc="early"}',
              bad: 'requests_total{job="asked",svc="early",code=~"5.."}',
            }),
          }),
        ],
        history: connectionTo(asked.url),
      });
      const running = made.run(testContext(ledger), ended.signal);
      receiver = made;
      await until(() => made.status().state === 'live');
      await quietFor(1500);
      await target.scraped();
      await target.scraped();
      const truth = [target.truth(early), target.truth({ ...early, code: '500' })];
      await until(async () => (await ledger.totals('shop/early')).join() === truth.join());
      await pause(1000);
      expect(await ledger.totals('shop/early')).toEqual(truth);
      ended.abort();
      await running;
      await asked.stop();
    });
  });
