// The signals of SLOs, out of the series that generated rules and the collector share.
import { toNumber } from '../../slo/decimal.ts';
import { RECORDED, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { promqlSignal, type Signal } from '../signal.ts';
import type { Unit } from '../unit.ts';
import { budgetForecast, budgetLasts, budgetRunsOut, burnRate } from './budget-outlook.ts';
import { healthExpression } from './health.ts';
import { dialectOf, type SeriesDialect } from './series-source.ts';
import { grouping, ofScope, only, type SignalScope } from './signal-scope.ts';

/** All signals of a scope, each made when it is asked for. Where several instances share the labels, each tells of the worst of them. */
export function sloSignals(scope: SignalScope) {
  return {
    get health() {
      return ofScope(scope, {
        name: 'health',
        description: 'whether an alert of the SLO fires',
        unit: 'state',
        text: (dialect) => healthExpression(dialect, scope.matchers, scope.by),
      });
    },
    get budgetLeft() {
      return worst(scope, 'min', SERIES.budgetRemaining, 'ratio', 'budget left');
    },
    get sli() {
      return worst(scope, 'min', SERIES.sli, 'ratio', 'good events');
    },
    get objective() {
      return worst(scope, 'max', SERIES.objective, 'ratio', 'objective');
    },
    get coverage() {
      return ofScope(scope, {
        name: 'measured time',
        description: SERIES.coverage,
        unit: 'ratio',
        text: (dialect) =>
          dialect.origin === 'rules'
            ? undefined
            : aggregate(scope, 'min', SERIES.coverage)(dialect),
      });
    },
    get total() {
      return counted(scope, SERIES.total, 'all events');
    },
    get bad() {
      return counted(scope, SERIES.bad, 'bad events');
    },
    get burnRate() {
      return burnRate(scope);
    },
    get lasts() {
      return budgetLasts(scope);
    },
    get runsOut() {
      return budgetRunsOut(scope);
    },
    get forecast() {
      return budgetForecast(scope);
    },
    get age() {
      return newestTelemetry(scope);
    },
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
      const one = `max without (job, instance, pod, ${RECORDED.name}) (${dialect.select(series, scope.matchers)})`;
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

function newestTelemetry(scope: SignalScope): Signal<'seconds'> {
  const { origin } = dialectOf(scope.slos, scope.site);
  return ofScope(scope, {
    name: 'age of the newest telemetry',
    description:
      origin === 'rules' ? `the newest sample of ${RULE_SERIES.measured}` : SERIES.watermark,
    unit: 'seconds',
    text: (dialect) => telemetryAge(scope, dialect),
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

/** The number with which an alert compares, for a line at that very place. */
export function objectiveNumber({ objective }: Slo): number {
  return toNumber(objective.target);
}
