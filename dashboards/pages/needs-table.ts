// The SLOs of what a service needs: whether the trouble is its own.
import { SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { type Panel, tablePanel } from '../panel.ts';
import { servicePageUrl } from '../service-page-url.ts';
import { BUDGET_LEVELS, HEALTH_WORDS } from './health.ts';
import type { Site } from './series-source.ts';
import { sloSignals } from './slo-signals.ts';

/** A line for each SLO of the needed services. */
export function needsTable(slos: readonly Slo[], site: Site): Panel {
  const names = [...new Set(slos.map(({ service }) => service.name))];
  const matchers = `service=~"${names.join('|')}"`;
  const { health, budgetLeft, burnRate } = sloSignals({
    slos,
    site,
    matchers,
    by: ['slo', 'service'],
  });
  return tablePanel({
    title: 'What it needs',
    description: `State, ${SERIES.budgetRemaining} and ${SERIES.burnRate} of ${names.join(', ')}, which this service needs by the routing's dependencies.`,
    height: 6,
    sortBy: 'Budget left',
    whenEmpty: 'Not measured yet',
    columns: [
      { title: 'State', signal: health, states: HEALTH_WORDS, width: 110 },
      { title: 'SLO', label: 'slo' },
      {
        title: 'Service',
        label: 'service',
        link: { title: 'Open the service', url: servicePageUrl('Service', names, site.workspace) },
      },
      { title: 'Budget left', signal: budgetLeft, levels: BUDGET_LEVELS },
      { title: 'Burn rate', signal: burnRate },
    ],
  });
}
