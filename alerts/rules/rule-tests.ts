// Tests for `promtool test rules`, made from scenarios, so that a user's own CI proves the rules it loads.
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { expectedAlerts } from './expected-alerts.ts';
import type { PrometheusRules, RulesFile, RulesNote } from './prometheus-rules.ts';
import { quoted } from './rule-file.ts';
import { type Scenario, SCENARIOS } from './rule-scenario.ts';
import { sampleSeries, type SampleSeries, type Share } from './sample-series.ts';
import { TILE_SECONDS } from './tile.ts';

export interface RuleTests {
  readonly files: readonly RulesFile[];
  readonly notes: readonly RulesNote[];
}

/** One test file for each file of rules, to be kept beside it: `checkout.rules.test.yaml`. */
export function generateRuleTests(slos: readonly Slo[], rules: PrometheusRules): RuleTests {
  const notes: RulesNote[] = [];
  const files = rules.services.flatMap(({ service, groups, sourceIds }) => {
    let tests = '';
    const tested: string[] = [];
    for (const slo of slos) {
      if (!sourceIds.includes(slo.id)) continue;
      const series = seriesFor(slo);
      if (series === undefined) notes.push({ slo: slo.id, severity: 'info', reason: NO_SERIES });
      else {
        tested.push(slo.id);
        tests += SCENARIOS.map((scenario) => testOf(slo, series, scenario)).join('');
      }
    }
    if (tests === '') return [];
    const order = groups.map(({ name }) => `  - ${quoted(name)}\n`).join('');
    const head =
      `# Made by ninefold from SLO definitions: promtool test rules ${service}.rules.test.yaml\n` +
      `rule_files:\n  - ${service}.rules.yaml\nevaluation_interval: ${TILE_SECONDS}s\ngroup_eval_order:\n${order}tests:\n`;
    return [{ path: `${service}.rules.test.yaml`, text: head + tests, sourceIds: tested }];
  });
  return { files, notes };
}

const NO_SERIES =
  'Its rules have no generated test: no series could be made up that its queries would take.';

function seriesFor({ sli, groupBy }: Slo): readonly SampleSeries[] | undefined {
  return sli.form.form === 'counters' ? sampleSeries(sli.form, groupBy?.labels ?? []) : undefined;
}

function testOf(slo: Slo, series: readonly SampleSeries[], scenario: Scenario): string {
  const { firing, counted } = expectedAlerts(slo, scenario);
  const end = scenario.steps.length * TILE_SECONDS;
  const own = `slo="${slo.id}"`;
  const checks = SEVERITIES.filter((severity) =>
    slo.burnPolicy.conditions.some((condition) => condition.severity === severity),
  ).flatMap((severity) => {
    const expr = `count(ALERTS{alertname="${ALERTS.burn}",${own},severity="${severity}",alertstate="firing"}) or vector(0)`;
    return checkedAt(firing[severity]).map((index) =>
      checkOf(expr, index * TILE_SECONDS, firing[severity][index] === true ? 1 : 0),
    );
  });
  return [
    `  - name: ${quoted(`${slo.id}: ${scenario.name}`)}\n    interval: ${TILE_SECONDS}s\n    input_series:\n`,
    ...series.map(({ labels, share }) => seriesText(labels, valuesOf(scenario, share))),
    '    promql_expr_test:\n',
    ...checks,
    checkOf(`sum(${RULE_SERIES.total}{${own}})`, end, counted.total),
    checkOf(`sum(${RULE_SERIES.bad}{${own}})`, end, counted.bad),
  ].join('');
}

/** Evaluations between two that are looked at, and for how many around them nothing may change. */
const LOOK_EVERY = 10;
const CALM = 3;

/** A page is looked at as it begins and ends; elsewhere where increase(), which fills long windows up, decides nothing. */
function checkedAt(firing: readonly boolean[]): readonly number[] {
  return firing.flatMap((state, index) =>
    index >= CALM &&
    index % LOOK_EVERY === 0 &&
    firing.slice(index - CALM, index + CALM + 1).every((other) => other === state)
      ? [index]
      : [],
  );
}

function checkOf(expr: string, seconds: number, value: number): string {
  return (
    `      - expr: ${quoted(expr)}\n        eval_time: ${formatDuration(seconds)}\n` +
    `        exp_samples:\n          - labels: "{}"\n            value: ${value}\n`
  );
}

function seriesText(labels: SampleSeries['labels'], values: string): string {
  const { __name__: metric = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `      - series: ${quoted(`${metric}{${pairs.join(',')}}`)}\n        values: ${quoted(values)}\n`;
}

/** The counter as it is scraped at every step, in promtool's notation. */
function valuesOf({ steps, restartAt, bornLate }: Scenario, share: Share): string {
  let count = 0;
  let isBorn = bornLate !== true || share !== 'bad';
  let ended = false;
  const values = steps.map((step, index) => {
    if (step === undefined) {
      const mark = ended || !isBorn ? '_' : 'stale';
      ended = true;
      return mark;
    }
    if (index === restartAt) count = 0;
    if (index > 0) count += eventsOf(step, share);
    isBorn ||= count > 0;
    return isBorn ? String(count) : '_';
  });
  return shortened(values);
}

function eventsOf(step: { readonly total: number; readonly bad: number }, share: Share): number {
  return share === 'all' ? step.total : share === 'bad' ? step.bad : step.total - step.bad;
}

/** Runs of equal differences as `start+step x count`, runs of nothing as `_x count`. */
function shortened(values: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length;) {
    const start = values[at] ?? '';
    const by = Number(values[at + 1]) - Number(start);
    const more = isNumber(start)
      ? runLength(
          values,
          at,
          (from, to) => by >= 0 && isNumber(to) && Number(to) - Number(from) === by,
        )
      : runLength(values, at, (from, to) => from === '_' && to === '_');
    if (more === 0) parts.push(start);
    else parts.push(isNumber(start) ? `${start}+${by}x${more}` : `_x${more + 1}`);
    at += more + 1;
  }
  return parts.join(' ');
}

/** How many values after the one at `at` go on with its run. */
function runLength(
  values: readonly string[],
  at: number,
  goesOn: (from: string, to: string) => boolean,
): number {
  let end = at;
  while (end + 1 < values.length && goesOn(values[end] ?? '', values[end + 1] ?? '')) end += 1;
  return end - at;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d/.test(text);
}
