// Which traces leave the program: a share of all, decided at their start, and every one in which something failed.
import { type Context, context, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { NodeSDK } from '@opentelemetry/sdk-node';

type Configuration = NonNullable<ConstructorParameters<typeof NodeSDK>[0]>;
type Sampler = NonNullable<Configuration['sampler']>;
type SpanProcessor = NonNullable<Configuration['spanProcessors']>[number];
type ReadableSpan = Parameters<SpanProcessor['onEnd']>[0];

/** Delivers spans; the OTLP exporter is one. */
export type SpanExporter = Pick<OTLPTraceExporter, 'export' | 'shutdown'>;

/** The values of the SDK's enumeration of decisions. */
const RECORD = 1;
const RECORD_AND_SAMPLE = 2;

/** Traces whose end is awaited, and spans kept of each, at most. */
const OPEN_TRACES = 1000;
const SPANS_OF_A_TRACE = 100;
/** Spans that wait for the exporter, at most; more are dropped and counted. */
const WAITING_SPANS = 4096;
const BATCH_SPANS = 512;
const FLUSH_MS = 2000;

/**
 * Records every span but marks only the sampled share: a trace counts as sampled when its caller sampled it or when
 * its id falls into the share. The rest is recorded in case it fails.
 */
export function createSampler(share: number): Sampler {
  return {
    shouldSample(parent: Context, traceId: string) {
      const caller = trace.getSpanContext(parent);
      const sampled =
        caller === undefined
          ? isInShare(traceId, share)
          : (caller.traceFlags & TraceFlags.SAMPLED) !== 0;
      return { decision: sampled ? RECORD_AND_SAMPLE : RECORD };
    },
    toString: () => `ninefold{${share}, failed traces always}`,
  };
}

/** Whether a trace is among the share that is kept. The last 56 bits of its id are random (W3C Trace Context, level 2). */
export function isInShare(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(-14), 16) < share * 2 ** 56;
}

/** One unsampled trace whose first span has not ended. */
interface OpenTrace {
  readonly spans: ReadableSpan[];
  failed: boolean;
}

export interface TraceKeeper extends SpanProcessor {
  /** Spans given up because the exporter could not keep up. */
  readonly dropped: number;
}

/** Passes sampled spans on, holds the others until their trace ends here, and then lets go of it or passes it whole. */
export function createTraceKeeper(exporter: SpanExporter): TraceKeeper {
  const open = new Map<string, OpenTrace>();
  const waiting: ReadableSpan[] = [];
  let dropped = 0;
  let sending: Promise<void> | undefined;
  let stopped = false;

  const pass = (spans: readonly ReadableSpan[]): void => {
    const room = stopped ? 0 : WAITING_SPANS - waiting.length;
    waiting.push(...spans.slice(0, room));
    dropped += Math.max(0, spans.length - room);
    if (waiting.length >= BATCH_SPANS) void flush();
  };

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      sending ??= send(exporter, waiting.splice(0, BATCH_SPANS)).finally(() => {
        sending = undefined;
      });
      await sending;
    }
  };

  const timer = setInterval(() => void flush(), FLUSH_MS);
  timer.unref();

  const hold = (span: ReadableSpan): void => {
    const { traceId } = span.spanContext();
    const failed = span.status.code === SpanStatusCode.ERROR;
    const held = open.get(traceId);
    if (held === undefined) {
      // Its trace has ended or was never held: a failure still goes out, alone.
      if (failed) pass([asSampled(span)]);
      return;
    }
    held.failed ||= failed;
    if (held.spans.length < SPANS_OF_A_TRACE || failed) held.spans.push(span);
    if (!startsHere(span)) return;
    open.delete(traceId);
    if (held.failed) pass(held.spans.map(asSampled));
  };

  return {
    get dropped() {
      return dropped;
    },
    onStart(span) {
      if (isSampled(span) || !startsHere(span)) return;
      const oldest = open.size >= OPEN_TRACES ? open.keys().next().value : undefined;
      if (oldest !== undefined) open.delete(oldest);
      open.set(span.spanContext().traceId, { spans: [], failed: false });
    },
    onEnd(span) {
      if (isSampled(span)) pass([span]);
      else hold(span);
    },
    forceFlush: flush,
    async shutdown() {
      clearInterval(timer);
      stopped = true;
      await flush();
      await exporter.shutdown();
    },
  };
}

/** Whether the span is the first of its trace in this process. */
function startsHere({ parentSpanContext }: Pick<ReadableSpan, 'parentSpanContext'>): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}

function isSampled(span: Pick<ReadableSpan, 'spanContext'>): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** The same span, saying that it is sampled: receivers drop others. */
function asSampled(span: ReadableSpan): ReadableSpan {
  const ids = { ...span.spanContext(), traceFlags: TraceFlags.SAMPLED };
  return Object.create(span, { spanContext: { value: () => ids } }) as ReadableSpan;
}

/** Sends one batch without tracing the sending; a failure is the exporter's to log, the batch is gone. */
function send(exporter: SpanExporter, spans: ReadableSpan[]): Promise<void> {
  return new Promise((resolve) => {
    context.with(suppressTracing(context.active()), () => exporter.export(spans, () => resolve()));
  });
}
