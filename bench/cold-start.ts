// P10: from an empty store to right 30-day budgets, all read from one Prometheus.
import type { RunningPrometheus } from '../test/services/prometheus.ts';
import {
  type CountedService,
  countedServices,
  counterSlos,
  countsBetween,
  METRIC,
} from './counted-services.ts';
import { eventually } from './eventually.ts';
import { type BudgetInBrief, startMeasuredCollector } from './measured-collector.ts';
import { type Benchmark, type Figure, figure, type Size } from './measurement.ts';
import { cpuSecondsOf, memoryOf } from './process-usage.ts';
import { counterHistory, startWithHistory } from './prometheus-history.ts';

const SLOS: Readonly<Record<Size, number>> = { trial: 10, usual: 200, full: 1000 };
const ROUNDS: Readonly<Record<Size, number>> = { trial: 1, usual: 2, full: 1 };
const DAY = 86_400;
const WINDOW_DAYS = 30;
const SCRAPE_SECONDS = 60;
const RESTART_MS = 7 * DAY * 1000;
const SAMPLED_SLOS = 20;
const GOAL_SLOS = 1000;
const GOAL_SECONDS = 60;
const OBJECTIVE = 0.999;

export const coldStart: Benchmark = {
  id: 'P10',
  title: 'Cold start to a right 30-day budget',
  needs: ['prometheus'],
  async run(say, size) {
    const services = countedServices(SLOS[size]);
    const calm = await measure(services, Infinity, ROUNDS[size], say);
    const restarting = await measure(services, RESTART_MS, ROUNDS[size], say);
    const samples = (services.length * 4 * WINDOW_DAYS * DAY) / SCRAPE_SECONDS;
    const figuresOf = ({ rounds }: Measured, what: string): readonly Figure[] => [
      figure(
        `exec → right budgets, ${services.length} SLOs, ${what}`,
        's',
        rounds.map(({ seconds }) => seconds),
      ),
      figure(
        `furthest from the exact PromQL ratio, ${what}`,
        '% of the budget',
        rounds.map(({ difference }) => difference * 100),
      ),
      figure(
        `ours, ${what}`,
        'CPU s',
        rounds.map(({ ours }) => ours),
      ),
      figure(
        `Prometheus answering us, ${what}`,
        'CPU s',
        rounds.map(({ peer }) => peer),
      ),
    ];
    const seconds = [calm, restarting].map(
      ({ rounds }) =>
        figure(
          '',
          '',
          rounds.map((round) => round.seconds),
        ).median,
    );
    const [calmly = NaN, restartingly = NaN] = seconds;
    const atGoal = (each: number): string => ((each * GOAL_SLOS) / services.length).toFixed(0);
    const isGoalSize = services.length >= GOAL_SLOS;
    const times = `${calmly.toFixed(0)} s for ${services.length} SLOs, ${restartingly.toFixed(0)} s when every service restarted weekly`;
    const scaled = isGoalSize
      ? ''
      : `; in proportion ${atGoal(calmly)} s and ${atGoal(restartingly)} s for 1,000`;
    const reached = isGoalSize && Math.max(...seconds) <= GOAL_SECONDS;
    return {
      id: 'P10',
      title: this.title,
      goal: '≤ 60 s for 1,000 SLOs, equal to the exact 30 d ratio within 0.1 % of budget',
      figures: [
        ...figuresOf(calm, 'no restarts'),
        ...figuresOf(restarting, 'weekly restarts'),
        figure(
          'resident memory of ours afterwards',
          'MB',
          [...calm.rounds, ...restarting.rounds].map(({ megabytes }) => megabytes),
        ),
        figure('one exact 30 d ratio in PromQL, for comparison', 'ms CPU', calm.exact),
      ],
      verdict: `${reached ? 'Reached' : isGoalSize ? 'Missed' : 'Not at the size of the goal'}: ${times}${scaled}. Old counters are read at points a quarter of an hour apart, and sample by sample where a series of the same query was reset, born or ended: the more services restart, the more of the month's samples are read.`,
      notes: [
        `Four series an SLO, one sample a minute, ${WINDOW_DAYS + 1} days in blocks: ${(samples / 1e6).toFixed(0)} M samples in the window. Sloth’s default rules would be right after 30 days; its exact form costs Prometheus the last figure for every SLO at every evaluation.`,
        `Right means: the source is live, the counts of all SLOs are within 0.1 % of their budget of the counters’ truth, and those of ${Math.min(SAMPLED_SLOS, services.length)} SLOs within that of sum(increase(bad[30d])) / sum(increase(total[30d])) at the same moment.`,
        'The collector’s clock is set to the end of the history.',
      ],
    };
  },
};

interface Measured {
  readonly rounds: readonly Round[];
  readonly exact: readonly number[];
}

async function measure(
  services: readonly CountedService[],
  restartMs: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Measured> {
  const until = Math.floor(Date.now() / 60_000) * 60;
  const prometheus = await startWithHistory({
    series: services.flatMap((service) =>
      counterHistory(service, SCRAPE_SECONDS * 1000, restartMs),
    ),
    fromMs: (until - (WINDOW_DAYS + 1) * DAY) * 1000,
    toMs: until * 1000,
    stepMs: SCRAPE_SECONDS * 1000,
    say,
  });
  const done: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    done.push(await startCold(prometheus, services, until));
    say(`right after ${done.at(-1)?.seconds.toFixed(1)} s`);
  }
  const exact = await costOfExactRatio(prometheus, services, until);
  await prometheus.stop();
  return { rounds: done, exact };
}

interface Round {
  readonly seconds: number;
  /** Seconds of CPU. */
  readonly ours: number;
  readonly peer: number;
  readonly megabytes: number;
  /** The furthest budget from PromQL's, in budgets. */
  readonly difference: number;
}

async function startCold(
  prometheus: RunningPrometheus,
  services: readonly CountedService[],
  until: number,
): Promise<Round> {
  const peerBefore = cpuSecondsOf(prometheus.pid);
  const startedMs = Date.now();
  const collector = await startMeasuredCollector({
    slos: counterSlos(services),
    config: {
      connections: { prometheus: { default: { url: prometheus.url as `http://${string}` } } },
    },
    clockOffsetMs: until * 1000 - startedMs,
  });
  await eventually(
    'the end of the backfill',
    async () => (await fetch(`${collector.url}/readyz`)).ok || undefined,
    { withinMs: 3_600_000, everyMs: 100 },
  );
  const seconds = (Date.now() - startedMs) / 1000;
  const ours = cpuSecondsOf(collector.pid);
  const peer = cpuSecondsOf(prometheus.pid) - peerBefore;
  const megabytes = memoryOf(collector.pid).resident;
  const budgets = await collector.budgets();
  await collector.stop();
  for (const service of services) {
    const budget = budgetOf(budgets, service);
    const off = Math.abs(spentBy(budget) - spentInTruth(service, budget.window.start, until));
    if (!(off <= 0.001))
      throw new Error(`${service.name} is ${off * 100} % of its budget off the truth`);
  }
  let difference = 0;
  for (const service of services.slice(0, SAMPLED_SLOS)) {
    const budget = budgetOf(budgets, service);
    const ratio = await exactRatio(prometheus, service, budget.window.end);
    difference = Math.max(difference, Math.abs(spentBy(budget) - ratio / (1 - OBJECTIVE)));
  }
  if (!(difference <= 0.001))
    throw new Error(`${difference * 100} % of a budget off the exact ratio`);
  return { seconds, ours, peer, megabytes, difference };
}

function budgetOf(
  budgets: ReadonlyMap<string, BudgetInBrief>,
  service: CountedService,
): BudgetInBrief {
  const budget = budgets.get(`${service.name}/availability`);
  if (budget === undefined) throw new Error(`${service.name} has no budget`);
  return budget;
}

/** Spent, in budgets. */
function spentBy({ total, bad }: { readonly total: number; readonly bad: number }): number {
  return bad / total / (1 - OBJECTIVE);
}

function spentInTruth(service: CountedService, from: number, to: number): number {
  return spentBy(countsBetween(service, from, to));
}

async function exactRatio(
  prometheus: RunningPrometheus,
  { name }: CountedService,
  at: number,
): Promise<number> {
  const [bad, all] = [`${METRIC}{job="${name}",code=~"5.."}`, `${METRIC}{job="${name}"}`];
  const query = `sum(increase(${bad}[${WINDOW_DAYS}d])) / sum(increase(${all}[${WINDOW_DAYS}d]))`;
  const parameters = new URLSearchParams({ query, time: String(at) });
  const response = await fetch(`${prometheus.url}/api/v1/query`, {
    method: 'POST',
    body: parameters,
  });
  const answer = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(answer.data.result[0]?.value[1]);
}

/** Milliseconds of CPU for one, by rounds of twenty. */
async function costOfExactRatio(
  prometheus: RunningPrometheus,
  services: readonly CountedService[],
  until: number,
): Promise<readonly number[]> {
  const costs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = cpuSecondsOf(prometheus.pid);
    const some = services.slice(0, SAMPLED_SLOS);
    for (const service of some) await exactRatio(prometheus, service, until);
    costs.push(((cpuSecondsOf(prometheus.pid) - before) * 1000) / some.length);
  }
  return costs;
}
