// A small workspace with one SLO of each form, to make runbooks from.
import { all, any, not } from '../../slo/combine-predicates.ts';
import { defineService } from '../../slo/define-service.ts';
import { defineSlo, type SloInput } from '../../slo/define-slo.ts';
import { resolveService } from '../../slo/resolve-service.ts';
import { resolveSlo } from '../../slo/resolve-slo.ts';
import type { Service } from '../../slo/service.ts';
import { ingestEvents } from '../../slo/sli/ingest-events.ts';
import { kafkaEvents } from '../../slo/sli/kafka-events.ts';
import { lokiRatio } from '../../slo/sli/loki-ratio.ts';
import { prometheusExpression } from '../../slo/sli/prometheus-expression.ts';
import { prometheusGauge } from '../../slo/sli/prometheus-gauge.ts';
import { prometheusLatency } from '../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../slo/sli/prometheus-ratio.ts';
import type { SliDefinition } from '../../slo/sli/sli-definition.ts';
import type { Slo } from '../../slo/slo.ts';
import { resolveRunbook } from '../../runbooks/resolve-runbook.ts';
import type { Runbook } from '../../runbooks/runbook.ts';
import { checkRatio } from '../../synthetics/check-ratio.ts';
import { http } from '../../synthetics/checks/http.ts';
import { defineCheck } from '../../synthetics/define-check.ts';
import type { RunbookWorkspace } from '../../runbooks/workspace.ts';

export const checkout = defineService({ name: 'checkout', team: 'shop', tier: 'critical' });

/** The SLO as it is resolved. @throws when it is wrong */
export function sloNamed(
  name: string,
  sli: SliDefinition = prometheusRatio({ total: 'orders_total', bad: 'orders_failed_total' }),
  more: Partial<SloInput> = {},
): Slo {
  const { value, diagnostics } = resolveSlo(
    defineSlo({ service: checkout, name, objective: '99.9%', sli, ...more }),
  );
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const FIELDS = { status: 'status', seconds: 'seconds', country: 'string' } as const;

/** One SLO for each way in which an SLI can be written. */
export const EVERY_KIND: readonly Slo[] = [
  sloNamed(
    'check',
    checkRatio({
      check: defineCheck({
        service: checkout,
        name: 'home',
        probe: http({ url: 'https://shop.example' }),
      }),
    }),
  ),
  sloNamed(
    'events',
    ingestEvents({
      stream: 'orders',
      fields: FIELDS,
      total: (order) => not(order.country.equals('test')),
      bad: (order) =>
        any(
          order.status.isServerError(),
          all(order.seconds.greaterThan('2s'), order.country.oneOf('DE', 'FR')),
        ),
    }),
    { groupBy: ['country'] },
  ),
  sloNamed(
    'expression',
    prometheusExpression({
      total: 'sum(increase(orders_total[$step]))',
      good: 'sum(increase(orders_done_total[$step]))',
    }),
  ),
  sloNamed(
    'gauge',
    prometheusGauge({ expression: 'max(probe_success{probe="shop"})', goodWhen: '== 1' }),
  ),
  sloNamed(
    'good-counters',
    prometheusRatio({
      total: 'orders_total{job="checkout"}',
      good: 'orders_done_total{job="checkout"}',
    }),
  ),
  sloNamed('grouped', prometheusRatio({ total: 'orders_total', bad: 'orders_failed_total' }), {
    groupBy: ['country'],
  }),
  sloNamed(
    'kafka',
    kafkaEvents({ topic: 'orders', fields: FIELDS, bad: (order) => order.status.isServerError() }),
  ),
  sloNamed(
    'latency',
    prometheusLatency({ histogram: 'order_seconds', selector: '{job="checkout"}', atMost: '1s' }),
  ),
  sloNamed(
    'lines',
    lokiRatio({ total: '{app="checkout"} | json', bad: '{app="checkout"} | json | status >= 500' }),
  ),
  sloNamed('ratio'),
];

export function serviceOf(definition: unknown): Service {
  const { value } = resolveService(definition);
  if (value === undefined) throw new Error('no service');
  return value;
}

/** The runbook as it is resolved. @throws when it is wrong */
export function runbookOf(definition: unknown): Runbook {
  const { value, diagnostics } = resolveRunbook(definition, 'it');
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

export function workspaceOf(more: Partial<RunbookWorkspace> = {}): RunbookWorkspace {
  return {
    services: [serviceOf(checkout)],
    slos: EVERY_KIND,
    runbooks: [],
    teams: [{ name: 'shop', page: ['pagerduty'], ticket: ['slack #shop'] }],
    needs: [],
    settings: { format: 'html' },
    prometheus: { default: 'http://prometheus:9090' },
    dashboardUid: (service) => `ninefold-s-${service}`,
    ...more,
  };
}
