// Tracing of a service as its configuration wants it, loaded only then.
import type { HttpAppOptions } from '../collector/http/app.ts';
import type { TracingSettings } from '../slo/connection.ts';

export interface ServiceTracing {
  /** For the HTTP service. */
  readonly plugin: NonNullable<HttpAppOptions['tracing']>;
  stop(timeoutMs: number): Promise<void>;
}

/** Starts tracing for this process. @throws SecretError when a header's secret cannot be had */
export async function startTracingFor(settings: TracingSettings): Promise<ServiceTracing> {
  const [{ startTracing }, { createHttpInstrumentation }, { readSecret }] = await Promise.all([
    import('../collector/tracing-sdk.ts'),
    import('../collector/http/tracing-plugin.ts'),
    import('../collector/secret.ts'),
  ]);
  const instrumentation = createHttpInstrumentation();
  const headers = Object.entries(settings.headers).map(
    ([name, value]) => [name, typeof value === 'string' ? value : readSecret(value)] as const,
  );
  const tracing = startTracing({
    endpoint: settings.endpoint,
    headers: Object.fromEntries(headers),
    sampling: settings.sampling,
    instrumentations: [instrumentation],
  });
  return {
    plugin: instrumentation.plugin(),
    stop: (timeoutMs) => tracing.stop(timeoutMs),
  };
}
