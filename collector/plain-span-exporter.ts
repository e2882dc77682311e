// Sends spans that are plain data over OTLP HTTP, to an address or where the environment says (OTEL_EXPORTER_OTLP_ENDPOINT and its like).
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { createTraceKeeper } from './trace-keeper.ts';

/** A finished span; moments in epoch milliseconds, microseconds behind the point. */
export interface PlainSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'internal' | 'client';
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'ok' | 'error';
  readonly message?: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly {
    readonly name: string;
    readonly atMs: number;
    readonly attributes: Readonly<Record<string, string | number | boolean>>;
  }[];
}

export interface PlainSpanExporter {
  add(span: PlainSpan): void;
  /** Sends what waits, within `timeoutMs`; gives how many spans were not taken, and why the last of them. */
  end(timeoutMs: number): Promise<{ readonly lost: number; readonly reason: string }>;
}

type ReadableSpan = Parameters<OTLPTraceExporter['export']>[0][number];
type Time = ReadableSpan['startTime'];

/** An exporter for a service of this name; without a target, address, headers and time limits come from the environment. */
export function createPlainSpanExporter(
  serviceName: string,
  target?: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
): PlainSpanExporter {
  const exporter = new OTLPTraceExporter(
    target && { url: target.url, headers: { ...target.headers }, timeoutMillis: 10_000 },
  );
  let added = 0;
  let taken = 0;
  let reason = 'no answer in time';
  const keeper = createTraceKeeper({
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) taken += spans.length;
        else reason = result.error?.message ?? 'refused';
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  });
  return {
    add(span) {
      added += 1;
      keeper.onEnd(readable(span, serviceName));
    },
    async end(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const giveUp = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([keeper.shutdown().catch(() => {}), giveUp]);
      clearTimeout(timer);
      if (keeper.dropped > 0) reason = 'more came than could be sent';
      return { lost: added - taken, reason };
    },
  };
}

function readable(span: PlainSpan, serviceName: string): ReadableSpan {
  const { traceId, parentSpanId } = span;
  const context = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  const own = context(span.spanId);
  return {
    name: span.name,
    kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => own,
    ...(parentSpanId === undefined ? {} : { parentSpanContext: context(parentSpanId) }),
    startTime: timeOf(span.startMs),
    endTime: timeOf(span.startMs + span.durationMs),
    duration: timeOf(span.durationMs),
    status: {
      code: span.status === 'ok' ? SpanStatusCode.OK : SpanStatusCode.ERROR,
      ...(span.message === undefined ? {} : { message: span.message }),
    },
    attributes: { ...span.attributes },
    links: [],
    events: span.events.map(({ name, atMs, attributes }) => ({
      name,
      time: timeOf(atMs),
      attributes: { ...attributes },
    })),
    ended: true,
    resource: resourceOf(serviceName),
    instrumentationScope: { name: 'ninefold' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function resourceOf(serviceName: string): ReadableSpan['resource'] {
  const attributes = { 'service.name': serviceName };
  const resource: ReadableSpan['resource'] = {
    attributes,
    merge: (other) => other ?? resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}

/** Seconds and nanoseconds; a sum of milliseconds is exact only to the microsecond. */
function timeOf(ms: number): Time {
  const microseconds = Math.round(ms * 1000);
  return [Math.floor(microseconds / 1_000_000), (microseconds % 1_000_000) * 1000];
}
