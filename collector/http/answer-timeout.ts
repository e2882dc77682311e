// Gives up on answers that take too long. Fastify's own time limit ends with the request's body, so it misses every post.
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './problem.ts';

/** Every route that is registered afterwards answers 503 when its handler takes longer. */
export function limitAnswerTime(app: FastifyInstance, seconds: number): void {
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = async function timed(request, reply) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new HttpProblem('unavailable', `No answer within ${seconds} s.`)),
          seconds * 1000,
        );
      });
      try {
        return await Promise.race([handler.call(this, request, reply), late]);
      } finally {
        clearTimeout(timer);
      }
    };
  });
}
