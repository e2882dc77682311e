// Health and readiness: whether the process lives, and whether it can be relied on.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CollectorView } from '../view.ts';
import { Health, Ready } from './contract.ts';
import { HttpProblem } from './problem.ts';
import { answers } from './responses.ts';

export const healthRoutes: FastifyPluginAsyncZod<{ readonly view: CollectorView }> = async (
  app,
  { view },
) => {
  app.get(
    '/healthz',
    {
      config: { access: 'open', otel: false },
      schema: {
        summary: 'The process lives and answers',
        tags: ['Health'],
        querystring: z.object({}),
        response: answers(Health),
      },
    },
    async () => ({ status: 'alive' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { otel: false },
      schema: {
        summary: 'Counts are current and the store answers; otherwise 503 with the reasons',
        tags: ['Health'],
        querystring: z.object({}),
        response: answers(Ready),
      },
    },
    async () => {
      const { ready, reasons } = view.readiness();
      if (!ready)
        throw new HttpProblem('not-ready', reasons.join(' '), {
          members: { ready, reasons: [...reasons] },
        });
      return { ready, reasons: [...reasons] };
    },
  );
};
