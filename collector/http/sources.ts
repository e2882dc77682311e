// Sources over HTTP: how far each has read and how it fares.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CollectorView } from '../view.ts';
import { Source } from './contract.ts';
import { presentSource } from './presentation.ts';
import { answers } from './responses.ts';

export const sourceRoutes: FastifyPluginAsyncZod<{ readonly view: CollectorView }> = async (
  app,
  { view },
) => {
  app.get(
    '/sources',
    {
      schema: {
        summary: 'Sources of telemetry with lag, watermark and counters',
        tags: ['Sources'],
        querystring: z.strictObject({}),
        response: answers(z.object({ items: z.array(Source) })),
      },
    },
    async () => ({ items: view.sources().map(presentSource) }),
  );
};
