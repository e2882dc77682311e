// What a run tells the SLOs on its check: an event of the check's own ingest stream, which counts once however often it is sent.
import { checkStream } from '../slo/names.ts';
import type { Check } from './check.ts';
import type { Run } from './run.ts';

/** A run ready to be posted to an ingest stream. */
export interface RunResult {
  readonly stream: string;
  /** The same for the same run: what is sent twice under it counts once. */
  readonly idempotencyKey: string;
  /** NDJSON: the event, and for how long the run speaks. */
  readonly body: string;
}

/** What SLOs know of a run. */
export interface RunEvent {
  readonly check: string;
  readonly location: string;
  readonly verdict: Run['verdict'];
  /** When it counts: the second before it began, which is complete when it arrives, so that it can page at once. */
  readonly atMs: number;
  readonly startedAtMs: number;
  /** When it was due, and when it began without a schedule: to which slot it belongs where places vote. */
  readonly dueAtMs: number;
  readonly durationMs: number;
  /** With retries. */
  readonly totalMs: number;
  /** How much later than due it began; absent without a schedule. */
  readonly lagMs?: number;
  /** Why it is not passed: a code of `FAILURES`. */
  readonly reason?: string;
  readonly traceId: string;
}

/** The stream of a check's runs. */
export function resultStream(check: Pick<Check, 'name' | 'service'>): string {
  return checkStream(check.service.name, check.name);
}

/** Milliseconds from when a run was due to when it began; undefined without a schedule. */
function runLagMs({ scheduledAtMs, startedAtMs }: Run): number | undefined {
  return scheduledAtMs === undefined ? undefined : Math.max(0, startedAtMs - scheduledAtMs);
}

/**
 * A run as a result, undefined when its verdict is `error`: nothing was learnt, so this time stays unmeasured.
 * A run speaks for the period before it, so that checks of any period are measured without a gap, and missing runs leave one.
 */
export function runResult(
  check: Pick<Check, 'name' | 'service' | 'everySeconds'>,
  run: Run,
): RunResult | undefined {
  if (run.verdict === 'error') return undefined;
  const lagMs = runLagMs(run);
  const event: RunEvent = {
    check: run.check,
    location: run.location,
    verdict: run.verdict,
    atMs: run.startedAtMs - 1000,
    startedAtMs: run.startedAtMs,
    dueAtMs: run.scheduledAtMs ?? run.startedAtMs,
    durationMs: run.durationMs,
    totalMs: run.totalMs,
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(run.reason === undefined ? {} : { reason: run.reason.code }),
    traceId: run.traceId,
  };
  const through = run.startedAtMs / 1000;
  const measured = {
    measuredFrom: Math.max(0, through - check.everySeconds),
    measuredThrough: through,
  };
  return {
    stream: resultStream(check),
    idempotencyKey: `${run.traceId}${run.spanId}`,
    body: `${JSON.stringify(event)}\n${JSON.stringify({ ninefold: measured })}\n`,
  };
}
