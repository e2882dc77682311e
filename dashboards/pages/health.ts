// Health: the one word about an SLO that matters now, as a number that dashboards show as that word.
import { ALERTS, SERIES } from '../../slo/names.ts';
import type { Level, StateWord } from '../panel.ts';
import type { SeriesDialect } from './series-source.ts';

/** The worst wins: a page even over missing data, because alerts are frozen while data are missing. */
export const HEALTH = { kept: 0, ticket: 1, unmeasured: 2, page: 3 } as const;

export const HEALTH_WORDS: readonly StateWord[] = [
  { value: HEALTH.kept, word: 'OK', shade: 'good' },
  { value: HEALTH.ticket, word: 'Ticket', shade: 'warning' },
  { value: HEALTH.unmeasured, word: 'Not measured', shade: 'unknown' },
  { value: HEALTH.page, word: 'Page', shade: 'critical' },
];

/** Shades of the share of the budget that is left. */
export const BUDGET_LEVELS: readonly Level<'ratio'>[] = [
  { from: null, unit: 'ratio', shade: 'critical' },
  { from: 0, unit: 'ratio', shade: 'warning' },
  { from: 0.25, unit: 'ratio', shade: 'notice' },
  { from: 0.5, unit: 'ratio', shade: 'good' },
];

/** PromQL of the health of SLOs: the worst within each set of labels. */
export function healthExpression(
  { origin, select }: SeriesDialect,
  matchers: string,
  by: readonly string[],
): string {
  const firing = (alert: string, ...more: readonly string[]): readonly string[] => [
    ...(origin === 'collector'
      ? []
      : [select('ALERTS', matchers, `alertname="${alert}"`, 'alertstate="firing"', ...more)]),
    ...(origin === 'rules'
      ? []
      : [select(SERIES.alertFiring, matchers, `alert="${alert}"`, ...more)]),
  ];
  const times = (health: number, selectors: readonly string[]): readonly string[] =>
    selectors.map((selector) => `${health} * ${selector}`);
  const parts = [
    ...times(HEALTH.page, firing(ALERTS.burn, 'severity="page"')),
    ...times(HEALTH.unmeasured, firing(ALERTS.missing)),
    ...times(HEALTH.ticket, firing(ALERTS.burn, 'severity="ticket"')),
    ...times(HEALTH.kept, [select(SERIES.objective, matchers)]),
  ];
  return `max by (${by.join(', ')}) (${parts.join(' or ')})`;
}
