// Operating the collector over HTTP: reading the definitions again.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpProblem } from './problem.ts';
import { answers } from './responses.ts';

export const operationRoutes: FastifyPluginAsyncZod<{
  readonly reload?: (() => Promise<void>) | undefined;
}> = async (app, { reload }) => {
  app.post(
    '/reload',
    {
      config: { access: 'admin' },
      schema: {
        summary:
          'Reads definitions and tokens again, as SIGHUP does; on a mistake the old ones stay',
        tags: ['Operation'],
        response: answers(z.object({ reloaded: z.literal(true) })),
      },
    },
    async () => {
      if (reload === undefined)
        throw new HttpProblem('not-found', 'This collector was not started from a workspace.');
      await reload().catch((error: unknown) => {
        throw new HttpProblem(
          'unprocessable-content',
          error instanceof Error ? error.message : String(error),
          { cause: error },
        );
      });
      return { reloaded: true as const };
    },
  );
};
