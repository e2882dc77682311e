// Real input that nobody here wrote: examples/observers on the servers' own metrics, logs and events, for minutes.
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Assembly, assemble } from '../../collector/assemble.ts';
import { systemClock } from '../../collector/clock.ts';
import { silentLog } from '../../collector/log.ts';
import { type RunningAlertmanager, startAlertmanager } from '../services/alertmanager.ts';
import { type RunningKafka, startKafka } from '../services/kafka.ts';
import { startLoki } from '../services/loki.ts';
import { type RunningPrometheus, startPrometheus } from '../services/prometheus.ts';
import type { RunningServer } from '../services/running-server.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { startWebhookSink, type WebhookSink } from '../services/webhook-sink.ts';
import { eventually, workspace } from './deployed-files.ts';

const TOPIC = 'observed-events';
/** How long the collector looks on; the servers' own traffic is all there is, beside a query a second. */
const WATCHED_MS = 100_000;

describeWithService(
  ['kafka', 'loki', 'prometheus', 'alertmanager'],
  'the observers observed',
  () => {
    let kafka: RunningKafka;
    let loki: RunningServer;
    let prometheus: RunningPrometheus;
    let alertmanager: RunningAlertmanager;
    let hook: WebhookSink;
    let assembly: Assembly;
    const produced = { total: 0, bad: 0 };

    beforeAll(async () => {
      hook = await startWebhookSink({
        status: (post) => (post.text.includes('Refused') ? 400 : 200),
      });
      [kafka, loki, alertmanager] = await Promise.all([
        startKafka(),
        startLoki(),
        startAlertmanager({
          config: {
            route: { receiver: 'hook', group_by: ['...'], group_wait: '0s', group_interval: '1s' },
            receivers: [{ name: 'hook', webhook_configs: [{ url: hook.url }] }],
          },
        }),
      ]);
      prometheus = await startPrometheus({
        scrapeSelf: true,
        global: { scrape_interval: '1s' },
        scrapeConfigs: [
          { job_name: 'loki', static_configs: [{ targets: [new URL(loki.url).host] }] },
          {
            job_name: 'alertmanager',
            static_configs: [{ targets: [new URL(alertmanager.url).host] }],
          },
        ],
      });
      const { slos, config } = await workspace('examples/observers');
      const { connections } = config;
      assembly = await assemble({
        slos,
        config: {
          ...config,
          connections: {
            prometheus: {
              default: {
                ...connection(connections.prometheus),
                url: prometheus.url,
                pollSeconds: 5,
              },
            },
            loki: { default: { ...connection(connections.loki), url: loki.url, pollSeconds: 5 } },
            kafka: { default: { ...connection(connections.kafka), brokers: kafka.brokers } },
          },
          alertmanagers: [],
          store: { kind: 'sqlite', path: `${temporaryFolder('observers')}/observers.db` },
        },
        clock: systemClock,
        log: silentLog,
        publicUrl: 'http://127.0.0.1:9999',
      });
      await assembly.collector.start();
      await traffic(WATCHED_MS);
    }, 400_000);

    afterAll(async () => {
      await assembly?.collector.close();
      await hook?.stop();
    });

    /** Makes the servers work: queries, alerts that are delivered or refused, log lines, events. */
    async function traffic(forMs: number): Promise<void> {
      const client = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING });
      const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      const end = Date.now() + forMs;
      for (let second = 0; Date.now() < end; second += 1) {
        const events = Array.from({ length: 20 }, (_, k) =>
          second % 10 === 0 && k === 0 ? 500 : 200,
        );
        await Promise.all([
          fetch(`${prometheus.url}/api/v1/query?query=up`),
          fetch(`${loki.url}/loki/api/v1/labels`),
          postAlert(second % 5 === 0 ? `Refused${second}` : `Delivered${second}`),
          pushLine(second),
          producer.send({
            topic: TOPIC,
            acks: -1,
            messages: events.map((status) => ({
              value: JSON.stringify({ at: Date.now(), status }),
            })),
          }),
        ]);
        produced.total += events.length;
        produced.bad += events.filter((status) => status >= 500).length;
        await new Promise((resolve) => setTimeout(resolve, 900));
      }
      await producer.disconnect();
    }

    async function postAlert(name: string): Promise<void> {
      await fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ labels: { alertname: name } }]),
      });
    }

    /** Loki's own log, as an agent would send it: levels as they come, one in ten an error. */
    async function pushLine(second: number): Promise<void> {
      const level = second % 10 === 0 ? 'error' : 'info';
      const line = `level=${level} ts=now msg="second ${second}"`;
      const values = [[String(BigInt(Date.now()) * 1_000_000n), line]];
      await fetch(`${loki.url}/loki/api/v1/push`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ streams: [{ stream: { job: 'loki' }, values }] }),
      });
    }

    const counted = (slo: string) => {
      const view = assembly.collector.instance(slo);
      return { total: view?.total ?? 0, bad: view?.bad ?? 0, through: view?.measuredThrough ?? 0 };
    };

    it('counted every event that was produced', async () => {
      await eventually(
        'the events are counted',
        () => (counted('producer/events').total >= produced.total ? true : undefined),
        20_000,
      ).catch(() => undefined);
      const { total, bad } = counted('producer/events');
      expect({ total, bad }).toEqual(produced);
    });

    it('counted the lines that Loki counts', async () => {
      const count = (query: string) => lokiValue(loki.url, `sum(count_over_time(${query} [1h]))`);
      const [total, bad] = await Promise.all([
        count('{job="loki"} | logfmt | level != ""'),
        count('{job="loki"} | logfmt | level = "error"'),
      ]);
      expect(total).toBeGreaterThan(50);
      await eventually(
        'the lines are counted',
        () => (counted('loki/quiet-logs').total >= total ? true : undefined),
        120_000,
      ).catch(() => undefined);
      expect(counted('loki/quiet-logs')).toMatchObject({ total, bad });
    });

    const COUNTERS: [string, string, string, 'bad' | 'good'][] = [
      [
        'prometheus/availability',
        'prometheus_http_requests_total{job="prometheus"}',
        'prometheus_http_requests_total{job="prometheus",code=~"5.."}',
        'bad',
      ],
      [
        'prometheus/latency',
        'prometheus_http_request_duration_seconds_count{job="prometheus"}',
        'prometheus_http_request_duration_seconds_bucket{job="prometheus",le="0.4"}',
        'good',
      ],
      [
        'loki/latency',
        'loki_request_duration_seconds_count{job="loki"}',
        'loki_request_duration_seconds_bucket{job="loki",le=~"1|1.0"}',
        'good',
      ],
      [
        'alertmanager/delivery',
        'alertmanager_notifications_total{job="alertmanager"}',
        'alertmanager_notifications_failed_total{job="alertmanager"}',
        'bad',
      ],
    ];

    it.each(COUNTERS)(
      '%s equals the increases of the stored samples',
      async (slo, total, part, kind) => {
        const view = counted(slo);
        expect(view.total).toBeGreaterThan(0);
        const [all, some, before] = await Promise.all([
          increases(prometheus.url, total, view.through),
          increases(prometheus.url, part, view.through),
          increases(prometheus.url, part, view.through - 2),
        ]);
        const most = kind === 'bad' ? some : all - some;
        // A failure may be scraped before the notification that failed: until its total comes, it waits.
        const least = kind === 'bad' ? before : most;
        expect(view.total).toBe(all);
        expect(view.bad).toBeLessThanOrEqual(most);
        expect(view.bad).toBeGreaterThanOrEqual(least);
      },
    );
  },
);

function connection<T>(named: Readonly<Record<string, T>>): T {
  const found = named['default'];
  if (found === undefined) throw new Error('examples/observers has no default connection');
  return found;
}

async function lokiValue(url: string, query: string): Promise<number> {
  const answer = (await (
    await fetch(`${url}/loki/api/v1/query?query=${encodeURIComponent(query)}`)
  ).json()) as { data: { result: { value: [number, string] }[] } };
  return Number(answer.data.result[0]?.value[1] ?? 0);
}

/**
 * The events that raw samples up to an instant show: the rises between neighbours, and the first value of each series:
 * all servers began a moment before their first scrape.
 */
async function increases(url: string, selector: string, through: number): Promise<number> {
  const query = encodeURIComponent(`${selector}[1h]`);
  const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as {
    data: { result: { values: [number, string][] }[] };
  };
  let sum = 0;
  for (const { values } of answer.data.result) {
    let last = 0;
    for (const [at, text] of values) {
      if (at >= through) break;
      const value = Number(text);
      sum += value >= last ? value - last : value;
      last = value;
    }
  }
  return sum;
}
