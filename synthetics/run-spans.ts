// A run as a tree of spans: the run itself, whose status is its verdict, and a child for each request of its last try.
import { PHASES } from './phase.ts';
import type { Run, RunStep } from './run.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span as plain data; times in milliseconds, moments in epoch milliseconds with microseconds behind the point. */
export interface RunSpan {
  /** 32 and 16 hex digits, as the run's record has them. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** A step calls a server, and what that server traces hangs on it. */
  readonly kind: 'internal' | 'client';
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'ok' | 'error';
  /** Why it is an error. */
  readonly message?: string;
  readonly attributes: SpanAttributes;
  readonly events: readonly SpanEvent[];
}

export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: SpanAttributes;
}

/** The spans of a run, its own first. What traces of the tries before the last one have is told as events only. */
export function runSpans(run: Run): readonly RunSpan[] {
  const began = run.attempts.at(-1)?.startedAtMs ?? run.startedAtMs;
  return [rootSpan(run), ...run.steps.map((step) => stepSpan(run, step, began))];
}

function rootSpan(run: Run): RunSpan {
  const { traceId, spanId, verdict, reason } = run;
  const good = verdict === 'passed' || verdict === 'degraded';
  return {
    traceId,
    spanId,
    name: `check ${run.check}`,
    kind: 'internal',
    startMs: run.startedAtMs,
    durationMs: run.totalMs,
    status: good ? 'ok' : 'error',
    ...(reason === undefined || good ? {} : { message: reason.message }),
    attributes: {
      ...labelAttributes(run.labels),
      'ninefold.check': run.check,
      'ninefold.service': run.service,
      'ninefold.team': run.team,
      'ninefold.type': run.type,
      'ninefold.target': run.target,
      ...(run.location === '' ? {} : { 'ninefold.location': run.location }),
      ...(run.scheduledAtMs === undefined
        ? {}
        : { 'ninefold.lag_ms': run.startedAtMs - run.scheduledAtMs }),
      'ninefold.verdict': verdict,
      'ninefold.attempts': run.attempts.length,
      ...(reason === undefined ? {} : { 'ninefold.reason': reason.code }),
      ...(reason?.phase === undefined ? {} : { 'ninefold.phase': reason.phase }),
    },
    events: [
      ...run.attempts.slice(0, -1).map((attempt) => ({
        name: 'attempt',
        atMs: attempt.startedAtMs + attempt.durationMs,
        attributes: {
          'ninefold.verdict': attempt.verdict,
          'ninefold.duration_ms': attempt.durationMs,
          ...(attempt.reason === undefined ? {} : { 'ninefold.reason': attempt.reason.code }),
        },
      })),
      ...run.assertions
        .filter(({ held }) => !held)
        .map(({ text, got }) => ({
          name: 'expectation',
          atMs: run.startedAtMs + run.totalMs,
          attributes: { 'ninefold.expected': text, 'ninefold.got': got },
        })),
    ],
  };
}

function labelAttributes(labels: Run['labels']): SpanAttributes {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`ninefold.label.${name}`, value]),
  );
}

function stepSpan({ traceId, spanId, reason }: Run, step: RunStep, began: number): RunSpan {
  const startMs = began + step.offsetMs;
  const { status } = step.facts;
  return {
    traceId,
    spanId: step.spanId,
    parentSpanId: spanId,
    name: step.name,
    kind: 'client',
    startMs,
    durationMs: step.durationMs,
    status: step.failed ? 'error' : 'ok',
    ...(step.failed && reason !== undefined ? { message: reason.message } : {}),
    attributes: {
      ...Object.fromEntries(
        Object.entries(step.facts).map(([name, value]) => [`ninefold.fact.${name}`, value]),
      ),
      ...(typeof status === 'number' ? { 'http.response.status_code': status } : {}),
    },
    events: phaseEvents(step, startMs),
  };
}

/** Where each phase ended. Only their lengths are measured, and nothing but our own bookkeeping lies between them. */
function phaseEvents({ phases }: RunStep, startMs: number): readonly SpanEvent[] {
  let atMs = startMs;
  return PHASES.flatMap((phase) => {
    const durationMs = phases[phase];
    if (durationMs === undefined) return [];
    atMs += durationMs;
    return [{ name: `${phase} ended`, atMs, attributes: { 'ninefold.duration_ms': durationMs } }];
  });
}
