// The counts of every alert window as two wide rules: a window of any length is two values of a counter.
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { RecordingRule } from './rule.ts';
import { CONTINUED, TILE_SECONDS } from './tile.ts';

/** SLOs whose rules are written together, and how their series are selected. */
export interface SloSet {
  readonly slos: readonly Slo[];
  /** Matchers without braces: `service="checkout"`. */
  readonly matchers: string;
}

const DAY = 86_400;

/** Windows from here on are filled up with raw data from before the counters began. */
export const LONG_WINDOW = DAY;

/** Every alert window of an SLO in seconds, in order. */
export function alertWindows({ burnPolicy }: Slo): readonly number[] {
  const windows = burnPolicy.conditions.flatMap(({ longWindow, shortWindow }) => [
    longWindow,
    shortWindow,
  ]);
  return [...new Set(windows)].sort((a, b) => a - b);
}

/**
 * Records events and bad events of all alert windows. While an SLI is not measured its windows stand still: data that
 * are missing neither fire nor resolve anything.
 */
export function windowRules(set: SloSet, firstDay: boolean): readonly RecordingRule[] {
  const windows = windowMap(set.slos);
  const { total, bad, windowTotal, windowBad } = RULE_SERIES;
  const by = instanceLabelsOf(set.slos);
  const all = `${windowTotal}{${set.matchers}}`;
  const isOld = `on (${by}, window) (${all} < on (${by}) group_left ${total}{${set.matchers}})`;
  const held = (series: string): string =>
    `or (${series}{${set.matchers}} offset ${TILE_SECONDS}s)`;
  const measured = `and on (slo) ${RULE_SERIES.measured}{${set.matchers}}`;
  return [
    // What reaches far back looks through many blocks: it stands apart, so that nothing else in its rule does.
    ...beforeRules(windows),
    {
      record: windowTotal,
      labels: {},
      expr: `(\n  ${moving(set, windows, firstDay, TOTAL).join('\n  or ')}\n) ${measured}\n${held(windowTotal)}`,
    },
    // Counters of two metrics may run ahead of each other by a few events: bad ones are none to all. That the counters
    // began anew in the window shows in the total, which never falls.
    {
      record: windowBad,
      labels: {},
      expr: [
        `clamp_min(${all} - clamp_min(${all} - (`,
        `  ${moving(set, windows, firstDay, { ...BAD, isOld }).join('\n  or ')}`,
        `), 0), 0) ${measured}`,
        held(windowBad),
      ].join('\n'),
    },
  ];

  function moving(
    { matchers }: SloSet,
    named: readonly AlertWindow[],
    seeded: boolean,
    { counter, before, seed, isOld: condition }: CounterSeries,
  ): readonly string[] {
    const now = `${counter}{${matchers}}`;
    const names = (some: readonly AlertWindow[]): string =>
      `{${matchers},window=~"${some.map(({ name }) => name).join('|')}"}`;
    const since = `${now} - on (${by}) group_right ${before}${names(named)}`;
    const long = named.filter(({ seconds }) => seconds >= LONG_WINDOW);
    return [
      condition === undefined ? `${since} >= 0` : `(${since} and ${condition})`,
      ...(seeded && long.length > 0
        ? [`${now} + on (${by}) group_right last_over_time(${seed}${names(long)}[2h])`]
        : []),
      // All of the counter when it is younger than the window.
      ...(condition === undefined
        ? named.map(
            ({ name, slos }) =>
              `label_replace(${counter}{${partMatchers(set, slos)}}, "window", "${name}", "", "")`,
          )
        : [`0 * ${all} + on (${by}) group_left ${now}`]),
    ];
  }

  function beforeRules(some: readonly AlertWindow[]): readonly RecordingRule[] {
    return [
      { record: RULE_SERIES.beforeTotal, counter: total },
      { record: RULE_SERIES.beforeBad, counter: bad },
    ].map(({ record, counter }) => ({
      record,
      labels: {},
      expr: some
        .map(
          ({ name, slos }) =>
            `label_replace(${counterAt(counter, partMatchers(set, slos), name)}, "window", "${name}", "", "")`,
        )
        .join('\nor '),
    }));
  }
}

interface CounterSeries {
  readonly counter: string;
  readonly before: string;
  readonly seed: string;
  /** Holds where the counter has not begun anew in the window; it never falls otherwise, when absent. */
  readonly isOld?: string;
}

const TOTAL: CounterSeries = {
  counter: RULE_SERIES.total,
  before: RULE_SERIES.beforeTotal,
  seed: RULE_SERIES.earlierTotal,
};

const BAD: CounterSeries = {
  counter: RULE_SERIES.bad,
  before: RULE_SERIES.beforeBad,
  seed: RULE_SERIES.earlierBad,
};

interface AlertWindow {
  readonly seconds: number;
  readonly name: string;
  readonly slos: readonly Slo[];
}

/** A counter as it was; over a pause of the rules it stood still. */
export function counterAt(series: string, matchers: string, ago: string): string {
  return `last_over_time(${series}{${matchers}}[${CONTINUED}] offset ${ago})`;
}

/** Matchers of some SLOs of a set. */
export function partMatchers(set: SloSet, slos: readonly Slo[]): string {
  return slos.length === set.slos.length ? set.matchers : matchersOf(slos);
}

/** The labels of all instances of these SLOs: what an instance lacks does no harm. */
export function instanceLabelsOf(slos: readonly Slo[]): string {
  const groups = slos.flatMap(({ groupBy }) => groupBy?.labels ?? []);
  return ['slo', 'service', ...new Set(groups.sort())].join(', ');
}

/** Matchers of some SLOs alone. */
export function matchersOf(slos: readonly Slo[]): string {
  const ids = slos.map(({ id }) => id);
  return ids.length === 1 ? `slo="${ids[0] ?? ''}"` : `slo=~"${ids.join('|')}"`;
}

function windowMap(slos: readonly Slo[]): readonly AlertWindow[] {
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
