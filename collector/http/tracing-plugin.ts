// The instrumentation of the HTTP service: one span for each request, none for its hooks and handlers.
import { FastifyOtelInstrumentation } from '@fastify/otel';

/** Hand it to `startTracing`, and its `plugin()` to `createHttpApp`. */
export function createHttpInstrumentation(): FastifyOtelInstrumentation {
  return new FastifyOtelInstrumentation({ instrumentHooks: false, instrumentHandler: false });
}
