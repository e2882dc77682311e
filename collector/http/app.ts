// The HTTP service of a collector: builds it, does not listen.
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Tokens } from '../tokens.ts';
import type { CollectorView } from '../view.ts';
import { checkAccess } from './access.ts';
import { alertRoutes } from './alerts.ts';
import { limitAnswerTime } from './answer-timeout.ts';
import { refuseWhenBusy } from './busy-loop.ts';
import { documentationRoutes } from './documentation.ts';
import { answerBrokenRequest, answerError } from './errors.ts';
import { healthRoutes } from './health.ts';
import { type HeartbeatDoor, heartbeatRoutes } from './heartbeats.ts';
import { HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { metricsRoute } from './metrics.ts';
import { answerUnknown } from './not-found.ts';
import { registerOpenapi } from './openapi.ts';
import { operationRoutes } from './operation.ts';
import { HttpProblem } from './problem.ts';
import { type IngestReceiver, receiverRoutes, type RemoteWriteReceiver } from './receivers.ts';
import { sloRoutes } from './slos.ts';
import { sourceRoutes } from './sources.ts';

export interface HttpAppOptions {
  readonly view: CollectorView;
  readonly log: Log;
  /** The collector's own metrics for /metrics. */
  readonly metrics?: Metrics;
  /** Further series for /metrics, in the Prometheus text format. */
  readonly moreSeries?: () => string;
  readonly remoteWrite?: RemoteWriteReceiver;
  readonly ingest?: IngestReceiver;
  /** Takes what jobs report of themselves. */
  readonly heartbeats?: HeartbeatDoor;
  /** Absent: only programs of this machine may call (see `assertSafeToListen`). */
  readonly tokens?: Tokens;
  readonly limits?: Partial<HttpLimits>;
  /** Reads definitions and tokens again; rejects with the reason and changes nothing when they are wrong. */
  readonly reload?: () => Promise<void>;
  /** The OpenTelemetry plugin of `startTracing`. */
  readonly tracing?: FastifyPluginCallback;
  /** For the OpenAPI document. @default '0.0.0' */
  readonly version?: string;
}

/** The service as a Fastify instance; `listen` starts it, `close` ends it. */
export function createHttpApp(options: HttpAppOptions): FastifyInstance {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestSeconds * 1000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 256 },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: Math.min(10, limits.requestSeconds) * 1000,
      connectionsCheckingInterval: Math.min(5, limits.requestSeconds) * 1000,
    },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerError(options.log),
  });
  app.server.maxConnections = limits.connections;
  app.setErrorHandler(answerError(options.log));
  app.decorateRequest('caller', null);
  app.addHook('onRequest', checkAccess(options.tokens));
  answerUnknown(app);
  limitAnswerTime(app, limits.requestSeconds);
  // At the root, so that headers and documentation cover every answer, unknown addresses included.
  void app.register(fastifyPlugin(async (root) => registerAll(root, options, limits)));
  return app;
}

async function registerAll(
  app: FastifyInstance,
  options: HttpAppOptions,
  limits: HttpLimits,
): Promise<void> {
  const { view, metrics, remoteWrite, ingest, heartbeats, reload } = options;
  if (options.tracing !== undefined) await app.register(options.tracing);
  // Whether an address is reached by HTTPS only is for the proxy in front to say.
  await app.register(helmet, { contentSecurityPolicy: POLICY, strictTransportSecurity: false });
  await registerOpenapi(app, options.version ?? '0.0.0');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // Health answers even when everything else is told to come back later.
  await app.register(healthRoutes, { view });
  await app.register(metricsRoute, { view, metrics, moreSeries: options.moreSeries });
  await app.register(documentationRoutes);
  await app.register(
    async (api) => {
      await registerProtection(api, limits);
      await api.register(sloRoutes, { view });
      await api.register(alertRoutes, { view });
      await api.register(sourceRoutes, { view });
      await api.register(operationRoutes, { reload });
      await api.register(heartbeatRoutes, {
        heartbeats,
        requestsPerMinute: limits.telemetryRequestsPerMinute,
      });
      await api.register(receiverRoutes, {
        remoteWrite,
        ingest,
        bodyBytes: limits.bodyBytes,
        requestsPerMinute: limits.telemetryRequestsPerMinute,
      });
    },
    { prefix: '/api/v1' },
  );
}

/** Nothing of the API is a page; the documentation page sets a policy of its own. */
const POLICY = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
};

async function registerProtection(api: FastifyInstance, limits: HttpLimits): Promise<void> {
  refuseWhenBusy(api, limits.eventLoopDelayMs);
  await api.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new HttpProblem('too-many-requests', `Too many requests; try again in ${after}.`),
  });
}
