// The signals of SLOs, out of the series that generated rules and the collector share.
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { nominalSeconds } from '../../slo/window.ts';
import { promqlSignal, type Signal } from '../signal.ts';
import type { Unit } from '../unit.ts';
import { healthExpression } from './health.ts';
import { dialectOf, type SeriesDialect, type Site } from './series-source.ts';

/** Which SLOs, and which labels tell the numbers apart. */
export interface SignalScope {
  /** All that may be selected; what they have in common needs no distinction. */
  readonly slos: readonly Slo[];
  readonly site: Site;
  /** Label matchers without braces. */
  readonly matchers: string;
  readonly by: readonly string[];
  /** Of many groups of an SLO only the ten with the least budget left. @default false */
  readonly worstOnly?: boolean;
}

/** All signals of a scope. Where several instances share the labels, each tells of the worst of them. */
export function sloSignals(scope: SignalScope) {
  return {
    health: ofScope(scope, {
      name: 'health',
      description: 'whether an alert of the SLO fires',
      unit: 'state',
      text: (dialect) => healthExpression(dialect, scope.matchers, scope.by),
    }),
    budgetLeft: worst(scope, 'min', SERIES.budgetRemaining, 'ratio', 'budget left'),
    sli: worst(scope, 'min', SERIES.sli, 'ratio', 'good events'),
    objective: worst(scope, 'max', SERIES.objective, 'ratio', 'objective'),
    coverage: ofScope(scope, {
      name: 'measured time',
      description: SERIES.coverage,
      unit: 'ratio',
      text: (dialect) =>
        dialect.origin === 'rules' ? undefined : aggregate(scope, 'min', SERIES.coverage)(dialect),
    }),
    total: counted(scope, SERIES.total, 'all events'),
    bad: counted(scope, SERIES.bad, 'bad events'),
    burnRate: burnRate(scope),
    lasts: budgetLasts(scope),
    forecast: budgetForecast(scope),
    age: ofScope(scope, {
      name: 'age of the newest telemetry',
      description:
        dialectOf(scope.slos, scope.site).origin === 'rules'
          ? `the newest sample of ${RULE_SERIES.measured}`
          : SERIES.watermark,
      unit: 'seconds',
      text: (dialect) => telemetryAge(scope, dialect),
    }),
  };
}

export type SloSignals = ReturnType<typeof sloSignals>;

type Two<U extends Unit> = readonly [Signal<U>, Signal<U>];

/** Burn rates of one SLO over each of its alert windows. */
export function burnRatesOf(scope: SignalScope): Signal<'multiple'> {
  const by = [...scope.by, 'window'];
  return promqlSignal({
    name: 'burn rate',
    description: SERIES.burnRate,
    unit: 'multiple',
    labels: by,
    expression: aggregate(
      { ...scope, by },
      'max',
      SERIES.burnRate,
    )(dialectOf(scope.slos, scope.site)),
  });
}

/** Events and bad events a second: of the rules' counters, since the collector shows counts of windows only. */
export function eventRatesOf(scope: SignalScope): Two<'events per second'> {
  const { total, bad } = RULE_SERIES;
  const rate = (name: string, series: string, text: (rate: (s: string) => string) => string) =>
    ofScope(scope, {
      name,
      description: series,
      unit: 'events per second',
      text: ({ origin, select }) =>
        origin === 'collector'
          ? undefined
          : text(
              (each) =>
                `sum${grouping(scope)} (rate(${select(each, scope.matchers)}[$__rate_interval]))`,
            ),
    });
  return [
    rate('good', total, (of) => `clamp_min(${of(total)} - ${of(bad)}, 0)`),
    rate('bad', bad, (of) => of(bad)),
  ];
}

interface ScopedSignal<U extends Unit> {
  readonly name: string;
  readonly description: string;
  readonly unit: U;
  readonly text: (dialect: SeriesDialect) => string | undefined;
}

function ofScope<U extends Unit>(
  { slos, site, by }: SignalScope,
  { name, description, unit, text }: ScopedSignal<U>,
): Signal<U> {
  // Nobody needs to be told which SLO it is where there is one.
  const labels = by.filter((label) => label !== 'slo' || slos.length > 1);
  // A text for no dialect: such a signal has nothing to ask, and panels without questions are left out.
  const expression = text(dialectOf(slos, site)) ?? {};
  return promqlSignal({
    name,
    description,
    unit,
    expression,
    labels: by,
    legend: labels.length === 0 ? name : labels.map((label) => `{{${label}}}`).join(' '),
  });
}

function worst<U extends Unit>(
  scope: SignalScope,
  end: 'min' | 'max',
  series: string,
  unit: U,
  name: string,
): Signal<U> {
  return ofScope(scope, { name, description: series, unit, text: aggregate(scope, end, series) });
}

/** Of several collectors that tell the same, one is heard; the groups of an SLO are added together. */
function counted(
  scope: SignalScope,
  series: string,
  name: string,
  collectorOnly = false,
): Signal<'count'> {
  return ofScope(scope, {
    name,
    description: series,
    unit: 'count',
    text(dialect) {
      if (collectorOnly && dialect.origin !== 'collector') return undefined;
      const one = `max without (job, instance, pod) (${dialect.select(series, scope.matchers)})`;
      return only(scope, dialect, `sum${grouping(scope)} (${one})`);
    },
  });
}

/** All and bad events in the window, where nothing tells how many there are each second. */
export function windowEventsOf(scope: SignalScope): Two<'count'> {
  return [
    counted(scope, SERIES.total, 'all events', true),
    counted(scope, SERIES.bad, 'bad events', true),
  ];
}

function aggregate(scope: SignalScope, end: 'min' | 'max', series: string) {
  return (dialect: SeriesDialect): string =>
    only(scope, dialect, `${end}${grouping(scope)} (${dialect.select(series, scope.matchers)})`);
}

/** The same ten groups at every moment of a chart, and in every chart of a page. */
function only(scope: SignalScope, { select }: SeriesDialect, expression: string): string {
  if (scope.worstOnly !== true) return expression;
  const groups = scope.by.filter((label) => label !== 'window').join(', ');
  const left = select(SERIES.budgetRemaining, scope.matchers);
  return `${expression} and on (${groups}) bottomk(10, min by (${groups}) (${left} @ end()))`;
}

/** Over the long window of each policy's first condition, the one that pages soonest. */
function burnRate(scope: SignalScope): Signal<'multiple'> {
  return ofScope(scope, {
    name: 'burn rate',
    description: SERIES.burnRate,
    unit: 'multiple',
    text: (dialect) =>
      only(
        scope,
        dialect,
        variants(
          scope.slos,
          (slo) => `window="${formatDuration(leadWindow(slo))}"`,
          (window, matchers) =>
            `max${grouping(scope)} (${dialect.select(SERIES.burnRate, scope.matchers, matchers, window)})`,
        ),
      ),
  });
}

/** Seconds until the budget is spent at that burn rate, as if nothing rolled off meanwhile. */
function budgetLasts(scope: SignalScope): Signal<'seconds'> {
  return ofScope(scope, {
    name: 'budget lasts',
    description: `${SERIES.budgetRemaining} over ${SERIES.burnRate}`,
    unit: 'seconds',
    text: ({ select }) =>
      variants(
        scope.slos,
        (slo) => `${nominalSeconds(slo.window)} ${formatDuration(leadWindow(slo))}`,
        (key, matchers) => {
          const [period = '', window = ''] = key.split(' ');
          const left = select(SERIES.budgetRemaining, scope.matchers, matchers);
          const rate = select(SERIES.burnRate, scope.matchers, matchers, `window="${window}"`);
          return `min${grouping(scope)} (${period} * clamp_min(${left}, 0) / ignoring (window) (${rate} > 0))`;
        },
      ),
  });
}

const FORECAST_SECONDS = 86_400;

/** The budget that is left in a day when it goes on like that, as if nothing rolled off meanwhile. */
function budgetForecast(scope: SignalScope): Signal<'ratio'> {
  return ofScope(scope, {
    name: 'in a day, at this rate',
    description: `${SERIES.budgetRemaining} and ${SERIES.burnRate}`,
    unit: 'ratio',
    text: ({ select }) =>
      variants(
        scope.slos,
        (slo) => `${nominalSeconds(slo.window)} ${formatDuration(leadWindow(slo))}`,
        (key, matchers) => {
          const [period = '', window = ''] = key.split(' ');
          const left = select(SERIES.budgetRemaining, scope.matchers, matchers);
          const rate = select(SERIES.burnRate, scope.matchers, matchers, `window="${window}"`);
          return `min${grouping(scope)} (${left} - ignoring (window) ${rate} * ${FORECAST_SECONDS} / ${period})`;
        },
      ),
  });
}

function telemetryAge(scope: SignalScope, { origin, select }: SeriesDialect): string {
  if (origin !== 'rules')
    return `time() - max${grouping(scope)} (${select(SERIES.watermark, scope.matchers)})`;
  const measured = select(RULE_SERIES.measured, scope.matchers);
  const own = scope.by.filter((label) => label === 'slo' || label === 'service');
  const by = own.length === 0 ? '' : ` by (${own.join(', ')})`;
  // A subquery, because the last sample may be older than Prometheus looks back.
  return `time() - max${by} (max_over_time(timestamp(${measured})[1h:1m]))`;
}

/** The window that the fastest alert looks at; 1 h when a policy has none. */
export function leadWindow({ burnPolicy }: Slo): number {
  return burnPolicy.conditions[0]?.longWindow ?? 3600;
}

/**
 * One expression over SLOs that differ in something: the commonest variant is told by which SLOs it is not, so that a
 * thousand SLOs alike need no list.
 */
function variants(
  slos: readonly Slo[],
  keyOf: (slo: Slo) => string,
  text: (key: string, matchers: string) => string,
): string {
  const groups = [...Map.groupBy(slos, keyOf)].sort(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  );
  const others = groups.slice(1).flatMap(([, own]) => own.map(({ id }) => id));
  return groups
    .map(([key, own], index) => {
      if (index > 0) return text(key, `slo=~"${own.map(({ id }) => id).join('|')}"`);
      return text(key, others.length === 0 ? '' : `slo!~"${others.join('|')}"`);
    })
    .join(' or ');
}

function grouping({ by }: SignalScope): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`;
}

/** The number with which an alert compares, for a line at that very place. */
export function objectiveNumber({ objective }: Slo): number {
  return toNumber(objective.target);
}
