// Starts OpenTelemetry: traces over OTLP HTTP and nothing else. Loaded only when tracing is configured.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createSampler, createTraceKeeper } from './trace-keeper.ts';

export interface TracingOptions {
  /** OTLP HTTP address: `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Share of traces kept, 0…1; failed ones are always kept. */
  readonly sampling: number;
  /** Further instrumentation, such as that of the HTTP service. */
  readonly instrumentations?: readonly Instrumentation[];
}

export interface Tracing {
  /** Sends what waits and stops, within `timeoutMs`. */
  stop(timeoutMs?: number): Promise<void>;
}

/** Addresses that are called so often that only their own spans are worth it, and those of probes. */
const UNTRACED = /^\/(?:api\/v1\/(?:write|ingest\/)|healthz|readyz|metrics)/;

/**
 * Starts tracing for this process. Call it before the modules are loaded that shall be traced (HTTP server, kafkajs):
 * they are patched while they load.
 */
export function startTracing(options: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url: options.endpoint,
    headers: { ...options.headers },
    timeoutMillis: 10_000,
  });
  const sdk = new NodeSDK({
    serviceName: process.env['OTEL_SERVICE_NAME'] ?? 'ninefold',
    sampler: createSampler(options.sampling),
    spanProcessors: [createTraceKeeper(exporter)],
    // Left out, the SDK would send metrics and every log line to localhost by itself.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => UNTRACED.test(url),
      }),
      new UndiciInstrumentation(),
      new KafkaJsInstrumentation(),
      ...(options.instrumentations ?? []),
    ],
  });
  sdk.start();
  return {
    async stop(timeoutMs = 3000) {
      const giveUp = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
      // A receiver that is away must not keep the process from ending.
      await Promise.race([sdk.shutdown().catch(() => {}), giveUp]);
    },
  };
}
