// Tracing of a service as its configuration wants it, loaded only then.
import process from 'node:process';
import type { HttpAppOptions } from '../collector/http/app.ts';
import type { TracingSettings } from '../slo/connection.ts';
import { type Run, runSpans } from '../synthetics/index.ts';

export interface ServiceTracing {
  /** For the HTTP service. */
  readonly plugin: NonNullable<HttpAppOptions['tracing']>;
  /** Sends a run of a check as a trace: all that are not good, of the others the configured share. */
  readonly addRun: (run: Run) => void;
  stop(timeoutMs: number): Promise<void>;
}

/** Starts tracing for this process. @throws SecretError when a header's secret cannot be had */
export async function startTracingFor(settings: TracingSettings): Promise<ServiceTracing> {
  const [
    { startTracing },
    { isInShare },
    { createPlainSpanExporter },
    { createHttpInstrumentation },
    { readSecret },
  ] = await Promise.all([
    import('../collector/tracing-sdk.ts'),
    import('../collector/trace-keeper.ts'),
    import('../collector/plain-span-exporter.ts'),
    import('../collector/http/tracing-plugin.ts'),
    import('../collector/secret.ts'),
  ]);
  const { endpoint, sampling } = settings;
  const instrumentation = createHttpInstrumentation();
  const headers = Object.fromEntries(
    Object.entries(settings.headers).map(
      ([name, value]) => [name, typeof value === 'string' ? value : readSecret(value)] as const,
    ),
  );
  const tracing = startTracing({
    endpoint,
    headers,
    sampling,
    instrumentations: [instrumentation],
  });
  const name = process.env['OTEL_SERVICE_NAME'] ?? 'ninefold';
  const runs = createPlainSpanExporter(name, { url: endpoint, headers });
  return {
    plugin: instrumentation.plugin(),
    addRun(run) {
      const good = run.verdict === 'passed' || run.verdict === 'degraded';
      if (good && !isInShare(run.traceId, sampling)) return;
      for (const span of runSpans(run)) runs.add(span);
    },
    async stop(timeoutMs) {
      await Promise.all([runs.end(timeoutMs), tracing.stop(timeoutMs)]);
    },
  };
}
