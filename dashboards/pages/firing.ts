// Alerts that fire, told alike wherever they come from: by SLO, alert and severity.
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { ALERTS, SERIES } from '../../slo/names.ts';
import type { Level } from '../panel.ts';
import { promqlSignal, type Signal } from '../signal.ts';
import { dialectOf, type SeriesDialect } from './series-source.ts';
import type { SignalScope } from './signal-scope.ts';

const OF = ['slo', 'service', 'team'] as const;
const BY = ['severity', 'alert', ...OF] as const;
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

/**
 * The collector shows a series only while the alert fires. So it fires since the last moment at which its SLO was there
 * and it was not; where no such moment is known, since the first one that is; within the first minute, since now.
 */
function ofCollector({ select }: SeriesDialect, matchers: string): string {
  const firing = select(SERIES.alertFiring, matchers);
  const now = `max by (${BY.join(', ')}) (${firing})`;
  const quiet = Object.values(ALERTS).flatMap((alert) =>
    SEVERITIES.map((severity) => {
      const own = select(
        SERIES.alertFiring,
        matchers,
        `alert="${alert}"`,
        `severity="${severity}"`,
      );
      const moments = `(timestamp(${select(SERIES.objective, matchers)}) unless on (${OF.join(', ')}) ${own})[6h:1m]`;
      const last = `max by (${OF.join(', ')}) (max_over_time(${moments}))`;
      return `label_replace(label_replace(${last}, "alert", "${alert}", "", ""), "severity", "${severity}", "", "")`;
    }),
  );
  const first = `min by (${BY.join(', ')}) (min_over_time(timestamp(${firing})[6h:1m]))`;
  return `time() - (${quiet.join(' or ')} or ${first} or ${now} * time()) and on (${BY.join(', ')}) ${now}`;
}
