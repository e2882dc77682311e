// Spans around the work of the collector, through the OpenTelemetry API alone: without an SDK they cost next to nothing.
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/** The instrumentation scope of every span made here. */
const SCOPE = 'ninefold';

/**
 * Runs `work` inside a span. A throw marks the span as failed, which keeps its whole trace whatever the sampling,
 * and goes on to the caller.
 */
export function traced<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => T | Promise<T>,
): Promise<T> {
  return trace.getTracer(SCOPE).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * Runs `work` as part of the trace that a caller's `traceparent` header names, if there is one. It starts from the
 * root: HTTP instrumentation suppresses tracing in the context of requests that it leaves out.
 */
export function continued<T>(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  work: () => T,
): T {
  return context.with(propagation.extract(ROOT_CONTEXT, headers), work);
}

/** Marks a span as failed without a throw: an answer of 500, a refused delivery. */
export function fail(span: Span, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  span.recordException(failure);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}

/** The ids under which log lines and traces find each other; undefined outside a span. */
export function currentTraceIds():
  { readonly trace_id: string; readonly span_id: string } | undefined {
  const ids = trace.getActiveSpan()?.spanContext();
  return ids === undefined ? undefined : { trace_id: ids.traceId, span_id: ids.spanId };
}
