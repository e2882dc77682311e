// What an unknown address answers: 405 with the methods it takes when only the method is wrong, else 404.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem, sendProblem } from './problem.ts';

/** Watches the routes that are registered after it and answers for all others. */
export function answerUnknown(app: FastifyInstance): void {
  const routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { path: patternOf(url), methods: new Set<string>() };
    for (const each of [method].flat()) known.methods.add(each);
    routes.set(url, known);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = [...routes.values()]
      .filter((route) => route.path.test(path))
      .flatMap(({ methods }) => [...methods]);
    return sendProblem(reply, unknown(request.method, allowed));
  });
}

function unknown(method: string, allowed: readonly string[]): HttpProblem {
  if (allowed.length === 0)
    return new HttpProblem('not-found', 'No such address; GET /docs lists them all.');
  const allow = [...new Set(allowed)].sort().join(', ');
  return new HttpProblem('method-not-allowed', `${method} is not possible here; use ${allow}.`, {
    headers: { allow },
  });
}

/** Our addresses hold plain words and `:name` parameters only. */
function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')));
  return new RegExp(`^${parts.join('/')}$`);
}
