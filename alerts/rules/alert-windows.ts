// The counts of alert windows as three wide rules: a window of any length is two values of a counter.
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { before, countersAgo, recordedTogether } from './counter-ago.ts';
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
  const { total, bad, windowTotal, windowBad } = RULE_SERIES;
  const by = instanceLabelsOf(set.slos);
  const own = `${set.matchers},${windowMatcher(windows)}`;
  const all = `${windowTotal}{${own}}`;
  const long = windows.filter(({ seconds }) => seconds >= LONG_WINDOW);
  const since = (counter: typeof total | typeof bad): string =>
    `${counter}{${set.matchers}} - on (${by}) group_right ${before(counter, own)}`;
  const seeded = (counter: string, seed: string): readonly string[] =>
    firstDay && long.length > 0
      ? [
          `${counter}{${set.matchers}} + on (${by}) group_right last_over_time(${seed}{${set.matchers},${windowMatcher(long)}}[2h])`,
        ]
      : [];
  // That the counters began anew in the window shows in the total, which never falls.
  const isOld = `on (${by}, window) (${all} < on (${by}) group_left ${total}{${set.matchers}})`;
  return [
    // What reaches far back looks through many blocks: it stands apart, so that nothing else in its rule does.
    beforeRule(set, windows),
    {
      record: windowTotal,
      labels: {},
      expr: [
        `${since(total)} >= 0`,
        ...seeded(total, RULE_SERIES.earlierTotal),
        // All of the counter when it is younger than the window; unmeasured after a pause of the rules nobody knows.
        `(${windows
          .map(
            ({ name, slos }) =>
              `label_replace(${total}{${partOf(set, slos).matchers}}, "window", "${name}", "", "")`,
          )
          .join('\n  or ')}) and ${measuredIn(set)}`,
      ].join('\nor '),
    },
    // Counters of two metrics may run ahead of each other by a few events: bad ones are none to all.
    {
      record: windowBad,
      labels: {},
      expr: [
        `clamp_min(${all} - clamp_min(${all} - ignoring (of) (`,
        `  ${[
          `(${since(bad)} and ${isOld})`,
          ...seeded(bad, RULE_SERIES.earlierBad),
          `0 * ${all} + on (${by}) group_left ${bad}{${set.matchers}}`,
        ].join('\n  or ignoring (of) ')}`,
        `), 0), 0)`,
      ].join('\n'),
    },
  ];
}

function beforeRule(set: SloSet, windows: readonly AlertWindow[]): RecordingRule {
  const measured = measuredIn(set);
  const members = windows.map(
    ({ name, slos }) =>
      `label_replace(${countersAgo(partOf(set, slos).matchers, name)}, "window", "${name}", "", "")`,
  );
  const kept = `${RULE_SERIES.before}{${set.matchers},${windowMatcher(windows)}} offset ${TILE_SECONDS}s`;
  return {
    record: RULE_SERIES.before,
    labels: {},
    expr: `${recordedTogether(members)} and ${measured}\nor ${kept} unless ${measured}`,
  };
}

function measuredIn({ matchers }: SloSet): string {
  return `on (slo) ${RULE_SERIES.measured}{${matchers}}`;
}
