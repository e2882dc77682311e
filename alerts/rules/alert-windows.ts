// The counts of alert windows as three wide rules: a window of any length is two values of a counter.
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { before, countersAgo, markedBad } from './counter-ago.ts';
import type { RecordingRule } from './rule.ts';
import { instanceLabelsOf, partOf, type SloSet } from './slo-set.ts';
import { TILE_SECONDS } from './tile.ts';

const DAY = 86_400;

/** Windows from here on are filled up with raw data from before the counters began. */
export const LONG_WINDOW = DAY;

/** A window of alerts, and the SLOs that have it. */
export interface AlertWindow {
  readonly seconds: number;
  readonly name: string;
  readonly slos: readonly Slo[];
}

/** Every alert window of an SLO in seconds, in order. */
export function alertWindows({ burnPolicy }: Slo): readonly number[] {
  const windows = burnPolicy.conditions.flatMap(({ longWindow, shortWindow }) => [
    longWindow,
    shortWindow,
  ]);
  return [...new Set(windows)].sort((a, b) => a - b);
}

/** All alert windows of some SLOs, in order. */
export function windowsOf(slos: readonly Slo[]): readonly AlertWindow[] {
  const windows = new Map<number, Slo[]>();
  for (const slo of slos)
    for (const seconds of alertWindows(slo)) {
      const own = windows.get(seconds);
      if (own === undefined) windows.set(seconds, [slo]);
      else own.push(slo);
    }
  return [...windows]
    .sort(([a], [b]) => a - b)
    .map(([seconds, own]) => ({ seconds, name: formatDuration(seconds), slos: own }));
}

/** A matcher of these windows' series. */
export function windowMatcher(windows: readonly AlertWindow[]): string {
  const names = windows.map(({ name }) => name);
  return names.length === 1 ? `window="${names[0] ?? ''}"` : `window=~"${names.join('|')}"`;
}

/**
 * Records events and bad events of some alert windows. While an SLI is not measured they begin where they began: its
 * counters stand still, and data that are missing neither fire nor resolve anything.
 */
export function windowRules(
  set: SloSet,
  windows: readonly AlertWindow[],
  firstDay: boolean,
): readonly RecordingRule[] {
  const { total, windowTotal, windowBad, earlierTotal } = RULE_SERIES;
  const by = instanceLabelsOf(set.slos);
  const own = `${set.matchers},${windowMatcher(windows)}`;
  const long = firstDay ? windows.filter(({ seconds }) => seconds >= LONG_WINDOW) : [];
  const now = `${total}{${set.matchers}}`;
  const seeded =
    long.length === 0 ? [] : [`${now} + on (${by}) group_right ${seedOf(earlierTotal, set, long)}`];
  return [
    // What reaches far back looks through many blocks: it stands apart, so that nothing else in its rule does.
    beforeRule(set, windows, long),
    {
      record: windowTotal,
      labels: {},
      expr: [
        `${now} - on (${by}) group_right ${before(total, own)} >= 0`,
        ...seeded,
        // Counters that are younger than the window, or have begun anew in it, are all that happened.
        ...eachWindow(windows, set, (matchers) => `${total}{${matchers}}`),
      ].join('\nor '),
    },
    { record: windowBad, labels: { of: '' }, expr: badEvents(set, windows, long) },
  ];
}

/** Bad events of windows whose events are recorded, labelled as what is taken away of the counter. */
function badEvents(
  set: SloSet,
  windows: readonly AlertWindow[],
  long: readonly AlertWindow[],
): string {
  const { total, bad, windowTotal, earlierBad } = RULE_SERIES;
  const by = instanceLabelsOf(set.slos);
  const own = `${set.matchers},${windowMatcher(windows)}`;
  const all = `${windowTotal}{${own}}`;
  // That the counters began anew in the window shows in the total, which never falls.
  const isOld = `on (${by}, window) (${all} < on (${by}) group_left ${total}{${set.matchers}})`;
  const began = [
    `(${before(bad, own)} and ${isOld})`,
    ...(long.length === 0 ? [] : [`-${seedOf(earlierBad, set, long)}`]),
    `0 * ${all}`,
  ].join('\n  or ignoring (of) ');
  const grown = `${bad}{${set.matchers}} - on (${by}) group_right () (\n  ${began}\n)`;
  // Counters of two metrics may run ahead of each other by a few events, and so may what raw data say: bad ones are none to all.
  if (!set.isOneLook || long.length > 0)
    return `clamp_min(${all} - clamp_min(${all} - ignoring (of) (${grown}), 0), 0)`;
  return grown;
}

/** What was found in raw data, once an hour. */
function seedOf(series: string, { matchers }: SloSet, long: readonly AlertWindow[]): string {
  return `last_over_time(${series}{${matchers},${windowMatcher(long)}}[2h])`;
}

/** Counters younger than a window have no value then, or what raw data say that came before, taken away. */
function beforeRule(
  set: SloSet,
  windows: readonly AlertWindow[],
  long: readonly AlertWindow[],
): RecordingRule {
  const measured = `on (slo) ${RULE_SERIES.measured}{${set.matchers}}`;
  const { earlierTotal, earlierBad } = RULE_SERIES;
  const seeds = `{__name__=~"${earlierTotal}|${earlierBad}",${set.matchers},${windowMatcher(long)}}`;
  const kept = `${RULE_SERIES.before}{${set.matchers},${windowMatcher(windows)}} offset ${TILE_SECONDS}s`;
  const began = [
    markedBad(eachWindow(windows, set, countersAgo)),
    ...(long.length === 0 ? [] : [`-${markedBad([`last_over_time(${seeds}[2h])`], earlierBad)}`]),
  ].join('\nor ');
  return {
    record: RULE_SERIES.before,
    labels: {},
    expr: `(${began}) and ${measured}\nor ${kept} unless ${measured}`,
  };
}

/** PromQL of each window's SLOs, by the label `window`. */
function eachWindow(
  windows: readonly AlertWindow[],
  set: SloSet,
  text: (matchers: string, window: string) => string,
): readonly string[] {
  return windows.map(
    ({ name, slos }) =>
      `label_replace(${text(partOf(set, slos).matchers, name)}, "window", "${name}", "", "")`,
  );
}
