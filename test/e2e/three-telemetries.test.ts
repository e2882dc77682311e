// The shop of docker-compose.yml end to end: Prometheus, Loki, Kafka in; exact budgets; pages out through Alertmanager.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Assembly, assemble } from '../../collector/assemble.ts';
import { systemClock } from '../../collector/clock.ts';
import { silentLog } from '../../collector/log.ts';
import { openShop, SERVICES, type ServiceName, type Shop } from '../../deploy/shop/shop.ts';
import type { Config } from '../../slo/connection.ts';
import { type RunningAlertmanager, startAlertmanager } from '../services/alertmanager.ts';
import { startKafka } from '../services/kafka.ts';
import { startLoki } from '../services/loki.ts';
import { type RunningPrometheus, startPrometheus } from '../services/prometheus.ts';
import { startRedis } from '../services/redis.ts';
import { describeWithService } from '../services/services.ts';
import { startWebhookSink, type WebhookSink } from '../services/webhook-sink.ts';
import { deployed, eventually, workspace } from './deployed-files.ts';

/**
 * The rule's own time at full traffic, 14.4 × 0.1 % of an hour; without an hour of history it only fires sooner.
 * On top of it each source's own delay: scrape 5 s + poll 5 s + settle 2 s; poll 5 s + settle 10 s; lateness 1 s;
 * and 5 s for evaluation, Alertmanager's group_wait and a busy machine.
 */
const FLOOR = 52;
const BOUNDS: Readonly<Record<ServiceName, number>> = {
  storefront: FLOOR + 5 + 5 + 2 + 5,
  search: FLOOR + 5 + 10 + 5,
  checkout: FLOOR + 1 + 5,
};

describeWithService(
  ['kafka', 'loki', 'prometheus', 'alertmanager', 'redis'],
  'a shop measured by three telemetries',
  () => {
    let capture: WebhookSink;
    let alertmanager: RunningAlertmanager;
    let prometheus: RunningPrometheus;
    let shop: Shop;
    let assembly: Assembly;
    let config: Config;

    beforeAll(async () => {
      const [kafka, redis, loki] = await Promise.all([
        startKafka({ brokers: 3 }),
        startRedis({ appendonly: true }),
        startLoki({
          config: ({ httpPort, grpcPort, data }) =>
            deployed('loki.yaml', {
              'http_listen_port: 3100': `http_listen_address: 127.0.0.1\n  http_listen_port: ${httpPort}\n  grpc_listen_address: 127.0.0.1\n  grpc_listen_port: ${grpcPort}`,
              '/loki': data,
            }),
        }),
      ]);
      capture = await startWebhookSink();
      alertmanager = await startAlertmanager({
        config: deployed('alertmanager.yml', {
          'http://shop:8080/alerts': `${capture.url}/alerts`,
        }),
      });
      shop = await openShop({ kafka: kafka.brokers[0] ?? '', loki: loki.url });
      prometheus = await startPrometheus({
        config: deployed('prometheus.yml', {
          'shop:8080': new URL(shop.url).host,
          'loki:3100': new URL(loki.url).host,
          'alertmanager:9093': new URL(alertmanager.url).host,
          '/run/secrets/ninefold_read_token': '/dev/null',
        }),
      });
      const defined = await workspace('deploy/workspace');
      const { connections } = defined.config;
      const own = <T extends object>(
        named: Readonly<Record<string, T>>,
        change: Partial<T>,
      ): Record<string, T> => ({ default: { ...(named['default'] as T), ...change } });
      config = {
        ...defined.config,
        connections: {
          prometheus: own(connections.prometheus, { url: prometheus.url }),
          loki: own(connections.loki, { url: loki.url }),
          kafka: own(connections.kafka, { brokers: kafka.brokers }),
        },
        alertmanagers: defined.config.alertmanagers.map((each) => ({
          ...each,
          url: alertmanager.url,
        })),
        store: { kind: 'redis', urls: [redis.url], cluster: false, prefix: 'e2e' },
      };
      assembly = await assemble({
        slos: defined.slos,
        config,
        clock: systemClock,
        log: silentLog,
        publicUrl: 'http://127.0.0.1:9999',
      });
      await assembly.collector.start();
    });

    afterAll(async () => {
      await assembly?.collector.close();
      await shop?.close();
      await capture?.stop();
    });

    const view = (service: ServiceName) => assembly.collector.instance(`${service}/availability`);

    it('measures every service without an error first', async () => {
      for (const service of SERVICES)
        await eventually(
          `${service} is measured`,
          () => ((view(service)?.total ?? 0) > 100 ? true : undefined),
          60_000,
        );
      expect(SERVICES.map((service) => view(service)?.bad)).toEqual([0, 0, 0]);
    });

    it.each(SERVICES)(
      'pages for an outage of %s within the bound of its source',
      async (service) => {
        shop.fail(service, 1);
        const page = await eventually(
          `the page of ${service}`,
          () =>
            capture.posts().find((post) => {
              const { commonLabels, status } = post.body as {
                commonLabels: Record<string, string>;
                status: string;
              };
              return status === 'firing' && commonLabels['slo'] === `${service}/availability`;
            }),
          120_000,
        );
        const began = shop.truth()[service].firstFailureAtMs ?? Number.NaN;
        shop.fail(service, 0);
        expect((page.receivedAtMs - began) / 1000).toBeLessThanOrEqual(BOUNDS[service]);
        expect(page.body).toMatchObject({
          commonLabels: { alertname: 'ErrorBudgetBurn', service },
        });
      },
    );

    it('has counted every event exactly once', async () => {
      shop.fail('checkout', 0.01);
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      await shop.rest();
      const truth = shop.truth();
      const first = await firstSamples(prometheus.url);
      const expected = {
        storefront: {
          total: truth.storefront.total - first.total,
          bad: truth.storefront.bad - first.bad,
        },
        search: { total: truth.search.total, bad: truth.search.bad },
        checkout: { total: truth.checkout.total, bad: truth.checkout.bad },
      };
      const counted = () =>
        Object.fromEntries(
          SERVICES.map((service) => {
            const { total, bad } = view(service) ?? { total: 0, bad: 0 };
            return [service, { total, bad }];
          }),
        );
      await eventually(
        'the counts reach the truth',
        () => (JSON.stringify(counted()) === JSON.stringify(expected) ? true : undefined),
        60_000,
      ).catch(() => undefined);
      expect(counted()).toEqual(expected);
    });
  },
);

/** What the shop's counters held when Prometheus first saw them: nobody measured before that. */
async function firstSamples(url: string): Promise<{ total: number; bad: number }> {
  const query = encodeURIComponent('shop_requests_total[1h]');
  const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  const first = answer.data.result.map(({ metric, values }) => ({
    bad: metric['code'] !== '200',
    value: Number(values[0]?.[1] ?? 0),
  }));
  const sum = (each: typeof first): number => each.reduce((all, { value }) => all + value, 0);
  return { total: sum(first), bad: sum(first.filter((each) => each.bad)) };
}
