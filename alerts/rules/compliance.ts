// What dashboards read: counts, ratio and budget of the compliance window and the burn rates, named as the collector's.
import { formatStringLiteral } from '../../formats/string-literal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { instanceLabels, RECORDED, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Objective } from '../../slo/objective.ts';
import type { Slo } from '../../slo/slo.ts';
import { type AlertWindow, windowMatcher } from './alert-windows.ts';
import { before, countersAgo, markedBad } from './counter-ago.ts';
import type { RecordingRule } from './rule.ts';
import { byLabels, instanceLabelsOf, partOf, type SloSet } from './slo-set.ts';
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
        return `1 - ${spent} / (${recorded(SERIES.total, own)}${times(budget.num)} > 0)`;
      }),
    ),
  ];
}

/** Records the burn rate of some alert windows, for what the alerts say and for dashboards. */
export function burnRateRule(set: SloSet, windows: readonly AlertWindow[]): RecordingRule {
  const { windowTotal, windowBad } = RULE_SERIES;
  const expr = byObjective(set, ({ budget }, { matchers }) => {
    const own = `{${matchers},${windowMatcher(windows)}}`;
    return `${windowBad}${own} * ${budget.den} / (${windowTotal}${own}${times(budget.num)} > 0)`;
  });
  return { record: SERIES.burnRate, labels: sharedLabels(set), expr };
}

/**
 * Records k ln(k/µ) − k + µ of some alert windows in which more failed than the budget allows, µ: slo/evidence.ts.
 * The burn rate B, recorded before, is k/µ, so that it is k (ln B − 1 + 1/B).
 */
export function evidenceRule(set: SloSet, windows: readonly AlertWindow[]): RecordingRule {
  const by = `${instanceLabelsOf(set.slos)}, window`;
  const expr = byLabels(set).map((own) => {
    const bad = `${RULE_SERIES.windowBad}{${own.matchers},${windowMatcher(windows)}}`;
    const rate = recorded(SERIES.burnRate, own, windowMatcher(windows));
    return `${bad} * on (${by}) (ln(${rate}) - 1 + 1 / (${rate} > 1))`;
  });
  return { record: RULE_SERIES.evidence, labels: {}, expr: expr.join('\nor ') };
}

function times(factor: number): string {
  return factor === 1 ? '' : ` * ${factor}`;
}

/** The labels that a rule sets on the series of SLOs which have them in common: theirs, and that a rule records them. */
function sharedLabels({ slos }: SloSet): Readonly<Record<string, string>> {
  if (slos[0] === undefined) return {};
  const { slo: _, service: __, ...labels } = instanceLabels(slos[0], {});
  return { ...labels, [RECORDED.name]: RECORDED.value };
}

/** A series as these rules record it: with the labels of today, and not as a collector shows it that is scraped as well. */
function recorded(series: string, set: SloSet, matcher = ''): string {
  const own = Object.entries(sharedLabels(set)).map(
    ([name, value]) => `,${name}=${formatStringLiteral(value)}`,
  );
  const more = matcher === '' ? '' : `,${matcher}`;
  return `${series}{${set.matchers}${own.join('')}${more}}`;
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
  const { total, earlierTotal, periodStartTotal } = RULE_SERIES;
  const now = `${total}{${matchers}}`;
  if (window === CALENDAR) return `${now} - ${periodStartTotal}{${matchers}}`;
  const since = `${now} - ignoring (window) ${before(total, `${matchers},window="${window}"`)}`;
  const seed = firstDay ? ` or ${now} + ${earlier(earlierTotal, matchers, window)}` : '';
  return `${since} >= 0${seed} or ${now}`;
}

function badEvents(set: SloSet, window: string, firstDay: boolean): string {
  const { total, bad, earlierBad, periodStartBad } = RULE_SERIES;
  const by = instanceLabelsOf(set.slos);
  const now = `${bad}{${set.matchers}}`;
  if (window === CALENDAR) return `${now} - ${periodStartBad}{${set.matchers}}`;
  const since = `${now} - ignoring (window, of) ${before(bad, `${set.matchers},window="${window}"`)}`;
  const isOld = `on (${by}) ${total}{${set.matchers}} > on (${by}) ${recorded(SERIES.total, set)}`;
  const seed = firstDay ? ` or ${now} + ${earlier(earlierBad, set.matchers, window)}` : '';
  return `(${since} and ${isOld})${seed} or ${now}`;
}

/** What was found in raw data, once an hour. */
function earlier(series: string, matchers: string, window: string): string {
  return `ignoring (window) last_over_time(${series}{${matchers},window="${window}"}[2h])`;
}

/** Records what the counters were at the beginning of the rolling windows, apart from all that needs no old blocks. */
export function windowStartRules(set: SloSet): readonly RecordingRule[] {
  const rolling = set.slos.filter(({ window }) => window.kind === 'rolling');
  return [...Map.groupBy(rolling, ({ window }) => windowName(window))].map(([window, slos]) => ({
    record: RULE_SERIES.before,
    labels: { window },
    expr: markedBad([countersAgo(partOf(set, slos).matchers, window)]),
  }));
}

/** One expression for each objective. */
function byObjective(set: SloSet, text: (objective: Objective, own: SloSet) => string): string {
  return [...Map.groupBy(set.slos, ({ objective }) => objective.budget.num / objective.budget.den)]
    .map(([, slos]) => (slos[0] === undefined ? '' : text(slos[0].objective, partOf(set, slos))))
    .join('\nor ');
}

/** Dashboards need no more. */
export const COMPLIANCE_SECONDS = 4 * TILE_SECONDS;
