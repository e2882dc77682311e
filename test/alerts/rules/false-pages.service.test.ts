// Quiet nights and first hours of healthy services: rules without an evidence gate page there, the generated ones do not.
import { describe, expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../../services/services.ts';
import { randomNumbers } from '../three-judges/scenario.ts';
import { testFile, type TestGroup, testRules } from './promtool.ts';

/** What a service counted by each of its minutes, and failed. */
interface Life {
  readonly name: string;
  readonly total: readonly number[];
  readonly bad: readonly number[];
}

const DAY = 1440;

/** Lives of as many minutes as are given; requests come at random, and fail at random. */
function livesOf(
  count: number,
  minutes: number,
  failing: number,
  requestsAnHour: (minute: number) => number,
): readonly Life[] {
  return Array.from({ length: count }, (_, index): Life => {
    const random = randomNumbers(7 + index);
    const total = Array.from({ length: minutes }, (_, minute) =>
      poisson(requestsAnHour(minute) / 60, random),
    );
    const bad = total.map((events) => {
      let failed = 0;
      for (let event = 0; event < events; event += 1) if (random() < failing) failed += 1;
      return failed;
    });
    return { name: `s${index}`, total, bad };
  });
}

/** Knuth's method; for small means. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let events = 0;
  for (let product = random(); product > limit; product *= random()) events += 1;
  return events;
}

/** How often the two page conditions of the SRE Workbook begin to hold, at least half an hour apart, by ratios alone. */
function pagesWithoutEvidence({ total, bad }: Life): number {
  const [totals, bads] = [total, bad].map((events) => {
    let sum = 0;
    return [0, ...events.map((each) => (sum += each))];
  });
  const ratio = (minute: number, window: number): number => {
    const from = Math.max(0, minute - window);
    const events = (totals?.[minute] ?? 0) - (totals?.[from] ?? 0);
    return events === 0 ? 0 : ((bads?.[minute] ?? 0) - (bads?.[from] ?? 0)) / events;
  };
  let pages = 0;
  let firesUntil = -1;
  for (let minute = 1; minute <= total.length; minute += 1) {
    const holds =
      (ratio(minute, 60) > 0.0144 && ratio(minute, 5) > 0.0144) ||
      (ratio(minute, 360) > 0.006 && ratio(minute, 30) > 0.006);
    if (!holds) continue;
    if (minute > firesUntil) pages += 1;
    firesUntil = minute + 30;
  }
  return pages;
}

const slo = sloOf('availability', {
  objective: '99.9%',
  groupBy: { labels: ['case'], limit: 10_000 },
  sli: prometheusRatio({ total: 'r_total', bad: 'r_total{code=~"5.."}' }),
});

/** promtool holds no more than ten thousand samples at once: an hour of as many lives. */
const LIVES_AT_ONCE = 60;

/** Whether at most so many of all lives paged. */
function pagedAtMost(most: number, lives: readonly Life[], minutes: number): readonly TestGroup[] {
  const groups = Math.ceil(lives.length / LIVES_AT_ONCE);
  return Array.from({ length: groups }, (_, group): TestGroup => {
    const own = lives.slice(group * LIVES_AT_ONCE, (group + 1) * LIVES_AT_ONCE);
    const paged = `count by (case) (last_over_time(ALERTS{alertname="ErrorBudgetBurn",alertstate="firing",severity="page"}[${minutes}m]))`;
    return {
      interval: '1m',
      input_series: own.flatMap(seriesOf),
      promql_expr_test: [
        {
          expr: `(count(${paged}) or vector(0)) <= bool ${most}`,
          eval_time: `${minutes}m`,
          exp_samples: [{ labels: '{}', value: 1 }],
        },
        {
          // The rules do count: without that nothing would page, either.
          expr: `count(ninefold_slo_window_events > ${minutes / 60})`,
          eval_time: `${minutes}m`,
          exp_samples: [{ labels: '{}', value: own.length }],
        },
      ],
    };
  });
}

function seriesOf({ name, total, bad }: Life): TestGroup['input_series'] {
  let [good, failed] = [0, 0];
  const lines = { '200': ['0'], '503': ['_'] };
  total.forEach((events, minute) => {
    failed += bad[minute] ?? 0;
    good += events - (bad[minute] ?? 0);
    lines['200'].push(String(good));
    lines['503'].push(failed === 0 ? '_' : String(failed));
  });
  return Object.entries(lines).map(([code, values]) => ({
    series: `r_total{job="r",instance="${name}",case="${name}",code="${code}"}`,
    values: values.join(' '),
  }));
}

const sum = (lives: readonly Life[], of: (life: Life) => number): number =>
  lives.reduce((all, life) => all + of(life), 0);

/** A day whose night has three hundredths of its mean. */
const nightly = (mean: number) => (minute: number) =>
  mean * (1 - 0.97 * Math.cos((2 * Math.PI * minute) / DAY));

const night = livesOf(20, DAY, 0.001, nightly(100));
const SIX_HOURS = 360;
const young = livesOf(LIVES_AT_ONCE, SIX_HOURS, 0.0005, () => 100);

describe('rules without a gate', () => {
  it('page at night, and soon after they begin', () => {
    expect(sum(night, pagesWithoutEvidence)).toBeGreaterThan(3);
    expect(sum(young, pagesWithoutEvidence)).toBeGreaterThan(young.length * 0.05);
  });
});

describeWithService(['promtool'], 'the generated rules', () => {
  const { files, services } = generatePrometheusRules([slo], { target: '3.15', firstDay: false });
  const rules = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  const order = services.flatMap(({ groups }) => groups.map(({ name }) => name));
  const judged = (groups: readonly TestGroup[]): string => {
    const test = testFile(Object.keys(rules), order, groups);
    const { passes, output } = testRules('3.15', { ...rules, 'test.json': test }, 'test.json');
    return passes ? '' : output.slice(0, 3000);
  };

  it('page nobody in twenty days with quiet nights, at the failures that are allowed', () => {
    expect(judged(pagedAtMost(0, night, DAY))).toBe('');
  }, 600_000);

  it('page nobody in the first six hours of a healthy service', () => {
    expect(judged(pagedAtMost(0, young, SIX_HOURS))).toBe('');
  }, 600_000);
});
