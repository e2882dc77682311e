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
import { type Benchmark, cpuSeconds, type Figure, figure, type Size } from './measurement.ts';
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
}

const SETTINGS: Readonly<Record<Size, readonly Setting[]>> = {
  trial: [{ slos: 20, days: 1, rounds: 1, roundSeconds: 60 }],
  usual: [{ slos: 100, days: 30, rounds: 2, roundSeconds: 120 }],
  full: [100, 500, 1000].map((slos) => ({ slos, days: 30, rounds: 3, roundSeconds: 120 })),
};

export const generatedRules: Benchmark = {
  id: 'P13',
  title: 'Generated rules in Prometheus',
  needs: ['prometheus'],
  async run(say, size) {
    const measured: Measured[] = [];
    for (const setting of SETTINGS[size]) measured.push(await measure(setting, say));
    const largest = measured.at(-1);
    if (largest === undefined) throw new Error('nothing was measured');
    const share = figure('', '', largest.shares).median;
    const writing = await writeMany(size === 'trial' ? 1000 : 10_000);
    return {
      id: 'P13',
      title: this.title,
      goal: 'at most half the processor time of Sloth-shaped rules for unrelated SLOs, evaluated as often; ten thousand SLOs written in a second and 150 MB (P12)',
      figures: [...measured.flatMap(figuresOf), ...writing],
      verdict:
        share <= 0.5
          ? `Reached: ${(share * 100).toFixed(1)} % at ${largest.setting.slos} SLOs and ${largest.setting.days} days.`
          : `Missed: ${(share * 100).toFixed(1)} % at ${largest.setting.slos} SLOs and ${largest.setting.days} days.`,
      notes: [
        'Both sets of rules are loaded in turn into one Prometheus 3.15 that scrapes four series an SLO every 30 s; what it takes without any rules is measured in the same rounds and taken off. Ours are evaluated every 30 s and every minute as their files say, Sloth’s every minute, which is Prometheus’ default, and as often as ours, which is what the verdict compares: an alert is then equally fresh.',
        'The rules of the first day, once an hour, are measured by themselves at one minute, and a sixtieth of that is in our figure.',
        'Each SLO is a service of its own, so nothing is shared between SLOs.',
        'Equal before any figure was taken: what our counters grew by is what the raw counters grew by, to the event, for every SLO; and budgets are those of the raw counters to a hundredth.',
      ],
    };
  },
};

interface Measured {
  readonly setting: Setting;
  /** Milliseconds of processor time an SLO and minute, by round, scraping taken off. */
  readonly sloth: readonly number[];
  /** The same rules evaluated every 30 s, as often as ours. */
  readonly slothAsOften: readonly number[];
  readonly ours: readonly number[];
  readonly shares: readonly number[];
}

async function measure(setting: Setting, say: (text: string) => void): Promise<Measured> {
  const { slos, days, rounds, roundSeconds } = setting;
  const services = countedServices(slos);
  const until = Math.floor(Date.now() / 60_000) * 60;
  const from = until - days * DAY;
  say(`${slos} SLOs, ${days} days`);
  const prometheus = await startWithHistory({
    series: services.flatMap((service) => [
      ...counterHistory(service, SCRAPE_SECONDS * 1000),
      ratioHistory(service, 60_000),
      ...sumHistory(service, from),
    ]),
    fromMs: from * 1000,
    toMs: until * 1000,
    stepMs: SCRAPE_SECONDS * 1000,
    say,
  });
  const target = await openCounterTarget(services, () => {});
  const kinds = ruleTexts(services);
  const cost = async (kind: keyof typeof kinds, before?: () => Promise<void>): Promise<number> => {
    await load(prometheus, kinds[kind], target.address);
    // Every group has been evaluated at least once before anything counts.
    await sleep(75_000);
    await before?.();
    const [cpu, started] = [cpuSecondsOf(prometheus.pid), performance.now()];
    await sleep(roundSeconds * 1000);
    const minutes = (performance.now() - started) / 60_000;
    return ((cpuSecondsOf(prometheus.pid) - cpu) / minutes / slos) * 1000;
  };
  try {
    const costs = {
      sloth: [] as number[],
      slothAsOften: [] as number[],
      ours: [] as number[],
    };
    for (let round = 0; round < rounds; round += 1) {
      const none = await cost('none');
      const ours = await cost('ours', () =>
        round === 0 ? assertEqual(prometheus, services, from, say) : Promise.resolve(),
      );
      const first = await cost('firstDay');
      const sloth = await cost('sloth');
      const often = await cost('slothAsOften');
      costs.slothAsOften.push(often - none);
      costs.sloth.push(sloth - none);
      costs.ours.push(ours - none + (first - none) / 60);
      say(
        `round ${round + 1}, ms an SLO and minute: Sloth's shape ${(sloth - none).toFixed(2)}, ours ${(ours - none).toFixed(2)}, the first day's ${((first - none) / 60).toFixed(3)}, scraping ${none.toFixed(2)}`,
      );
    }
    const shares = costs.ours.map(
      (ours, round) => ours / (costs.slothAsOften[round] ?? Number.NaN),
    );
    return { setting, ...costs, shares };
  } finally {
    await target.close();
    await prometheus.stop();
  }
}

/** Our two counters as if the rules had been at work all the time. */
function sumHistory(service: CountedService, from: number): readonly BlockSeries[] {
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
      for (let ms = Math.ceil(fromMs / 30_000) * 30_000; ms < toMs; ms += 30_000) {
        times[count] = ms;
        values[count] = Math.max(0, at(ms / 1000 - SCRAPE_SECONDS) - base);
        count += 1;
      }
      return count;
    },
  });
  return [sums(RULE_SERIES.total, [0, 1, 2, 3]), sums(RULE_SERIES.bad, [2, 3])];
}

interface RuleText {
  readonly files: Readonly<Record<string, string>>;
  readonly evaluationSeconds: number;
}

function ruleTexts(
  services: readonly CountedService[],
): Readonly<Record<'none' | 'sloth' | 'slothAsOften' | 'ours' | 'firstDay', RuleText>> {
  const { files } = generatePrometheusRules(counterSlos(services), { target: '3.15' });
  const named = (text: (whole: string) => string): Readonly<Record<string, string>> =>
    Object.fromEntries(files.map((file) => [file.path, text(file.text)]));
  const groups = services.flatMap(({ name }) => slothShapedGroups(name));
  const sloth = { 'sloth.yaml': JSON.stringify({ groups }) };
  const isFirstDay = /^ {2}- name: ".*-first-day"$/m;
  return {
    none: { files: {}, evaluationSeconds: 60 },
    sloth: { files: sloth, evaluationSeconds: 60 },
    slothAsOften: { files: sloth, evaluationSeconds: 30 },
    ours: {
      files: named((whole) => whole.slice(0, whole.search(isFirstDay))),
      evaluationSeconds: 60,
    },
    firstDay: {
      files: named((whole) =>
        `groups:\n${whole.slice(whole.search(isFirstDay))}`.replaceAll(
          'interval: 1h',
          'interval: 1m',
        ),
      ),
      evaluationSeconds: 60,
    },
  };
}

async function load(
  prometheus: RunningPrometheus,
  { files, evaluationSeconds }: RuleText,
  address: string,
): Promise<void> {
  const folder = join(prometheus.folder, 'bench-rules');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await prometheus.reload({
    global: { evaluation_interval: `${evaluationSeconds}s` },
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
  const left = await queryBy(prometheus, SERIES.budgetRemaining, 'service');
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

function figuresOf({ setting, sloth, slothAsOften, ours, shares }: Measured): readonly Figure[] {
  const what = `${setting.slos} SLOs, ${setting.days} days`;
  return [
    figure(`Sloth’s shape every minute, ${what}`, 'ms CPU an SLO and minute', sloth),
    figure(`Sloth’s shape every 30 s, ${what}`, 'ms CPU an SLO and minute', slothAsOften),
    figure(`ours, ${what}`, 'ms CPU an SLO and minute', ours),
    figure(`ours ÷ Sloth’s shape every 30 s, ${what}`, '', shares),
    figure(
      `ours ÷ Sloth’s shape every minute, ${what}`,
      '',
      ours.map((cost, round) => cost / (sloth[round] ?? Number.NaN)),
    ),
  ];
}

/** P12: what writing the rules of many SLOs takes; each file is let go of once it is written. */
async function writeMany(count: number): Promise<readonly Figure[]> {
  const slos = counterSlos(countedServices(count));
  const before = process.memoryUsage().rss;
  let bytes = 0;
  const seconds = await cpuSeconds(() => {
    for (const { text } of generatePrometheusRules(slos, { target: '3.15' }).files)
      bytes += text.length;
  });
  const grown = (process.memoryUsage().rss - before) / 1e6;
  const what = `rules of ${count} SLOs`;
  return [
    figure(`${what} written`, 'CPU-s', [seconds]),
    figure(`${what}, memory grown`, 'MB', [grown]),
    figure(`${what}, text`, 'MB', [bytes / 1e6]),
  ];
}
