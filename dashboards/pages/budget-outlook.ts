// How fast the budget burns, how long it lasts, and what is left of it in a day.
import { formatDuration } from '../../slo/duration.ts';
import { SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { nominalSeconds } from '../../slo/window.ts';
import type { Signal } from '../signal.ts';
import type { SeriesDialect } from './series-source.ts';
import { grouping, ofScope, only, type SignalScope } from './signal-scope.ts';

/** Over the long window of each policy's first condition, the one that pages soonest. */
export function burnRate(scope: SignalScope): Signal<'multiple'> {
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
export function budgetLasts(scope: SignalScope): Signal<'seconds'> {
  return ofScope(scope, {
    name: 'budget lasts',
    description: `${SERIES.budgetRemaining} over ${SERIES.burnRate}`,
    unit: 'seconds',
    text: (dialect) => secondsLeft(scope, dialect),
  });
}

/** The moment at which it is then spent: now, when it is. */
export function budgetRunsOut(scope: SignalScope): Signal<'date'> {
  return ofScope(scope, {
    name: 'runs out',
    description: `${SERIES.budgetRemaining} over ${SERIES.burnRate}`,
    unit: 'date',
    text: (dialect) => `1000 * (time() + (${secondsLeft(scope, dialect)}))`,
  });
}

function secondsLeft(scope: SignalScope, { select }: SeriesDialect): string {
  return variants(
    scope.slos,
    (slo) => `${nominalSeconds(slo.window)} ${formatDuration(leadWindow(slo))}`,
    (key, matchers) => {
      const [period = '', window = ''] = key.split(' ');
      const left = select(SERIES.budgetRemaining, scope.matchers, matchers);
      const rate = select(SERIES.burnRate, scope.matchers, matchers, `window="${window}"`);
      return `min${grouping(scope)} (${period} * clamp_min(${left}, 0) / ignoring (window) (${rate} > 0))`;
    },
  );
}

const FORECAST_SECONDS = 86_400;

/** The budget that is left in a day when it goes on like that, as if nothing rolled off meanwhile. */
export function budgetForecast(scope: SignalScope): Signal<'ratio'> {
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
