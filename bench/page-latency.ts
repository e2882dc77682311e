// P6: from the first failing request of a total outage to the page at the webhook, for us and for rules of Sloth's shape.
import { setTimeout as sleep } from 'node:timers/promises';
import { all } from '../slo/combine-predicates.ts';
import { defineService } from '../slo/define-service.ts';
import { defineSlo } from '../slo/define-slo.ts';
import { ingestEvents } from '../slo/sli/ingest-events.ts';
import { prometheusRatio } from '../slo/sli/prometheus-ratio.ts';
import { ALERTS } from '../slo/names.ts';
import type { Slo } from '../slo/slo.ts';
import { startAlertmanager } from '../test/services/alertmanager.ts';
import { startWebhookSink, type WebhookSink } from '../test/services/webhook-sink.ts';
import { METRIC, sloOf } from './counted-services.ts';
import { eventually } from './eventually.ts';
import { type FlippingServices, openFlippingServices } from './flipping-services.ts';
import { type MeasuredCollector, startMeasuredCollector } from './measured-collector.ts';
import { type Benchmark, figure, quantile, type Size } from './measurement.ts';
import { queryBy, startWithHistory, watch } from './prometheus-history.ts';
import { slothShapedGroups } from './sloth-rules.ts';

const SERVICES: Readonly<Record<Size, number>> = { trial: 4, usual: 24, full: 48 };
/** Longer than the six hours of the slower page: with less it would be the first to hold, before the floor. */
const HISTORY_SECONDS = 25_200;
const RATE = 4;
const SCRAPE_SECONDS = 15;
const EVALUATION_SECONDS = 30;
/** Flips begin within so many seconds. */
const STAGGER_SECONDS = 60;
/** 14.4 × 0.1 % of an hour: that much of it must have failed before the rule holds. */
const FLOOR = 51.84;

/**
 * Pages come this much before the floor at most: it is reached with the last whole request, and a window that ends
 * between two scrapes holds that much less of good traffic.
 */
const EARLIEST = 1.5;

/** Who pages: the rules, ours on events, ours on what it pulls from the same Prometheus. */
const PAGERS = ['rules', 'events', 'pull'] as const;
type Pager = (typeof PAGERS)[number];

export const pageLatency: Benchmark = {
  id: 'P6',
  title: 'First failing request → page at the webhook',
  needs: ['prometheus', 'alertmanager'],
  async run(say, size) {
    const names = Array.from(
      { length: SERVICES[size] },
      (_, index) => `svc-${String(index).padStart(4, '0')}`,
    );
    const sink = await startWebhookSink();
    try {
      const seconds = await flipAll(names, sink, say);
      return result(this.title, names.length, seconds);
    } finally {
      await sink.stop();
    }
  },
};

async function flipAll(
  names: readonly string[],
  sink: WebhookSink,
  say: (text: string) => void,
): Promise<Readonly<Record<Pager, readonly number[]>>> {
  const alertmanager = await startAlertmanager({ config: routing(sink.url) });
  const until = Math.floor(Date.now() / 1000);
  const from = until - HISTORY_SECONDS;
  const before = (atMs: number): readonly [number, number] => [
    Math.max(0, Math.floor(((atMs - from * 1000) * RATE) / 1000)),
    0,
  ];
  const prometheus = await startWithHistory({
    series: names.flatMap((name) => history(name, before)),
    fromMs: from * 1000,
    toMs: until * 1000,
    stepMs: SCRAPE_SECONDS * 1000,
    say,
  });
  const collector = await startMeasuredCollector({
    slos: names.flatMap((name) => slosOf(name)),
    config: {
      connections: { prometheus: { default: { url: prometheus.url as `http://${string}` } } },
      ingest: { lateness: '0s' },
      alertmanagers: [{ url: alertmanager.url as `http://${string}` }],
    },
  });
  const services = await openFlippingServices({
    names,
    rate: RATE,
    fromMs: from * 1000,
    ingest: `${collector.url}/api/v1/ingest/requests`,
  });
  try {
    await services.start(say);
    await watch(prometheus, {
      scrapeConfigs: names.map((name) => ({
        job_name: name,
        scrape_interval: `${SCRAPE_SECONDS}s`,
        metrics_path: `/metrics/${name}`,
        static_configs: [{ targets: [services.address], labels: { instance: name } }],
      })),
      groups: names.flatMap(slothShapedGroups),
      evaluationSeconds: EVALUATION_SECONDS,
      alertmanagers: [alertmanager.url],
    });
    // Five-minute rates need samples on both sides of the gap that writing the history left, all rules a cycle.
    await sleep((2 * EVALUATION_SECONDS + 2 * SCRAPE_SECONDS) * 1000);
    await assertCounts(collector, services, names, prometheus, 2 * RATE);
    const early = [...readPages(sink).keys()];
    if (early.length > 0) throw new Error(`pages before any failure: ${early.join(', ')}`);
    say('all three count the same; failing now');
    await Promise.all(
      names.map(async (name) => {
        await sleep(Math.random() * STAGGER_SECONDS * 1000);
        services.fail(name);
      }),
    );
    const pages = await eventually(
      'every page',
      () => {
        const found = readPages(sink);
        return names.every((name) => PAGERS.every((pager) => found.has(`${pager} ${name}`)))
          ? found
          : undefined;
      },
      { withinMs: 400_000, everyMs: 1000 },
    );
    await services.rest();
    await sleep((SCRAPE_SECONDS + 5) * 1000);
    await assertCounts(collector, services, names, prometheus, 0);
    const secondsOf = (pager: Pager): readonly number[] =>
      names.map(
        (name) =>
          ((pages.get(`${pager} ${name}`) ?? Number.NaN) -
            (services.firstFailureMs(name) ?? Number.NaN)) /
          1000,
      );
    const seconds = {
      rules: secondsOf('rules'),
      events: secondsOf('events'),
      pull: secondsOf('pull'),
    };
    for (const pager of PAGERS)
      for (const each of seconds[pager])
        if (!(each >= FLOOR - EARLIEST))
          throw new Error(`a page by ${pager} after ${each} s, before the rule can hold`);
    return seconds;
  } finally {
    await services.close();
    await Promise.all([collector.stop(), prometheus.stop(), alertmanager.stop()]);
  }
}

function result(title: string, flips: number, seconds: Readonly<Record<Pager, readonly number[]>>) {
  const at = (pager: Pager, share: number): number =>
    quantile(
      [...seconds[pager]].sort((a, b) => a - b),
      share,
    );
  const above = (pager: Pager): number => at(pager, 0.5) - FLOOR;
  const called = {
    rules: 'Prometheus with rules of Sloth’s shape',
    events: 'ours on events',
    pull: 'ours on the same Prometheus',
  };
  const late = (pager: Pager): number => at(pager, 0.99) - FLOOR;
  const sooner = (pager: Pager): number => above('rules') / above(pager);
  const goals = [
    { holds: late('events') <= 2, says: `p99 ${late('events').toFixed(1)} s on events (2 s)` },
    {
      holds: late('pull') <= SCRAPE_SECONDS + 2,
      says: `p99 ${late('pull').toFixed(1)} s on pull (${SCRAPE_SECONDS + 2} s)`,
    },
    { holds: sooner('events') >= 10, says: `${sooner('events').toFixed(1)}× on events (10×)` },
    { holds: sooner('pull') >= 10, says: `${sooner('pull').toFixed(1)}× on pull (10×)` },
  ];
  const told = (holds: boolean): string =>
    goals
      .filter((goal) => goal.holds === holds)
      .map((goal) => goal.says)
      .join(', ');
  return {
    id: 'P6',
    title,
    goal: `p99 ≤ floor + 2 s on events, ≤ floor + scrape + 2 s on pull; ≥ 10× fewer seconds above the floor of ${FLOOR} s than Sloth`,
    figures: PAGERS.flatMap((pager) => [
      figure(`${called[pager]}, p50`, 's', seconds[pager]),
      figure(`${called[pager]}, p90`, 's', [at(pager, 0.9)]),
      figure(`${called[pager]}, p99`, 's', [at(pager, 0.99)]),
      figure(`${called[pager]}, median above the floor`, 's', [above(pager)]),
    ]).concat([
      figure('rules ÷ ours on events, median seconds above the floor', '×', [sooner('events')]),
      figure('rules ÷ ours on pull, median seconds above the floor', '×', [sooner('pull')]),
    ]),
    verdict: goals.every((goal) => goal.holds)
      ? `Reached: ${told(true)}.`
      : `Missed: ${told(false)}. Reached: ${told(true) || 'nothing'}.`,
    notes: [
      `${flips} services at ${RATE} requests a second with hours of history without a failure; all requests fail from a random moment within ${STAGGER_SECONDS} s. p99 of ${flips} flips is their worst.`,
      `Prometheus 3.15 scrapes each service every ${SCRAPE_SECONDS} s by a job of its own and evaluates every ${EVALUATION_SECONDS} s; its default of a minute, and Alertmanager’s group_wait of 30 s for everybody (here 0 s), would be slower. The counter of failures is there, at nought, before the first failure: rate() would not see a counter that is born with it.`,
      'Events are sent every 200 ms by one sender in order, with lateness set to 0 s. The default of 10 s, for senders out of order, would page 10 s later; that was not run.',
      'One stream of requests feeds all three; the same Alertmanager and webhook hear of all pages. Equal before and after the flips: all counts of both kinds of ours, to the event.',
      `On pull a failure waits for the next scrape first, ${SCRAPE_SECONDS / 2} s in the middle: that alone is more than a tenth of what the rules need.`,
      'Ours asks for statistical evidence before a page, which a total outage gives at once; the rules do not.',
    ],
  };
}

function slosOf(name: string): readonly Slo[] {
  const service = defineService({ name, team: 'bench' });
  return [
    sloOf(
      defineSlo({
        service,
        name: 'events',
        objective: '99.9%',
        sli: ingestEvents({
          stream: 'requests',
          fields: { service: 'string', at: 'number', status: 'status' },
          time: { field: 'at', as: 'epoch-milliseconds' },
          total: (event) => all(event.service.equals(name)),
          bad: (event) => event.status.isServerError(),
        }),
      }),
    ),
    sloOf(
      defineSlo({
        service,
        name: 'pull',
        objective: '99.9%',
        sli: prometheusRatio({
          total: `${METRIC}{job="${name}"}`,
          bad: `${METRIC}{job="${name}",code=~"5.."}`,
        }),
      }),
    ),
  ];
}

/** What was scraped of a service before the benchmark began. */
function history(name: string, before: (atMs: number) => readonly [number, number]) {
  return ['200', '503'].map((code, index) => ({
    labels: { __name__: METRIC, code, instance: name, job: name },
    fill(fromMs: number, toMs: number, times: Float64Array, values: Float64Array): number {
      let count = 0;
      for (let at = fromMs; at < toMs; at += SCRAPE_SECONDS * 1000) {
        times[count] = at;
        values[count] = before(at)[index] ?? 0;
        count += 1;
      }
      return count;
    },
  }));
}

/** Every alert by itself and at once. */
function routing(url: string): object {
  return {
    route: {
      receiver: 'webhook',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '4h',
    },
    receivers: [{ name: 'webhook', webhook_configs: [{ url }] }],
  };
}

/** When each pager's page of each service came, in milliseconds, by `pager service`. */
function readPages(sink: WebhookSink): ReadonlyMap<string, number> {
  const pages = new Map<string, number>();
  for (const { body, receivedAtMs } of sink.posts()) {
    const { alerts } = body as { alerts: { status: string; labels: Record<string, string> }[] };
    for (const { status, labels } of alerts) {
      if (status !== 'firing' || labels['severity'] !== 'page') continue;
      // While hours of history come in, the collector says that nothing current does.
      if (labels['alertname'] === ALERTS.missing) continue;
      const ours = /^(.*)\/(events|pull)$/.exec(labels['slo'] ?? '');
      const key = ours === null ? `rules ${labels['job']}` : `${ours[2]} ${ours[1]}`;
      if (!pages.has(key)) pages.set(key, receivedAtMs);
    }
  }
  return pages;
}

/**
 * @param underWay events that may be sent and not yet counted
 * @throws Error when ours holds other counts than were sent, or than Prometheus scraped
 */
async function assertCounts(
  collector: MeasuredCollector,
  services: FlippingServices,
  names: readonly string[],
  prometheus: Parameters<typeof queryBy>[0],
  underWay: number,
): Promise<void> {
  await eventually(
    'equal counts',
    async () => {
      const budgets = await collector.budgets();
      for (const name of names) {
        const events = budgets.get(`${name}/events`);
        const pulled = budgets.get(`${name}/pull`);
        const sent = services.counts(name);
        if (events === undefined || pulled === undefined) return undefined;
        if (sent.total - events.total > underWay || sent.bad - events.bad > underWay)
          return undefined;
        if (events.total > sent.total || events.bad > sent.bad)
          throw new Error(
            `${name}: ${events.bad} of ${events.total} events are more than were sent`,
          );
        const scraped = await scrapedBy(prometheus, name, pulled.measuredThrough ?? 0);
        if (pulled.total !== scraped.total || pulled.bad !== scraped.bad) return undefined;
      }
      return true;
    },
    { withinMs: 60_000, everyMs: 1000 },
  );
}

/** The counters that Prometheus last saw before a moment; they began at nought. */
async function scrapedBy(
  prometheus: Parameters<typeof queryBy>[0],
  name: string,
  at: number,
): Promise<{ readonly total: number; readonly bad: number }> {
  const values = await queryBy(prometheus, `${METRIC}{job="${name}"}`, 'code', at);
  const bad = values.get('503') ?? 0;
  return { total: (values.get('200') ?? 0) + bad, bad };
}
