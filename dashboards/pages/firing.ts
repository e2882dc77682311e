// Alerts that fire, told alike wherever they come from: by SLO, alert and severity.
import { ALERTS, SERIES } from '../../slo/names.ts';
import type { Level } from '../panel.ts';
import { promqlSignal, type Signal } from '../signal.ts';
import { dialectOf, type SeriesDialect } from './series-source.ts';
import type { SignalScope } from './slo-signals.ts';

const BY = ['severity', 'alert', 'slo', 'service', 'team'] as const;
const OURS = `${ALERTS.burn}|${ALERTS.missing}`;

/** Longer than this an alert has fired before anyone is surprised that it still does. */
export const FIRING_LEVELS: readonly Level<'seconds'>[] = [
  { from: 3600, unit: 'seconds', shade: 'warning' },
  { from: 14_400, unit: 'seconds', shade: 'critical' },
];

/** Seconds for which each alert has been active; of what began over six hours ago the collector's series do not tell. */
export function firingSince({ slos, site, matchers }: SignalScope): Signal<'seconds'> {
  const dialect = dialectOf(slos, site);
  const parts = [
    ...(dialect.origin === 'collector' ? [] : [ofRules(dialect, matchers)]),
    ...(dialect.origin === 'rules' ? [] : [ofCollector(dialect, matchers)]),
  ];
  return promqlSignal({
    name: 'active for',
    description: dialect.origin === 'rules' ? 'ALERTS_FOR_STATE' : SERIES.alertFiring,
    unit: 'seconds',
    labels: BY,
    expression: parts.join(' or '),
  });
}

function ofRules({ select }: SeriesDialect, matchers: string): string {
  const own = [matchers, `alertname=~"${OURS}"`];
  const since = `time() - ${select('ALERTS_FOR_STATE', ...own)}`;
  const firing = select('ALERTS', ...own, 'alertstate="firing"');
  const active = `(${since} and ignoring (alertstate) ${firing})`;
  return `max by (${BY.join(', ')}) (label_replace(${active}, "alert", "$1", "alertname", "(.*)"))`;
}

function ofCollector({ select }: SeriesDialect, matchers: string): string {
  const firing = select(SERIES.alertFiring, matchers);
  // The last moment at which it did not fire; an alert older than the window is as old as that, at least.
  const quiet = `max_over_time(timestamp(${firing} == 0)[6h:1m])`;
  const age = `time() - ${quiet} and ${firing} == 1 or 21600 * (${firing} == 1)`;
  return `max by (${BY.join(', ')}) (${age})`;
}
