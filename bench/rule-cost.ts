// P1: what the whole state of an SLO costs a minute: our collector against Prometheus with rules of Sloth's shape.
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeWriteRequest, REMOTE_WRITE_HEADERS } from '../cli/demo/remote-write-request.ts';
import { createSqliteStore } from '../collector/stores/sqlite.ts';
import type { RunningPrometheus } from '../test/services/prometheus.ts';
import {
  type CountedService,
  countedServices,
  counterSlos,
  countsBetween,
} from './counted-services.ts';
import { openCounterTarget } from './counter-target.ts';
import { eventually } from './eventually.ts';
import {
  type MeasuredCollector,
  type ShownBudget,
  startMeasuredCollector,
} from './measured-collector.ts';
import { type Benchmark, cpuSeconds, type Figure, figure, type Size } from './measurement.ts';
import { cpuSecondsOf, memoryOf } from './process-usage.ts';
import {
  counterHistory,
  queryBy,
  ratioHistory,
  startWithHistory,
  watch,
} from './prometheus-history.ts';
import { slothShapedGroups } from './sloth-rules.ts';

const DAY = 86_400;
const SCRAPE_SECONDS = 60;

interface Setting {
  readonly slos: number;
  readonly days: number;
  /** Between two evaluations of every rule: as short as lets each of them end. */
  readonly cycleSeconds: number;
  readonly rounds: number;
  readonly roundSeconds: number;
}

const SETTINGS: Readonly<Record<Size, readonly Setting[]>> = {
  trial: [{ slos: 20, days: 1, cycleSeconds: 15, rounds: 1, roundSeconds: 60 }],
  usual: [
    { slos: 50, days: 3, cycleSeconds: 15, rounds: 2, roundSeconds: 60 },
    { slos: 200, days: 3, cycleSeconds: 30, rounds: 3, roundSeconds: 60 },
  ],
  full: [
    { slos: 100, days: 30, cycleSeconds: 30, rounds: 3, roundSeconds: 60 },
    { slos: 1000, days: 30, cycleSeconds: 180, rounds: 3, roundSeconds: 180 },
  ],
};

export const ruleCost: Benchmark = {
  id: 'P1',
  title: 'The whole state of an SLO, a minute of it',
  needs: ['prometheus'],
  async run(say, size) {
    const measured: Measured[] = [];
    for (const setting of SETTINGS[size]) measured.push(await measure(setting, say));
    const largest = measured.at(-1);
    if (largest === undefined) throw new Error('nothing was measured');
    const ratio = figure('', '', largest.ratios).median;
    const { slos, days } = largest.setting;
    const goal = slos >= 1000 && days >= 30 ? 2000 : 500;
    const slope = slopeOf(measured);
    return {
      id: 'P1',
      title: this.title,
      goal: '≥ 2,000× less CPU than Prometheus with Sloth’s rules, N = 1000, 30 days; ≥ 500× at N = 50, 3 days',
      figures: [...measured.flatMap(figuresOf), ...slope.figures],
      verdict:
        ratio >= goal
          ? `Reached: ${ratio.toFixed(0)}× at ${slos} SLOs and ${days} days.`
          : `Missed: ${ratio.toFixed(0)}× at ${slos} SLOs and ${days} days instead of ${goal}×. ${slope.reason}`,
      notes: [
        'Ours keeps the state of its SLOs and nothing else: no series, no query over them, no dashboard on raw data. Prometheus does all that as well; compared is only what its rules for the SLOs cost it.',
        'Prometheus 3.15 evaluates 17 rules an SLO (8 windows, the longest as the mean of five-minute ratios; 7 facts; 2 alerts), once a minute as it does by default: one cycle is charged for a minute, though cycles follow each other faster here. Its processor time holds scraping, too.',
        'Ours takes the same samples by remote write, as its whole service with HTTP, keeps them in SQLite and evaluates 8 windows, budget and alerts every second. Hourly compaction was measured apart and is in the sum.',
        'Four series an SLO at one sample a minute, written ahead as blocks, no compaction, no other queries: a lower bound for Prometheus. Both work in the same rounds.',
        'Equal before any figure was taken: ours to the truth of the counters, to the event; the ratios of Prometheus’ rules in all windows to ours within what rate() extrapolates and a minute of difference in time makes.',
        ...measured.flatMap(({ missed }) =>
          missed > 0
            ? [
                `${missed} rule evaluations came too late and were left out by Prometheus: its figure is too low by that.`,
              ]
            : [],
        ),
      ],
    };
  },
};

interface Measured {
  readonly setting: Setting;
  /** Microseconds for an SLO and a minute, by round. */
  readonly prometheus: readonly number[];
  readonly ours: readonly number[];
  readonly ratios: readonly number[];
  /** Megabytes that belong to no file. */
  readonly memory: { readonly prometheus: number; readonly ours: number };
  readonly missed: number;
}

async function measure(setting: Setting, say: (text: string) => void): Promise<Measured> {
  const { slos, days, cycleSeconds, rounds, roundSeconds } = setting;
  const services = countedServices(slos);
  const until = Math.floor(Date.now() / 60_000) * 60;
  const from = until - days * DAY;
  say(`${slos} SLOs, ${days} days`);
  const prometheus = await startWithHistory({
    series: services.flatMap((service) => [
      ...counterHistory(service, SCRAPE_SECONDS * 1000),
      ratioHistory(service, SCRAPE_SECONDS * 1000),
    ]),
    fromMs: from * 1000,
    toMs: until * 1000,
    stepMs: SCRAPE_SECONDS * 1000,
    say,
  });
  const collector = await startMeasuredCollector({
    slos: counterSlos(services),
    config: { connections: { prometheus: { default: { remoteWrite: true } } } },
  });
  await pushHistory(collector.url, services, { from, until });
  say('history is in both');
  let last = 0;
  const target = await openCounterTarget(services, (at) => {
    void pushScrape(collector.url, services, at).then(() => (last = at));
  });
  try {
    await watch(prometheus, {
      scrapeConfigs: [
        {
          job_name: 'counted',
          scrape_interval: `${SCRAPE_SECONDS}s`,
          honor_labels: true,
          static_configs: [{ targets: [target.address] }],
        },
      ],
      groups: services.flatMap(({ name }) => slothShapedGroups(name)),
      evaluationSeconds: cycleSeconds,
    });
    // A scrape, and one whole cycle with its data, before anything counts.
    await eventually('the first scrape', () => (last > 0 ? true : undefined), {
      withinMs: 120_000,
    });
    await sleep(Math.max(2 * cycleSeconds, 30) * 1000);
    await eventually('equal counts', () => isEqual(collector, services, from, last), {
      withinMs: 90_000,
      everyMs: 3000,
    });
    await assertRulesAgree(prometheus, collector, services);
    say('both count the same; measuring');
    const costs = { prometheus: [] as number[], ours: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const before = [cpuSecondsOf(prometheus.pid), cpuSecondsOf(collector.pid)] as const;
      const startedMs = performance.now();
      await sleep(roundSeconds * 1000);
      const minutes = (performance.now() - startedMs) / 60_000;
      const cycles = (minutes * 60) / cycleSeconds;
      costs.prometheus.push(((cpuSecondsOf(prometheus.pid) - before[0]) / cycles / slos) * 1e6);
      costs.ours.push(((cpuSecondsOf(collector.pid) - before[1]) / minutes / slos) * 1e6);
      say(
        `round ${round + 1}: Prometheus ${costs.prometheus.at(-1)?.toFixed(0)} µs, ours ${costs.ours.at(-1)?.toFixed(0)} µs an SLO and minute`,
      );
    }
    const memory = {
      prometheus: memoryOf(prometheus.pid).anonymous,
      ours: memoryOf(collector.pid).anonymous,
    };
    const missed = await missedEvaluations(prometheus);
    await collector.stop();
    const compaction = ((await compactionSeconds(collector.store)) / 60 / slos) * 1e6;
    say(`compaction adds ${compaction.toFixed(1)} µs an SLO and minute`);
    const ours = costs.ours.map((cost) => cost + compaction);
    const ratios = costs.prometheus.map((cost, round) => cost / (ours[round] ?? Number.NaN));
    return { setting, prometheus: costs.prometheus, ours, ratios, memory, missed };
  } finally {
    await target.close();
    await Promise.all([prometheus.stop(), collector.stop()]);
  }
}

function figuresOf({ setting, prometheus, ours, ratios, memory }: Measured): readonly Figure[] {
  const what = `${setting.slos} SLOs, ${setting.days} days`;
  return [
    figure(`Prometheus with rules, ${what}`, 'µs CPU an SLO and minute', prometheus),
    figure(`ours, ${what}`, 'µs CPU an SLO and minute', ours),
    figure(`Prometheus ÷ ours, ${what}`, '×', ratios),
    figure(`anonymous memory of Prometheus, ${what}`, 'MB', [memory.prometheus]),
    figure(`anonymous memory of ours, ${what}`, 'MB', [memory.ours]),
  ];
}

/** What a further SLO costs: the difference between the sizes, without what a process costs by itself. */
function slopeOf(measured: readonly Measured[]): {
  readonly figures: readonly Figure[];
  readonly reason: string;
} {
  const [small, large] = [measured[0], measured.at(-1)];
  if (small === undefined || large === undefined || small === large)
    return { figures: [], reason: '' };
  const further = large.setting.slos - small.setting.slos;
  const whole = ({ setting }: Measured, costs: readonly number[]): number =>
    figure('', '', costs).median * setting.slos;
  const peer = (whole(large, large.prometheus) - whole(small, small.prometheus)) / further;
  const own = (whole(large, large.ours) - whole(small, small.ours)) / further;
  const fixed = whole(small, small.ours) - own * small.setting.slos;
  return {
    figures: [
      figure('each further SLO in Prometheus', 'µs CPU a minute', [peer]),
      figure('each further SLO in ours', 'µs CPU a minute', [own]),
      figure('the same as a ratio', '×', [peer / own]),
      figure('our process by itself', 'ms CPU a minute', [fixed / 1000]),
    ],
    reason: `Our process costs ${(fixed / 1000).toFixed(0)} ms a minute before its first SLO, and ${own.toFixed(0)} µs for each: ${(peer / own).toFixed(0)}× for a further SLO.`,
  };
}

/** Seconds of CPU that merging an hour's cells takes, on what the collector left behind. */
async function compactionSeconds(file: string): Promise<number> {
  const store = createSqliteStore({ path: file });
  const retention = {
    fine: { 1: 600, 10: 21_600, 60: 259_200 },
    total: 32 * DAY,
    widest: new Map(),
  };
  const now = Math.floor(Date.now() / 1000);
  // The first merges the whole history, which a collector at work has done long ago.
  await store.compact(now - 3600, retention);
  const seconds = await cpuSeconds(() => store.compact(now, retention));
  await store.close();
  return seconds;
}

async function missedEvaluations(prometheus: RunningPrometheus): Promise<number> {
  const text = await (await fetch(`${prometheus.url}/metrics`)).text();
  const sum = (metric: string): number =>
    [...text.matchAll(new RegExp(`^${metric}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    );
  const failures = sum('prometheus_rule_evaluation_failures_total');
  if (failures > 0) throw new Error(`${failures} rule evaluations failed`);
  return sum('prometheus_rule_group_iterations_missed_total');
}

const SERVICES_PER_REQUEST = 20;
const SCRAPES_PER_REQUEST = 360;

/** What was scraped every minute of `[from, until)`, in requests of some thousand samples. */
async function pushHistory(
  url: string,
  services: readonly CountedService[],
  { from, until }: { readonly from: number; readonly until: number },
): Promise<void> {
  const step = SCRAPES_PER_REQUEST * SCRAPE_SECONDS;
  for (let start = from; start < until; start += step) {
    const times: number[] = [];
    for (let at = start; at < Math.min(until, start + step); at += SCRAPE_SECONDS) times.push(at);
    for (let first = 0; first < services.length; first += SERVICES_PER_REQUEST)
      await push(url, services.slice(first, first + SERVICES_PER_REQUEST), times);
  }
}

/** One scrape in requests of 2,000 samples, the most that Prometheus sends at once. */
async function pushScrape(
  url: string,
  services: readonly CountedService[],
  at: number,
): Promise<void> {
  for (let first = 0; first < services.length; first += 500)
    await push(url, services.slice(first, first + 500), [at]);
}

async function push(
  url: string,
  services: readonly CountedService[],
  times: readonly number[],
): Promise<void> {
  const body = encodeWriteRequest(
    services.flatMap((service) => {
      const values = times.map((at) => service.at(at));
      return service.series.map((labels, index) => ({
        labels,
        samples: times.map((at, scrape) => ({
          atMs: at * 1000,
          value: values[scrape]?.[index] ?? 0,
        })),
      }));
    }),
  );
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: REMOTE_WRITE_HEADERS,
    body: body as Uint8Array<ArrayBuffer>,
  });
  if (response.status !== 204)
    throw new Error(`remote write answered ${response.status}: ${await response.text()}`);
}

/** True once every SLO holds exactly what its counters grew by; undefined while the last scrape is under way. */
async function isEqual(
  collector: MeasuredCollector,
  services: readonly CountedService[],
  from: number,
  last: number,
): Promise<true | undefined> {
  const budgets = await collector.budgets();
  for (const service of services) {
    const truth = countsBetween(service, from, last);
    const counted = budgets.get(`${service.name}/availability`);
    if (counted?.measuredThrough !== last) return undefined;
    if (counted.total !== truth.total || counted.bad !== truth.bad) return undefined;
  }
  return true;
}

/** The names of windows, in seconds. */
const NAMED = new Map([
  [300, '5m'],
  [1800, '30m'],
  [3600, '1h'],
  [7200, '2h'],
  [21_600, '6h'],
  [DAY, '1d'],
  [3 * DAY, '3d'],
]);

/** @throws Error when a ratio that the rules recorded is not that of our counts, but for a few events at the edges */
async function assertRulesAgree(
  prometheus: RunningPrometheus,
  collector: MeasuredCollector,
  services: readonly CountedService[],
): Promise<void> {
  const recorded = new Map<string, ReadonlyMap<string, number>>();
  for (const name of NAMED.values())
    recorded.set(name, await queryBy(prometheus, `slo:sli_error:ratio_rate${name}`, 'slo_service'));
  for (const { name } of services) {
    const budget = await collector.budget(`${name}/availability`);
    for (const [seconds, { total, bad }] of windowsOf(budget)) {
      const window = NAMED.get(seconds) ?? '';
      const ratio = recorded.get(window)?.get(name) ?? Number.NaN;
      // Both windows end at other moments, up to two scrapes apart, and rate() extrapolates to its edges.
      const allowed = 3 + (0.01 + 240 / seconds) * bad;
      if (!(Math.abs(ratio * total - bad) <= allowed))
        throw new Error(
          `${name}, ${window}: the rule says ${ratio}, ours ${bad} of ${total} = ${bad / total}`,
        );
    }
  }
}

function windowsOf(budget: ShownBudget | undefined) {
  return new Map(
    (budget?.conditions ?? []).flatMap(({ longWindowSeconds, long, shortWindowSeconds, short }) => [
      [longWindowSeconds, long] as const,
      [shortWindowSeconds, short] as const,
    ]),
  );
}
