// What is wrong with rules of Sloth's shape, shown on them and shown absent in ours, on the same samples in promtool.
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { countedServices, counterSlos } from '../../../bench/counted-services.ts';
import { slothShapedGroups } from '../../../bench/sloth-rules.ts';
import { describeWithService } from '../../services/services.ts';
import { checkRules, testFile, type TestGroup, testRules, VERSIONS } from './promtool.ts';

const JOB = 'svc-0000';
const ok = `http_requests_total{job="${JOB}",instance="a",code="200"}`;
const failed = `http_requests_total{job="${JOB}",instance="a",code="500"}`;

interface Defect {
  readonly name: string;
  readonly series: TestGroup['input_series'];
  readonly at: string;
  /** Bad ÷ all events of the whole window, as the samples tell it. */
  readonly truth: number;
}

const defects: readonly Defect[] = [
  {
    name: 'twenty minutes without traffic leave the budget unknown for a month',
    series: [
      { series: ok, values: '0+100x20 2000x40 2000+100x60' },
      { series: failed, values: '0+1x20 20x40 20+1x60' },
    ],
    at: '59m30s',
    truth: 78 / 7878,
  },
  {
    name: 'an error series born late counts as if it had always been so',
    series: [
      { series: ok, values: '0+50x320' },
      { series: failed, values: '_x240 5+5x9 50x70' },
    ],
    at: '2h35m',
    truth: 50 / (309 * 50 + 50),
  },
  {
    name: 'a quiet night weighs as much as a busy day',
    series: [
      { series: ok, values: '0+500x120 60000+3x60' },
      { series: failed, values: '0x120 0+3x60' },
    ],
    at: '1h30m',
    truth: (3 * 58) / (60_000 + 6 * 58),
  },
  {
    name: 'a label that was edited collides with its former self',
    series: [
      { series: ok, values: '0+100x130' },
      { series: failed, values: '0+1x130' },
      {
        series: `slo:sli_error:ratio_rate5m{slo_id="${JOB}-availability",slo_service="${JOB}",slo_name="availability",slo_window="5m",tier="old"}`,
        values: '0.5x60 stale',
      },
      {
        series: `ninefold_slo_window_events{slo="${JOB}/availability",service="${JOB}",tier="old"}`,
        values: '7x60 stale',
      },
    ],
    at: '1h',
    truth: 1 / 101,
  },
];

describeWithService(['promtool', 'promtool-2.42'], 'of the defects of Sloth’s shape', () => {
  const cases = VERSIONS.flatMap((version) => defects.map((defect) => ({ version, ...defect })));
  it.each(cases)('$name, and not in ours: $version', ({ version, series, at, truth }) => {
    const slos = counterSlos(countedServices(1));
    const { files, services } = generatePrometheusRules(slos, { target: version, firstDay: false });
    const ours = Object.fromEntries(files.map(({ path, text }) => [path, text]));
    const order = services.flatMap(({ groups }) => groups.map(({ name }) => name));
    const sloth = { 'sloth.yaml': JSON.stringify({ groups: slothShapedGroups(JOB) }) };
    expect(checkRules(version, sloth).passes).toBe(true);
    /** Whether the rules say the truth to a part in a million; without an answer they do not. */
    const tells = (
      files: Readonly<Record<string, string>>,
      expr: string,
      groups: readonly string[],
    ) => {
      const test = testFile(Object.keys(files), groups, [
        {
          interval: '30s',
          input_series: series,
          promql_expr_test: [
            {
              expr: `abs(sum(${expr}) - ${truth}) < bool ${truth} * 1e-6`,
              eval_time: at,
              exp_samples: [{ labels: '{}', value: 1 }],
            },
          ],
        },
      ]);
      return testRules(version, { ...files, 'test.json': test }, 'test.json');
    };
    const own = tells(ours, `1 - ninefold_slo_sli_ratio{team="bench",tier="standard"}`, order);
    expect(own.output).toContain('SUCCESS');
    const peers = slothShapedGroups(JOB).map(({ name }) => name);
    expect(tells(sloth, 'slo:sli_error:ratio_rate30d', peers).passes).toBe(false);
  });
});

describeWithService(['promtool', 'promtool-2.42'], 'a condition that nothing can reach', () => {
  it('has no rule, and its author is told', () => {
    const [slo] = counterSlos(countedServices(1));
    if (slo === undefined) throw new Error('there is no SLO');
    const lax = {
      ...slo,
      objective: { text: '90%', target: { num: 9, den: 10 }, budget: { num: 1, den: 10 } },
    };
    const { files, notes } = generatePrometheusRules([lax], { target: '3.15' });
    expect(notes.map(({ severity, reason }) => `${severity}: ${reason}`)).toEqual([
      'warning: Even when all events fail, 1h/5m never burns 14.4 times too fast: 90% allows at most 10. The pair is left out; raise the objective or lower its burn rate.',
    ]);
    expect(files[0]?.text).not.toMatch(/window="5m"\} \* \d+ > /);
  });
});
