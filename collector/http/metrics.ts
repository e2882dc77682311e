// GET /metrics: budgets, sources, runs of checks and the collector itself in the Prometheus text format.
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.ts';
import type { CollectorView } from '../view.ts';
import { sloSeries } from './slo-series.ts';
import { sourceSeries } from './source-series.ts';

export async function metricsRoute(
  app: FastifyInstance,
  {
    view,
    metrics,
    moreSeries = () => '',
  }: {
    readonly view: CollectorView;
    readonly metrics?: Metrics | undefined;
    readonly moreSeries?: (() => string) | undefined;
  },
): Promise<void> {
  app.get(
    '/metrics',
    {
      config: { otel: false },
      schema: { summary: 'Metrics of budgets and collector', tags: ['Health'] },
    },
    async (_request, reply) => {
      const own = metrics === undefined ? '' : await metrics.text();
      return reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(`${sloSeries(view)}${sourceSeries(view)}${moreSeries()}${own}`);
    },
  );
}
