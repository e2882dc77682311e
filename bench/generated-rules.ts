// P13: what our generated rules cost a Prometheus, against rules of Sloth's shape for the same SLOs in the same process.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import { RULE_SERIES, SERIES } from '../slo/names.ts';
import type { RunningPrometheus } from '../test/services/prometheus.ts';
import {
  type CountedService,
  countedServices,
  countsBetween,
  counterSlos,
} from './counted-services.ts';
import { openCounterTarget } from './counter-target.ts';
import { eventually } from './eventually.ts';
import { type Benchmark, type Figure, figure, type Size } from './measurement.ts';
import { cpuSecondsOf } from './process-usage.ts';
import { counterHistory, queryBy, ratioHistory, startWithHistory } from './prometheus-history.ts';
import { slothShapedGroups } from './sloth-rules.ts';
import type { BlockSeries } from './tsdb/block.ts';

const DAY = 86_400;
const SCRAPE_SECONDS = 30;

interface Setting {
  readonly slos: number;
  readonly days: number;
  readonly rounds: number;
  readonly roundSeconds: number;
  /** All intervals of rules are so many times shorter, and a round stands for as many of its length. */
  readonly haste: number;
}

const SETTINGS: Readonly<Record<Size, readonly Setting[]>> = {
  trial: [{ slos: 20, days: 1, rounds: 1, roundSeconds: 20, haste: 6 }],
  usual: [{ slos: 100, days: 30, rounds: 3, roundSeconds: 30, haste: 6 }],
  full: [
    { slos: 100, days: 30, rounds: 2, roundSeconds: 15, haste: 6 },
    { slos: 500, days: 30, rounds: 1, roundSeconds: 20, haste: 4 },
    { slos: 1000, days: 30, rounds: 1, roundSeconds: 30, haste: 2 },
  ],
};

export const generatedRules: Benchmark = {
  id: 'P13',
  title: 'Generated rules in Prometheus',
  needs: ['prometheus'],
  async run(say, size) {
    const measured: Measured[] = [];
    for (const setting of SETTINGS[size]) measured.push(await measure(setting, say, measured[0]));
    const largest = measured.at(-1);
    if (largest === undefined) throw new Error('nothing was measured');
    const [alone, shared] = [shareOf(largest, 'alone'), shareOf(largest, 'shared')];
    const { slos, days } = largest.setting;
    const reached = (share: number, goal: number): string =>
      `${(share * 100).toFixed(1)} % (${share <= goal ? 'reached' : 'missed'})`;
    return {
      id: 'P13',
      title: this.title,
      goal: 'at most half the processor time of Sloth-shaped rules for unrelated SLOs, at most a tenth where SLOs share their rules',
      figures: measured.flatMap(figuresOf),
      verdict: `At ${slos} SLOs and ${days} days: unrelated ${reached(alone, 0.5)}, sharing ${reached(shared, 0.1)}.`,
      notes: [
        'All sets of rules are loaded in turn into one Prometheus 3.15 that scrapes four series an SLO every 30 s; what it takes without any rules is measured in the same rounds and taken off. Each set is evaluated as it comes: ours count and decide pages every 30 s, the rest every two minutes; Sloth’s all of it every minute, which is Prometheus’ default.',
        'To see more evaluations in a round all intervals are shortened by the same factor, and costs are told for the real ones. Evaluations that a busy machine leaves out are made up for: a cost is that of those done, for all that were due.',
        'The rules of the first day, once an hour, are measured by themselves at one minute, and a sixtieth of that is in our figures; at the smallest size, whose history is whole. At the larger ones counters are five minutes apart in the days that no rule reads every few minutes.',
        'Unrelated: each SLO is a service of its own and nothing is shared between SLOs (the SLOs would share their rules; that is switched off). Sharing: the same SLOs, which differ in the value of `job` alone, as they are written by default.',
        'Equal before any figure was taken, for both of ours and at their real intervals: what our counters grew by is what the raw counters grew by, to the event, for every SLO; and budgets are those of the raw counters to a hundredth. Of several sizes the smallest and the largest are held to that.',
      ],
    };
  },
};

type Kind = 'sloth' | 'alone' | 'shared';

interface Measured {
  readonly setting: Setting;
  /** Milliseconds of processor time an SLO and minute, by round, scraping taken off. */
  readonly costs: Readonly<Record<Kind, readonly number[]>>;
  /** The part of our costs that rules of the first day are. */
  readonly firstDay: Readonly<Record<'alone' | 'shared', number>>;
}

function sharesOf({ costs }: Measured, kind: Kind): readonly number[] {
  return costs[kind].map((cost, round) => cost / (costs.sloth[round] ?? Number.NaN));
}

function shareOf(measured: Measured, kind: Kind): number {
  return figure('', '', sharesOf(measured, kind)).median;
}

/** @param smallest what was measured before, of fewer SLOs */
async function measure(
  setting: Setting,
  say: (text: string) => void,
  smallest: Measured | undefined,
): Promise<Measured> {
  const { slos, days, rounds } = setting;
  const services = countedServices(slos);
  const until = Math.floor(Date.now() / 60_000) * 60;
  const from = until - days * DAY;
  say(`${slos} SLOs, ${days} days`);
  const prometheus = await startWithHistory({
    series: services.flatMap((service) => {
      const seriesEvery = (seconds: number): readonly BlockSeries[] => [
        ...counterHistory(service, seconds * 1000),
        ...sumHistory(service, from, seconds),
      ];
      const thin = seriesEvery(300);
      return [
        ratioHistory(service, 60_000),
        ...seriesEvery(SCRAPE_SECONDS).map((whole, index) =>
          smallest === undefined
            ? whole
            : thinned(whole, thin[index] ?? whole, [from + DAY, until - WHOLE_DAYS * DAY]),
        ),
      ];
    }),
    fromMs: from * 1000,
    toMs: until * 1000,
    stepMs: SCRAPE_SECONDS * 1000,
    say,
  });
  const target = await openCounterTarget(services, () => {});
  const texts = ruleTexts(services);
  const cost = (kind: keyof typeof texts): Promise<RoundCost> =>
    costOf({ prometheus, address: target.address, files: texts[kind], setting });
  /** What these rules add, at their real intervals. */
  const added = async (kind: keyof typeof texts, none: RoundCost): Promise<number> => {
    const { milliseconds, done } = await cost(kind);
    return (milliseconds - none.milliseconds) / done / setting.haste;
  };
  const firstDayCosts = async (): Promise<Measured['firstDay']> => {
    const nothing = await cost('none');
    return {
      alone: (await added('aloneFirstDay', nothing)) / 60,
      shared: (await added('sharedFirstDay', nothing)) / 60,
    };
  };
  const costs = { sloth: [] as number[], alone: [] as number[], shared: [] as number[] };
  try {
    const isHeldToTruth = smallest === undefined || slos === MOST_SLOS;
    for (const kind of isHeldToTruth ? (['alone', 'shared'] as const) : []) {
      await load(prometheus, soonBudgets(texts[kind]), 1, target.address);
      // What the rules before counted, at other moments, must not be looked at.
      await sleep(75_000);
      await assertEqual(prometheus, services, from, say);
    }
    const firstDay = smallest?.firstDay ?? (await firstDayCosts());
    for (let round = 0; round < rounds; round += 1) {
      const none = await cost('none');
      costs.alone.push((await added('alone', none)) + firstDay.alone);
      costs.sloth.push(await added('sloth', none));
      costs.shared.push((await added('shared', none)) + firstDay.shared);
      say(
        `round ${round + 1}, ms an SLO and minute: Sloth's shape ${costs.sloth.at(-1)?.toFixed(2)}, ours alone ${costs.alone.at(-1)?.toFixed(2)}, sharing ${costs.shared.at(-1)?.toFixed(2)}, scraping ${none.milliseconds.toFixed(2)}`,
      );
    }
    return { setting, costs, firstDay };
  } finally {
    await target.close();
    await prometheus.stop();
  }
}

/** What Prometheus takes with these rules and with scraping. */
async function costOf({
  prometheus,
  address,
  files,
  setting: { slos, roundSeconds, haste },
}: {
  readonly prometheus: RunningPrometheus;
  readonly address: string;
  readonly files: RuleFiles;
  readonly setting: Setting;
}): Promise<RoundCost> {
  await load(prometheus, files, haste, address);
  // Every group has been evaluated at least once before anything counts.
  await sleep(Object.keys(files).length === 0 ? 2000 : 125_000 / Math.max(haste, 2));
  const [cpu, started] = [cpuSecondsOf(prometheus.pid), performance.now()];
  const before = await evaluations(prometheus);
  await sleep(roundSeconds * 1000);
  const done = (await evaluations(prometheus)) - before;
  const minutes = (performance.now() - started) / 60_000;
  return {
    milliseconds: ((cpuSecondsOf(prometheus.pid) - cpu) / minutes / slos) * 1000,
    // Groups that are late leave evaluations out: what was done stands for what was to be done.
    done: done / minutes / (await evaluationsDue(prometheus)),
  };
}

interface RoundCost {
  /** Of processor time, an SLO and minute, scraping included. */
  readonly milliseconds: number;
  /** Which part of the evaluations that were due was done. */
  readonly done: number;
}

/** Rules evaluated since the start. */
async function evaluations(prometheus: RunningPrometheus): Promise<number> {
  const text = await (await fetch(`${prometheus.url}/metrics`)).text();
  return [...text.matchAll(/^prometheus_rule_evaluations_total\{.*\} (\S+)$/gm)].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}

/** Rules that should be evaluated in a minute. */
async function evaluationsDue(prometheus: RunningPrometheus): Promise<number> {
  const answer = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
    data: { groups: { interval: number; rules: unknown[] }[] };
  };
  return answer.data.groups.reduce(
    (sum, { interval, rules }) => sum + (rules.length * 60) / interval,
    0,
  );
}

/** More than the windows that any rule reads every few minutes. */
const WHOLE_DAYS = 4;

/** The largest size. */
const MOST_SLOS = Math.max(...SETTINGS.full.map(({ slos }) => slos));

/** A series as it is at its two ends, and every five minutes in the days between. */
function thinned(
  whole: BlockSeries,
  thin: BlockSeries,
  [begin, end]: readonly [number, number],
): BlockSeries {
  return {
    labels: whole.labels,
    fill(fromMs, toMs, times, values) {
      const isBetween = fromMs >= begin * 1000 && toMs <= end * 1000;
      return (isBetween ? thin : whole).fill(fromMs, toMs, times, values);
    },
  };
}

/** Budgets as they are written, every half minute: nobody waits two minutes for the first. */
function soonBudgets(files: RuleFiles): RuleFiles {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      text.replaceAll('interval: 2m', 'interval: 30s'),
    ]),
  );
}

/** Our two counters as if the rules had been at work all the time. */
function sumHistory(
  service: CountedService,
  from: number,
  everySeconds: number,
): readonly BlockSeries[] {
  const stepMs = everySeconds * 1000;
  const labels = { slo: `${service.name}/availability`, service: service.name };
  const sums = (name: string, indexes: readonly number[]): BlockSeries => ({
    labels: { __name__: name, ...labels },
    fill(fromMs, toMs, times, values) {
      const at = (seconds: number): number => {
        const all = service.at(seconds);
        return indexes.reduce((sum, index) => sum + (all[index] ?? 0), 0);
      };
      const base = at(from);
      let count = 0;
      for (let ms = Math.ceil(fromMs / stepMs) * stepMs; ms < toMs; ms += stepMs) {
        times[count] = ms;
        values[count] = Math.max(0, at(ms / 1000 - SCRAPE_SECONDS) - base);
        count += 1;
      }
      return count;
    },
  });
  return [sums(RULE_SERIES.total, [0, 1, 2, 3]), sums(RULE_SERIES.bad, [2, 3])];
}

/** Text by the name of the file. */
type RuleFiles = Readonly<Record<string, string>>;

function ruleTexts(
  services: readonly CountedService[],
): Readonly<Record<'none' | Kind | 'aloneFirstDay' | 'sharedFirstDay', RuleFiles>> {
  const written = (shared: boolean, text: (whole: string) => string): RuleFiles => {
    const { files } = generatePrometheusRules(counterSlos(services), { target: '3.15', shared });
    return Object.fromEntries(files.map((file) => [file.path, text(file.text)]));
  };
  const isFirstDay = /^ {2}- name: ".*-first-day"$/m;
  const daily = (whole: string): string => whole.slice(0, whole.search(isFirstDay));
  const first = (whole: string): string =>
    `groups:\n${whole.slice(whole.search(isFirstDay))}`.replaceAll('interval: 1h', 'interval: 1m');
  const groups = services.flatMap(({ name }) => slothShapedGroups(name));
  return {
    none: {},
    sloth: { 'sloth.yaml': JSON.stringify({ groups }) },
    alone: written(false, daily),
    shared: written(true, daily),
    aloneFirstDay: written(false, first),
    sharedFirstDay: written(true, first),
  };
}

async function load(
  prometheus: RunningPrometheus,
  files: RuleFiles,
  haste: number,
  address: string,
): Promise<void> {
  const folder = join(prometheus.folder, 'bench-rules');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const hurried = (text: string): string =>
    text.replaceAll(/^( +interval: )(\d+)([sm])$/gm, (_, head: string, count: string, unit) => {
      const seconds = Number(count) * (unit === 'm' ? 60 : 1);
      return `${head}${(seconds * 1000) / haste}ms`;
    });
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), hurried(text));
  await prometheus.reload({
    global: { evaluation_interval: `${60_000 / haste}ms` },
    rule_files: [join(folder, '*.yaml')],
    scrape_configs: [
      {
        job_name: 'counted',
        scrape_interval: `${SCRAPE_SECONDS}s`,
        honor_labels: true,
        static_configs: [{ targets: [address] }],
      },
    ],
  });
}

/** @throws Error when our counters did not grow by what the raw counters grew by, or a budget is not theirs */
async function assertEqual(
  prometheus: RunningPrometheus,
  services: readonly CountedService[],
  from: number,
  say: (text: string) => void,
): Promise<void> {
  const times = await eventually(
    'two evaluations of every SLO',
    async () => {
      const at = await queryBy(prometheus, `timestamp(${RULE_SERIES.total})`, 'service');
      return at.size === services.length ? at : undefined;
    },
    { withinMs: 120_000, everyMs: 2000 },
  );
  for (const { name } of services) {
    const at = times.get(name) ?? Number.NaN;
    const counted = `${RULE_SERIES.total}{service="${name}"}`;
    const raw = `sum(last_over_time(http_requests_total{job="${name}"}[5m] offset`;
    const ours = await queryBy(prometheus, `sum(${counted} - ${counted} offset 30s)`, '', at);
    const theirs = await queryBy(prometheus, `${raw} 10s)) - ${raw} 40s))`, '', at);
    const [a, b] = [ours.get(''), theirs.get('')];
    if (a === undefined || a !== b)
      throw new Error(`${name}: our counter grew by ${a}, the raw ones by ${b}`);
  }
  const left = await eventually(
    'the budget of every SLO',
    async () => {
      const found = await queryBy(prometheus, SERIES.budgetRemaining, 'service');
      return found.size === services.length ? found : undefined;
    },
    { withinMs: 180_000, everyMs: 2000 },
  );
  const now = Math.floor(Date.now() / 1000);
  for (const service of services) {
    const { total, bad } = countsBetween(service, from, now);
    const truth = 1 - bad / (total * 0.001);
    const budget = left.get(service.name) ?? Number.NaN;
    if (!(Math.abs(budget - truth) < 0.01))
      throw new Error(
        `${service.name}: the rules leave ${budget} of its budget, its counters ${truth}`,
      );
  }
  say(`${services.length} counters grew by what the raw ones grew by, to the event`);
}

function figuresOf(measured: Measured): readonly Figure[] {
  const { setting, costs } = measured;
  const what = `${setting.slos} SLOs, ${setting.days} days`;
  const unit = 'ms CPU an SLO and minute';
  return [
    figure(`Sloth’s shape, ${what}`, unit, costs.sloth),
    figure(`ours, unrelated, ${what}`, unit, costs.alone),
    figure(`ours, sharing, ${what}`, unit, costs.shared),
    figure(`unrelated ÷ Sloth’s shape, ${what}`, '', sharesOf(measured, 'alone')),
    figure(`sharing ÷ Sloth’s shape, ${what}`, '', sharesOf(measured, 'shared')),
  ];
}
