// Tests for `promtool test rules`, made from scenarios, so that a user's own CI proves the rules it loads.
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { GaugeForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import { expectedAlerts } from './expected-alerts.ts';
import {
  gaugeScenarios,
  type GaugeState,
  gaugeSteps,
  type SampleGauge,
  sampleGauge,
} from './gauge-scenario.ts';
import type { PrometheusRules, RulesFile, RulesNote } from './prometheus-rules.ts';
import type { PrometheusTarget } from './prometheus-target.ts';
import { quoted } from './rule-file.ts';
import { calendarEdge, type Scenario, SCENARIOS } from './rule-scenario.ts';
import { type Labels, sampleSeries, type Share } from './sample-series.ts';
import { TILE_SECONDS } from './tile.ts';

export interface RuleTests {
  readonly files: readonly RulesFile[];
  readonly notes: readonly RulesNote[];
}

/** One test file for each file of rules, to be kept beside it: `checkout.rules.test.yaml`. */
export function generateRuleTests(slos: readonly Slo[], rules: PrometheusRules): RuleTests {
  const notes: RulesNote[] = [];
  const byId = new Map(slos.map((slo) => [slo.id, slo]));
  const files = rules.services.flatMap(({ service, isShared, groups, sourceIds }) => {
    let tests = '';
    const tested: string[] = [];
    // What the SLOs of a family have in common is proved by one of them.
    const ids = isShared ? sourceIds.slice(-1) : sourceIds;
    for (const slo of ids.map((id) => byId.get(id))) {
      if (slo === undefined) continue;
      const cases = casesOf(slo, rules.target);
      if (cases.length === 0) notes.push({ slo: slo.id, severity: 'info', reason: NO_SERIES });
      else tested.push(slo.id);
      tests += cases.map((each) => testOf(slo, each)).join('');
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

/** A scenario with the series that tell it. */
interface TestCase {
  readonly scenario: Scenario;
  readonly series: readonly { readonly labels: Labels; readonly values: string }[];
}

function casesOf(slo: Slo, target: PrometheusTarget): readonly TestCase[] {
  const groups = slo.groupBy?.labels ?? [];
  const { form } = slo.sli;
  if (form.form === 'gauge') return gaugeCases(form, groups);
  if (form.form !== 'counters') return [];
  const series = sampleSeries(form, groups);
  if (series === undefined) return [];
  return [...SCENARIOS, ...calendarEdges(slo, target)].map((scenario) => ({
    scenario,
    series: series.map(({ labels, share }) => ({ labels, values: valuesOf(scenario, share) })),
  }));
}

/** An older promtool begins every test in 1970, far from the clocks that the rules know. */
function calendarEdges({ window }: Slo, target: PrometheusTarget): readonly Scenario[] {
  return window.kind === 'rolling' || target !== '3.15' ? [] : [calendarEdge(window)];
}

function gaugeCases(form: GaugeForm, groups: readonly string[]): readonly TestCase[] {
  const sample = sampleGauge(form, groups);
  if (sample === undefined) return [];
  return gaugeScenarios(form.sliceSeconds).map(({ name, states }) => ({
    scenario: { name, steps: gaugeSteps(states, form.sliceSeconds) },
    series: [{ labels: sample.labels, values: gaugeValues(states, sample) }],
  }));
}

function testOf(slo: Slo, { scenario, series }: TestCase): string {
  const expected = expectedAlerts(slo, scenario);
  const { firing } = expected;
  const last = scenario.steps.length;
  const own = `slo="${slo.id}"`;
  const checks = SEVERITIES.filter((severity) =>
    slo.burnPolicy.conditions.some((condition) => condition.severity === severity),
  ).flatMap((severity) => {
    const expr = `count(ALERTS{alertname="${ALERTS.burn}",${own},severity="${severity}",alertstate="firing"}) or vector(0)`;
    return checkedAt(firing[severity]).map((index) =>
      checkOf(expr, index * TILE_SECONDS, firing[severity][index] === true ? 1 : 0),
    );
  });
  const { start, edgeAt } = scenario;
  return [
    `  - name: ${quoted(`${slo.id}: ${scenario.name}`)}\n    interval: ${TILE_SECONDS}s\n`,
    start === undefined ? '' : `    start_timestamp: ${new Date(start * 1000).toISOString()}\n`,
    '    input_series:\n',
    ...series.map(({ labels, values }) => seriesText(labels, values)),
    '    promql_expr_test:\n',
    ...checks,
    checkOf(
      `sum(${RULE_SERIES.total}{${own}})`,
      last * TILE_SECONDS,
      expected.countedBy(last).total,
    ),
    checkOf(`sum(${RULE_SERIES.bad}{${own}})`, last * TILE_SECONDS, expected.countedBy(last).bad),
    ...(edgeAt === undefined
      ? []
      : [edgeAt, last].map((index) => {
          const before = index === edgeAt ? 0 : expected.countedBy(edgeAt).total;
          const expr = `sum(${SERIES.total}{${own}})`;
          return checkOf(expr, index * TILE_SECONDS, expected.countedBy(index).total - before);
        })),
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

function seriesText(labels: Labels, values: string): string {
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

/** The gauge as it is scraped at every step; it ends with a mark. */
function gaugeValues(states: readonly GaugeState[], { good, bad }: SampleGauge): string {
  const values = states.map((state, index) => {
    if (state !== 'none') return String(state === 'good' ? good : bad);
    return index > 0 && states[index - 1] !== 'none' ? 'stale' : '_';
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
