// Pages of long windows, decided every two minutes: the three judges agree on them, within the bound that the rules state.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  generatePrometheusRules,
  type ServiceRules,
} from '../../../alerts/rules/prometheus-rules.ts';
import { formatRuleFile } from '../../../alerts/rules/rule-file.ts';
import type { Rule } from '../../../alerts/rules/rule.ts';
import type { Condition } from '../../../slo/burn-policy.ts';
import { formatDuration } from '../../../slo/duration.ts';
import { instanceId } from '../../../slo/instance.ts';
import { ALERTS, RULE_SERIES } from '../../../slo/names.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../slo/slo.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../../services/services.ts';
import { testFile, type TestGroup, testRules, VERSIONS } from '../rules/promtool.ts';
import { judgeByArithmetic, type JudgeOptions } from './arithmetic-judge.ts';
import { judgeByCollector } from './collector-judge.ts';
import { END_SECONDS, GRID_SECONDS, scenarioPlan, seriesOf } from './scenario.ts';

const TICK_SECONDS = 30;
const SLOW_SECONDS = 120;

/** Until what was decided is a page: the next evaluation of the slow group, and that of the page's own. */
const BOUND_SECONDS = SLOW_SECONDS + TICK_SECONDS;

const slo = sloOf('slow-pages', {
  window: '2h',
  objective: '99.9%',
  groupBy: { labels: ['case'], limit: 10_000 },
  sli: prometheusRatio({ total: 'f_total', bad: 'f_total{code=~"5.."}' }),
  burnPolicy: {
    conditions: [
      { longWindow: '10m', shortWindow: '2m', burnRate: '144', severity: 'page' },
      { longWindow: '1h', shortWindow: '30m', burnRate: '6', severity: 'page' },
    ],
    keepFiring: { page: '0s', ticket: '0s' },
  },
});

function isSlow({ shortWindow }: Condition): boolean {
  return shortWindow >= 1800;
}

const HOW: JudgeOptions = {
  slo,
  tickSeconds: TICK_SECONDS,
  settleSeconds: 10,
  untilSeconds: END_SECONDS,
};

/** The slow group comes after the other: what it decides is read half a minute later. */
function decidedAt(condition: Condition, now: number): number {
  return isSlow(condition) ? Math.floor((now - TICK_SECONDS) / SLOW_SECONDS) * SLOW_SECONDS : now;
}

const cases = fc.sample(scenarioPlan, { seed: 20_260_802, numRuns: 120 }).map((plan, index) => {
  const name = `c${index}`;
  const series = seriesOf(plan, true);
  return {
    name,
    series,
    hasGap: plan.some(({ gap }) => gap !== undefined),
    scraped: series.map(({ labels, samples }) => ({
      labels: {
        __name__: 'f_total',
        job: 'f',
        ...labels,
        instance: `${name}-${labels['instance'] ?? ''}`,
        case: name,
      },
      samples,
    })),
    atOnce: judgeByArithmetic(series, HOW).firing.page,
    bySteps: judgeByArithmetic(series, { ...HOW, decidedAt }).firing.page,
  };
});

/** The SLO with some of its conditions. */
function only(isWanted: (condition: Condition) => boolean): Slo {
  const { burnPolicy } = slo;
  return {
    ...slo,
    burnPolicy: { ...burnPolicy, conditions: burnPolicy.conditions.filter(isWanted) },
  };
}

/** The evaluations of the last two and a half minutes. */
function lately(time: number): readonly number[] {
  return Array.from(
    { length: BOUND_SECONDS / TICK_SECONDS + 1 },
    (_, back) => time - back * TICK_SECONDS,
  );
}

describe('pages of long windows', () => {
  it('are among the scenarios, many of them decided by these windows alone', () => {
    const fast = only((condition) => !isSlow(condition));
    const slowOnly = cases.filter(({ series, atOnce }) => {
      const { page } = judgeByArithmetic(series, { ...HOW, slo: fast }).firing;
      return atOnce.length > page.length;
    });
    expect(slowOnly.length).toBeGreaterThan(cases.length / 10);
  });

  it('fire two and a half minutes after their condition at the latest, and that long after it at most', () => {
    const slow = only(isSlow);
    for (const { name, series, atOnce, bySteps } of cases) {
      const holding = judgeByArithmetic(series, { ...HOW, slo: slow }).firing.page;
      const long = holding.filter((time) => lately(time).every((each) => holding.includes(each)));
      expect(
        long.filter((time) => !bySteps.includes(time)),
        name,
      ).toEqual([]);
      for (const time of bySteps)
        expect(
          lately(time).some((before) => atOnce.includes(before)),
          `${name} at ${time} s`,
        ).toBe(true);
    }
  });

  it('are those of the collector, too', () => {
    const complete = cases.filter(({ hasGap }) => !hasGap);
    const verdict = judgeByCollector(
      slo,
      complete.flatMap(({ scraped }) => scraped),
      TICK_SECONDS,
    );
    for (const { name, series } of complete) {
      const { page } = judgeByArithmetic(series, { ...HOW, settleSeconds: 0 }).firing;
      const began = page.filter((time, at) => time - (page[at - 1] ?? -Infinity) > TICK_SECONDS);
      expect(verdict.began(instanceId(slo.id, { case: name }), 'page'), name).toEqual(began);
    }
  });
});

describeWithService(
  ['promtool', 'promtool-2.42'],
  'pages of long windows by the generated rules',
  () => {
    it.each(VERSIONS)(
      'fire at the evaluation after their decision: %s',
      (target) => {
        const { services } = generatePrometheusRules([slo], { target, firstDay: false });
        const rules = services
          .map(({ groups }) => formatRuleFile('', groups.map(everyTwoMinutes)))
          .join('');
        const order = services.flatMap(({ groups }) => groups.map(({ name }) => name));
        // The old promtool is several times as slow.
        const own = cases.slice(0, target === '2.42' ? CASES_AT_ONCE : cases.length);
        const test = testFile(['rules.yaml'], order, chunksOf(own).map(groupOf));
        const { passes, output } = testRules(
          target,
          { 'rules.yaml': rules, 'test.json': test },
          'test.json',
        );
        expect(passes ? '' : output.slice(0, 3000)).toBe('');
      },
      300_000,
    );
  },
);

/** promtool holds no more than ten thousand samples at once. */
const CASES_AT_ONCE = 30;

function chunksOf(all: readonly Case[]): readonly (readonly Case[])[] {
  return Array.from({ length: Math.ceil(all.length / CASES_AT_ONCE) }, (_, index) =>
    all.slice(index * CASES_AT_ONCE, (index + 1) * CASES_AT_ONCE),
  );
}

/** How often each page has fired by every tenth minute. */
function groupOf(all: readonly Case[]): TestGroup {
  const firing = `ALERTS{alertname="${ALERTS.burn}",alertstate="firing",severity="page"}`;
  return {
    interval: `${GRID_SECONDS}s`,
    input_series: all.flatMap(({ scraped }) =>
      scraped.map(({ labels: { __name__: metric, ...labels }, samples }) => ({
        series: `${metric}{${Object.entries(labels)
          .map(([label, value]) => `${label}="${value}"`)
          .join(',')}}`,
        values: samples.join(' '),
      })),
    ),
    promql_expr_test: Array.from(
      { length: END_SECONDS / 600 },
      (_, index) => (index + 1) * 600,
    ).map((until) => ({
      expr: `sum by (case) (count_over_time(${firing}[3h]))`,
      eval_time: formatDuration(until),
      exp_samples: all.flatMap(({ name, bySteps }) => {
        const value = bySteps.filter((time) => time <= until).length;
        return value === 0 ? [] : [{ labels: `{case="${name}"}`, value }];
      }),
    })),
  };
}

type Case = (typeof cases)[number];

type Group = ServiceRules['groups'][number];

/** promtool evaluates every group every 30 s: what a slow group decides stands for two minutes, as its last sample would. */
function everyTwoMinutes(group: Group): Group {
  if (group.intervalSeconds !== SLOW_SECONDS) return group;
  const isTime = `on () (vector(time()) % ${SLOW_SECONDS} == 0)`;
  return {
    ...group,
    rules: group.rules.map((rule): Rule => {
      if (!('record' in rule) || rule.record !== RULE_SERIES.burning) return rule;
      const kept = `${rule.record}{slo="${slo.id}",pace="slow"} offset ${TICK_SECONDS}s`;
      return { ...rule, expr: `(${rule.expr}) and ${isTime}\nor ${kept} unless ${isTime}` };
    }),
  };
}
