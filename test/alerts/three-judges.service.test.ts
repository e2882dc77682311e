// One scenario, three judges: the arithmetic, the collector and the generated rules in Prometheus say the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePrometheusRules } from '../../alerts/rules/prometheus-rules.ts';
import { FEWEST_SHARING } from '../../alerts/rules/slo-family.ts';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import type { SloInput } from '../../slo/define-slo.ts';
import { formatDuration } from '../../slo/duration.ts';
import { instanceId } from '../../slo/instance.ts';
import { prometheusLatency } from '../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../slo/slo.ts';
import { sloOf } from '../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../services/services.ts';
import { checkRules, testFile, type TestGroup, testRules, VERSIONS } from './rules/promtool.ts';
import { type ArithmeticVerdict, judgeByArithmetic } from './three-judges/arithmetic-judge.ts';
import { judgeByCollector, type ScrapedSeries } from './three-judges/collector-judge.ts';
import {
  END_SECONDS,
  GRID_SECONDS,
  type Sample,
  scenarioPlan,
  type ScenarioSeries,
  seriesOf,
} from './three-judges/scenario.ts';

const TICK_SECONDS = 30;
const SETTLE_SECONDS = 10;
const ALL = process.env['NINEFOLD_TEST_SCENARIOS'] !== undefined;
const SCENARIOS = Number(process.env['NINEFOLD_TEST_SCENARIOS'] ?? 1000);

const policy: Partial<SloInput> = {
  window: '1h',
  groupBy: { labels: ['case'], limit: 10_000 },
  burnPolicy: {
    conditions: [
      { longWindow: '10m', shortWindow: '2m', burnRate: '14.4', severity: 'page' },
      { longWindow: '25m', shortWindow: '10m', burnRate: '2', severity: 'ticket' },
    ],
    keepFiring: { page: '3m', ticket: '0s' },
  },
};

/** Each way of counting, with the series that stand for a scenario's. */
interface Way {
  readonly slo: Slo;
  readonly withBirths: boolean;
  scraped(series: readonly ScenarioSeries[]): readonly ScrapedSeries[];
}

const plain =
  (metric: string) =>
  (series: readonly ScenarioSeries[]): readonly ScrapedSeries[] =>
    series.map(({ labels, samples }) => ({
      labels: { __name__: metric, job: metric, ...labels },
      samples,
    }));

const alone: readonly Way[] = [
  {
    slo: sloOf('failures', {
      ...policy,
      objective: '99.9%',
      sli: prometheusRatio({ total: 'f_total', bad: 'f_total{code=~"5.."}' }),
    }),
    withBirths: true,
    scraped: plain('f_total'),
  },
  {
    slo: sloOf('successes', {
      ...policy,
      objective: '99.5%',
      sli: prometheusRatio({ total: 's_total', good: 's_total{code!~"5.."}' }),
    }),
    withBirths: true,
    scraped: plain('s_total'),
  },
  {
    slo: sloOf('latency', {
      ...policy,
      objective: '99%',
      sli: prometheusLatency({ histogram: 'l_seconds', atMost: '1s' }),
    }),
    withBirths: false,
    scraped: (series) => series.flatMap(({ target }) => histogram(series, target)),
  },
];

/** SLOs that share their rules: one a route, of processes that serve several routes. */
const routes: readonly Way[] = Array.from({ length: FEWEST_SHARING }, (_, index) => {
  const route = `r${index}`;
  return {
    slo: sloOf(`route-${route}`, {
      ...policy,
      objective: '99.9%',
      sli: prometheusRatio({
        total: `m_total{route="${route}"}`,
        bad: `m_total{route="${route}",code=~"5.."}`,
      }),
    }),
    withBirths: true,
    scraped: (series) =>
      plain('m_total')(series).map(({ labels, samples }) => ({
        labels: { ...labels, route },
        samples,
      })),
  };
});

/** A histogram whose fast observations are the good ones; Prometheus 2 and 3 spell its bound differently. */
function histogram(all: readonly ScenarioSeries[], target: string): readonly ScrapedSeries[] {
  const own = all.filter((series) => series.target === target);
  const good = own.find(({ isBad }) => !isBad);
  const bad = own.find(({ isBad }) => isBad);
  if (all.find((series) => series.target === target) !== own[0] || good === undefined) return [];
  const count = good.samples.map((sample, at): Sample => {
    const slow = bad?.samples[at];
    return typeof sample === 'number' ? sample + (typeof slow === 'number' ? slow : 0) : sample;
  });
  const le = target === 'i0' ? '1' : '1.0';
  const labels = { job: 'l', instance: target };
  return [
    { labels: { __name__: 'l_seconds_count', ...labels }, samples: count },
    { labels: { __name__: 'l_seconds_bucket', ...labels, le }, samples: good.samples },
    { labels: { __name__: 'l_seconds_bucket', ...labels, le: '0.5' }, samples: good.samples },
    { labels: { __name__: 'l_seconds_bucket', ...labels, le: '+Inf' }, samples: count },
  ];
}

const ways: readonly Way[] = [...alone, ...routes];

const HOW = {
  tickSeconds: TICK_SECONDS,
  settleSeconds: SETTLE_SECONDS,
  untilSeconds: END_SECONDS,
};

interface Case {
  readonly way: Way;
  readonly name: string;
  readonly series: readonly ScenarioSeries[];
  readonly scraped: readonly ScrapedSeries[];
  readonly hasGap: boolean;
  readonly truth: ArithmeticVerdict;
}

const cases: readonly Case[] = fc
  .sample(scenarioPlan, { seed: 20_260_801, numRuns: SCENARIOS })
  .flatMap((plan, index) => {
    // Every fourth belongs to a route, and each two of these to different routes of the same processes.
    const turn = Math.floor(index / 4);
    const way = index % 4 === 3 ? routes[turn % routes.length] : alone[index % 4];
    if (way === undefined) return [];
    const series = seriesOf(plan, way.withBirths);
    const name = `c${index}`;
    const process = index % 4 === 3 ? `p${Math.floor(turn / 2)}` : name;
    const distinct = way.scraped(series).map(({ labels, samples }) => ({
      labels: { ...labels, instance: `${process}-${labels['instance'] ?? ''}`, case: name },
      samples,
    }));
    const truth = judgeByArithmetic(series, { ...HOW, slo: way.slo });
    const hasGap = plan.some(({ gap }) => gap !== undefined);
    return [{ way, name, series, hasGap, scraped: uniqueSeries(distinct), truth }];
  });

function uniqueSeries(series: readonly ScrapedSeries[]): readonly ScrapedSeries[] {
  return [...new Map(series.map((each) => [JSON.stringify(each.labels), each])).values()];
}

/** The compliance window has passed by the second. */
const LOOKED_AT = [1200, 3600, 4200, END_SECONDS];

describe('the scenarios', () => {
  it('are of all kinds: with pages, tickets, neither, restarts, late series, silence', () => {
    const paging = cases.filter(({ truth }) => truth.firing.page.length > 0).length;
    const ticketing = cases.filter(({ truth }) => truth.firing.ticket.length > 0).length;
    expect(paging).toBeGreaterThan(SCENARIOS / 10);
    expect(ticketing).toBeGreaterThan(SCENARIOS / 10);
    expect(cases.length - ticketing).toBeGreaterThan(SCENARIOS / 10);
  });
});

describe('the collector', () => {
  it.each(ways)('counts what the arithmetic counts, and pages when it does: $slo.id', (way) => {
    const own = cases.filter((each) => each.way === way);
    const verdict = judgeByCollector(
      way.slo,
      own.flatMap(({ scraped }) => scraped),
      TICK_SECONDS,
    );
    const farApart: string[] = [];
    for (const { name, series, hasGap, truth } of own) {
      const instance = instanceId(way.slo.id, { case: name });
      expect(verdict.counts(instance, 0, END_SECONDS), name).toEqual(truth.counts(0, END_SECONDS));
      // What a stretch without scrapes held, the collector spreads over it; the others know when they saw it.
      if (hasGap) continue;
      for (const at of LOOKED_AT)
        expect(verdict.budgetRemaining(instance, at), `${name} at ${at} s`).toBe(
          truth.budgetRemaining(at),
        );
      // The collector judges what has come, rules what had come ten seconds ago.
      const atOnce = judgeByArithmetic(series, { ...HOW, slo: way.slo, settleSeconds: 0 });
      for (const severity of SEVERITIES) {
        const began = verdict.began(instance, severity);
        expect(began, `${name}: ${severity}`).toEqual(beginnings(atOnce.firing[severity]));
        const ruled = truth.firing[severity][0] ?? END_SECONDS;
        if (Math.abs((began[0] ?? END_SECONDS) - ruled) > LATEST_SECONDS) farApart.push(name);
      }
    }
    // Where a condition holds for a single scrape only one of them may see it.
    expect(farApart.length).toBeLessThanOrEqual(own.length / 50);
  });
});

/** One scrape of a minute and one evaluation. */
const LATEST_SECONDS = 60 + TICK_SECONDS;

/** The first of every run of evaluations. */
function beginnings(times: readonly number[]): readonly number[] {
  return times.filter((time, index) => time - (times[index - 1] ?? -Infinity) > TICK_SECONDS);
}

describeWithService(['promtool', 'promtool-2.42'], 'the generated rules', () => {
  it.each(VERSIONS)(
    'count and fire as the arithmetic does, evaluation by evaluation: %s',
    (target) => {
      const { files, services } = generatePrometheusRules(
        ways.map(({ slo }) => slo),
        { target, firstDay: false },
      );
      expect(services.map(({ service, sourceIds }) => [service, sourceIds.length])).toEqual([
        ['shop', alone.length],
        [expect.stringMatching(/^shared\.m-total-[0-9a-f]{8}$/), routes.length],
      ]);
      const order = services.flatMap(({ groups }) => groups.map(({ name }) => name));
      const rules = Object.fromEntries(files.map(({ path, text }) => [path, text]));
      expect(checkRules(target, rules).output).toContain('SUCCESS');
      // Each version judges its share, the old one a third; asked for a number of scenarios, both judge all.
      const own = ALL
        ? cases
        : cases.filter((_, index) => (index % 3 === 0) === (target === '2.42'));
      const test = testFile(Object.keys(rules), order, chunksOf(own).map(groupOf));
      const { passes, output } = testRules(target, { ...rules, 'test.json': test }, 'test.json');
      expect(passes ? '' : output.slice(0, 3000)).toBe('');
    },
    ALL ? 1_200_000 : 300_000,
  );
});

/** promtool holds no more than ten thousand samples at once. */
const CASES_AT_ONCE = 190;

function chunksOf(all: readonly Case[]): readonly (readonly Case[])[] {
  return Array.from({ length: Math.ceil(all.length / CASES_AT_ONCE) }, (_, index) =>
    all.slice(index * CASES_AT_ONCE, (index + 1) * CASES_AT_ONCE),
  );
}

/**
 * Goes on all the time beside the cases of each SLI: while nothing of an SLI is measured its alerts stay as they are, and a
 * case that falls silent alone would be judged by that.
 */
const NEIGHBOUR: readonly ScrapedSeries[] = ways.flatMap((way) =>
  way
    .scraped(
      [false, true].map((isBad) => ({
        labels: { code: isBad ? '500' : '200', instance: 'i0' },
        target: 'i0',
        isBad,
        samples: Array.from({ length: END_SECONDS / GRID_SECONDS + 1 }, (_, at) =>
          isBad ? 0 : at,
        ),
      })),
    )
    .map(({ labels, samples }) => ({
      labels: { ...labels, instance: 'neighbour', case: 'neighbour' },
      samples,
    })),
);

function groupOf(all: readonly Case[]): TestGroup {
  const tests = ways.flatMap(({ slo }) => {
    const of = `slo="${slo.id}",case!="neighbour"`;
    const own = all.filter((each) => each.way.slo === slo);
    const expected = (
      expr: string,
      seconds: number,
      value: (each: Case) => number | undefined,
    ): TestGroup['promql_expr_test'][number] => ({
      expr: `sum by (case) (${expr})`,
      eval_time: formatDuration(seconds),
      exp_samples: own.flatMap((each) => {
        const number = value(each);
        return number === undefined ? [] : [{ labels: `{case="${each.name}"}`, value: number }];
      }),
    });
    return [
      ...LOOKED_AT.flatMap((at) => [
        expected(
          `ninefold_slo_window_events{${of}} > 0`,
          at,
          ({ truth }) =>
            truth.counts(at - SETTLE_SECONDS - 3600, at - SETTLE_SECONDS).total || undefined,
        ),
        expected(`ninefold_slo_error_budget_remaining_ratio{${of}}`, at, ({ truth }) =>
          truth.budgetRemaining(at - SETTLE_SECONDS),
        ),
      ]),
      ...SEVERITIES.map((severity) =>
        expected(
          `count_over_time(ALERTS{alertname="ErrorBudgetBurn",${of},alertstate="firing",severity="${severity}"}[3h])`,
          END_SECONDS,
          ({ truth }) => truth.firing[severity].length || undefined,
        ),
      ),
    ];
  });
  return {
    interval: `${GRID_SECONDS}s`,
    input_series: [...all.flatMap(({ scraped }) => scraped), ...NEIGHBOUR].map(
      ({ labels: { __name__: metric, ...labels }, samples }) => ({
        series: `${metric ?? ''}{${Object.entries(labels)
          .map(([label, value]) => `${label}="${value}"`)
          .join(',')}}`,
        values: samples.join(' '),
      }),
    ),
    promql_expr_test: tests,
  };
}
