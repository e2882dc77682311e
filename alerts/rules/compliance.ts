// What dashboards read: counts, ratio and budget of the compliance window and the burn rates, named as the collector's.
import { formatStringLiteral } from '../../formats/string-literal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { instanceLabels, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Objective } from '../../slo/objective.ts';
import type { Slo } from '../../slo/slo.ts';
import { counterAt, instanceLabelsOf, partMatchers, type SloSet } from './alert-windows.ts';
import { notScraped } from './own-series.ts';
import type { RecordingRule } from './rule.ts';
import { TILE_SECONDS } from './tile.ts';

/**
 * Records the series that describe the instances of SLOs that share their labels. Without events in the window there is
 * no ratio, which is neither 0 nor 1.
 */
export function complianceRules(set: SloSet, firstDay: boolean): readonly RecordingRule[] {
  const labels = sharedLabels(set);
  const rule = (record: string, expr: string): RecordingRule => ({ record, labels, expr });
  const by = instanceLabelsOf(set.slos);
  const [total, bad] = [recorded(SERIES.total, set), recorded(SERIES.bad, set)];
  const within = `clamp_min(${total} - on (${by}) (\n  ${inWindows(set, badEvents, firstDay)}\n), 0)`;
  return [
    ...beforeRules(set),
    rule(SERIES.total, inWindows(set, allEvents, firstDay)),
    rule(SERIES.bad, `clamp_min(${total} - on (${by}) ${within}, 0)`),
    rule(SERIES.sli, `(${total} - ${bad}) / (${total} > 0)`),
    rule(
      SERIES.objective,
      byObjective(
        set,
        ({ target }, { matchers }) =>
          `0 * ${RULE_SERIES.total}{${matchers}} + ${target.num / target.den}`,
      ),
    ),
    rule(
      SERIES.budgetRemaining,
      byObjective(set, ({ budget }, own) => {
        const spent = `${recorded(SERIES.bad, own)} * ${budget.den}`;
        return `1 - ${spent} / (${recorded(SERIES.total, own)} * ${budget.num} > 0)`;
      }),
    ),
  ];
}

/** Records the burn rate of every alert window, for what the alerts say and for dashboards. */
export function burnRateRule(set: SloSet): RecordingRule {
  const { windowTotal, windowBad } = RULE_SERIES;
  const expr = byObjective(set, ({ budget }, { matchers }) => {
    const events = `${windowTotal}{${matchers}} * ${budget.num}`;
    return `${windowBad}{${matchers}} * ${budget.den} / (${events} > 0)`;
  });
  return { record: SERIES.burnRate, labels: sharedLabels(set), expr };
}

/**
 * Records k ln(k/µ) − k + µ of every alert window in which more failed than the budget allows, µ: slo/evidence.ts.
 */
export function evidenceRule(set: SloSet): RecordingRule {
  const { windowTotal, windowBad, evidence } = RULE_SERIES;
  const expr = byObjective(set, ({ budget }, { matchers }) => {
    const bad = `${windowBad}{${matchers}}`;
    const allowed = `${windowTotal}{${matchers}} * ${budget.num / budget.den}`;
    return `(${bad} * ln(${bad} / (${allowed})) - ${bad} + ${allowed}) and ${bad} > ${allowed}`;
  });
  return { record: evidence, labels: {}, expr };
}

/** The labels that a rule sets on the series of SLOs which have them in common. */
function sharedLabels({ slos }: SloSet): Readonly<Record<string, string>> {
  if (slos[0] === undefined) return {};
  const { slo: _, service: __, ...labels } = instanceLabels(slos[0], {});
  return labels;
}

/** SLOs in sets that have all their labels in common. */
export function byLabels(set: SloSet): readonly SloSet[] {
  const sets = Map.groupBy(set.slos, ({ labels }) =>
    JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return [...sets.values()].map((slos) => partOf(set, slos));
}

/** A series as these rules record it: with the labels of today, and not as a collector shows it that is scraped as well. */
function recorded(series: string, set: SloSet): string {
  const own = Object.entries(sharedLabels(set)).map(
    ([name, value]) => `,${name}=${formatStringLiteral(value)}`,
  );
  return `${series}{${set.matchers}${own.join('')}${notScraped(set.slos)}}`;
}

type WindowText = (set: SloSet, window: string, firstDay: boolean) => string;

/** One expression for each compliance window. */
function inWindows(set: SloSet, text: WindowText, firstDay: boolean): string {
  return [...Map.groupBy(set.slos, ({ window }) => windowName(window))]
    .map(([window, slos]) => text(partOf(set, slos), window, firstDay))
    .join('\n  or ');
}

function windowName(window: Slo['window']): string {
  return window.kind === 'rolling' ? formatDuration(window.seconds) : CALENDAR;
}

/** All calendar windows are told by what the counters said as their period began. */
const CALENDAR = 'calendar';

function allEvents({ matchers }: SloSet, window: string, firstDay: boolean): string {
  const { total, beforeTotal, earlierTotal, periodStartTotal } = RULE_SERIES;
  const now = `${total}{${matchers}}`;
  if (window === CALENDAR) return `${now} - ${periodStartTotal}{${matchers}}`;
  const seed = firstDay ? ` or ${now} + ${earlier(earlierTotal, matchers, window)}` : '';
  return `${now} - ignoring (window) ${beforeTotal}{${matchers},window="${window}"} >= 0${seed} or ${now}`;
}

function badEvents(set: SloSet, window: string, firstDay: boolean): string {
  const { total, bad, beforeBad, earlierBad, periodStartBad } = RULE_SERIES;
  const by = instanceLabelsOf(set.slos);
  const now = `${bad}{${set.matchers}}`;
  if (window === CALENDAR) return `${now} - ${periodStartBad}{${set.matchers}}`;
  const since = `${now} - ignoring (window) ${beforeBad}{${set.matchers},window="${window}"}`;
  const isOld = `on (${by}) ${total}{${set.matchers}} > on (${by}) ${recorded(SERIES.total, set)}`;
  const seed = firstDay ? ` or ${now} + ${earlier(earlierBad, set.matchers, window)}` : '';
  return `(${since} and ${isOld})${seed} or ${now}`;
}

/** What was found in raw data, once an hour. */
function earlier(series: string, matchers: string, window: string): string {
  return `ignoring (window) last_over_time(${series}{${matchers},window="${window}"}[2h])`;
}

/** What the counters were at the beginning of the rolling windows, apart from all that needs no old blocks. */
function beforeRules(set: SloSet): readonly RecordingRule[] {
  const rolling = set.slos.filter(({ window }) => window.kind === 'rolling');
  if (rolling.length === 0) return [];
  const { total, bad, beforeTotal, beforeBad } = RULE_SERIES;
  return [...Map.groupBy(rolling, ({ window }) => windowName(window))].flatMap(([window, slos]) => {
    const at = (counter: string): string => counterAt(counter, partMatchers(set, slos), window);
    return [
      { record: beforeTotal, labels: { window }, expr: at(total) },
      { record: beforeBad, labels: { window }, expr: at(bad) },
    ];
  });
}

/** One expression for each objective. */
function byObjective(set: SloSet, text: (objective: Objective, own: SloSet) => string): string {
  return [...Map.groupBy(set.slos, ({ objective }) => objective.budget.num / objective.budget.den)]
    .map(([, slos]) => (slos[0] === undefined ? '' : text(slos[0].objective, partOf(set, slos))))
    .join('\nor ');
}

function partOf(set: SloSet, slos: readonly Slo[]): SloSet {
  return { slos, matchers: partMatchers(set, slos) };
}

/** Dashboards need no more. */
export const COMPLIANCE_SECONDS = 2 * TILE_SECONDS;
