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
  const windows = [...windowMap(set.slos)].sort(([a], [b]) => a - b);
  const { windowTotal, windowBad } = RULE_SERIES;
  const each = (text: (window: Window) => string): string =>
    windows
      .map(([seconds, slos]) => {
        const name = formatDuration(seconds);
        const matchers = slos.length === set.slos.length ? set.matchers : matchersOf(slos);
        const expr = text({ name, matchers, by: instanceLabelsOf(slos), seconds, firstDay });
        return `label_replace(${expr}, "window", "${name}", "", "")`;
      })
      .join('\n  or ');
  const all = `${windowTotal}{${set.matchers}}`;
  const held = (series: string): string => `(${series}{${set.matchers}} offset ${TILE_SECONDS}s)`;
  const moving = (union: string): string =>
    `(\n  ${union}\n) and on (slo) ${RULE_SERIES.measured}{${set.matchers}}`;
  return [
    {
      record: windowTotal,
      labels: {},
      expr: `${moving(each(windowEvents))}\nor ${held(windowTotal)}`,
    },
    // Counters of two metrics may run ahead of each other by a few events: bad ones are none to all.
    {
      record: windowBad,
      labels: {},
      expr: [
        `clamp_min(${all} - clamp_min(${all} - (${moving(each(windowBadEvents))}), 0), 0)`,
        `or ${held(windowBad)}`,
      ].join('\n'),
    },
  ];
}

interface Window {
  readonly name: string;
  readonly seconds: number;
  readonly matchers: string;
  /** Labels that tell the instances apart. */
  readonly by: string;
  readonly firstDay: boolean;
}

/** The counter now less the counter then; all of it when it is younger than the window. */
function windowEvents({ name, seconds, matchers, by, firstDay }: Window): string {
  const { total, earlierTotal } = RULE_SERIES;
  const now = `${total}{${matchers}}`;
  const seed =
    firstDay && seconds >= LONG_WINDOW
      ? ` or ${now} + ${earlier(earlierTotal, matchers, name)}`
      : '';
  return `${now} - ${counterAt(total, matchers, by, name)} >= 0${seed} or ${now}`;
}

/** The same for bad events. That the counter began anew in the window shows in the total, which never falls. */
function windowBadEvents({ name, seconds, matchers, by, firstDay }: Window): string {
  const { total, bad, windowTotal, earlierBad } = RULE_SERIES;
  const now = `${bad}{${matchers}}`;
  const isOld = `${total}{${matchers}} > ignoring (window) ${windowTotal}{${matchers},window="${name}"}`;
  const seed =
    firstDay && seconds >= LONG_WINDOW ? ` or ${now} + ${earlier(earlierBad, matchers, name)}` : '';
  return `(${now} - ${counterAt(bad, matchers, by, name)} and ${isOld})${seed} or ${now}`;
}

/** A counter as it was; over a pause of the rules it stood still. */
export function counterAt(series: string, matchers: string, by: string, ago: string): string {
  return `max by (${by}) (last_over_time(${series}{${matchers}}[${CONTINUED}] offset ${ago}))`;
}

/** What was found in raw data, once an hour. */
export function earlier(series: string, matchers: string, window: string): string {
  return `ignoring (window) last_over_time(${series}{${matchers},window="${window}"}[2h])`;
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

function windowMap(slos: readonly Slo[]): ReadonlyMap<number, readonly Slo[]> {
  const windows = new Map<number, Slo[]>();
  for (const slo of slos)
    for (const seconds of alertWindows(slo))
      windows.set(seconds, [...(windows.get(seconds) ?? []), slo]);
  return windows;
}
