// Runs a check once: tries, retries as its policy says, and judges.
import { assessAnswer } from './assess-answer.ts';
import { type AssertionResult, printMilliseconds } from './assertion.ts';
import { type AttemptTimes, beginAttempt, type Surroundings } from './attempt-log.ts';
import { type Check, retryWaitMs } from './check.ts';
import type { Answer, Attempt, Probe } from './probe.ts';
import { type FailureCode, FAILURES, ProbeFailure } from './probe-failure.ts';
import type { Reason, Run, RunAttempt, Verdict } from './run.ts';
import { createSecretMask, type SecretMask } from './secret-mask.ts';

export interface RunOptions {
  /** By kind. */
  readonly probes: ReadonlyMap<string, Probe>;
  readonly surroundings: Surroundings;
  /** Where this is. @default '' */
  readonly location?: string;
  /** When the run was due, epoch milliseconds. */
  readonly scheduledAtMs?: number;
  /** Ends the run early, with verdict `error`. */
  readonly signal?: AbortSignal;
}

/** Runs a check now. Never rejects: whatever happens is in the record, with secrets masked. */
export async function runCheck(check: Check, options: RunOptions): Promise<Run> {
  const { surroundings, scheduledAtMs, signal } = options;
  const mask = createSecretMask();
  const traceId = surroundings.randomHex(16);
  const began = surroundings.monotonic();
  const startedAtMs = surroundings.now();
  const attempts: RunAttempt[] = [];
  for (;;) {
    const tried = await tryOnce(check, options, traceId, mask);
    attempts.push(tried.told);
    if (isLast(check, tried.told, attempts.length) || signal?.aborted === true) {
      const { step: _step, phase: _phase, ...times } = tried.times;
      return mask.data({
        check: check.id,
        service: check.service.name,
        team: check.service.team,
        labels: { ...check.service.labels, ...check.labels },
        type: check.probe.type,
        target: check.probe.target,
        location: options.location ?? '',
        ...(scheduledAtMs === undefined ? {} : { scheduledAtMs }),
        startedAtMs,
        totalMs: Math.round((surroundings.monotonic() - began) * 1000) / 1000,
        verdict: tried.told.verdict,
        ...(tried.told.reason === undefined ? {} : { reason: tried.told.reason }),
        ...times,
        assertions: tried.assertions,
        attempts,
        traceId,
        spanId: surroundings.randomHex(8),
      });
    }
    const wait = retryWaitMs(check.retries, attempts.length);
    await surroundings.sleep(wait, signal ?? new AbortController().signal);
  }
}

function isLast({ retries }: Check, { verdict, reason }: RunAttempt, tries: number): boolean {
  if (verdict !== 'failed' || tries > retries.most) return true;
  return retries.on === 'network' && reason !== undefined && !FAILURES[reason.code].network;
}

interface Tried {
  readonly told: RunAttempt;
  readonly times: AttemptTimes;
  readonly assertions: readonly AssertionResult[];
}

async function tryOnce(
  check: Check,
  options: RunOptions,
  traceId: string,
  mask: SecretMask,
): Promise<Tried> {
  const { surroundings, probes } = options;
  const startedAtMs = surroundings.now();
  const deadline = startDeadline(check.timeoutMs, options.signal);
  const limits = { signal: deadline.signal, timeoutMs: check.timeoutMs };
  const log = beginAttempt(surroundings, traceId, limits, mask);
  let answer: Answer | undefined;
  let failure: ProbeFailure | undefined;
  try {
    answer = await Promise.race([probe(check, probes, log.attempt), deadline.reached]);
  } catch (error) {
    failure = deadline.failure() ?? asFailure(error);
  }
  deadline.end();
  const times = log.end(failure !== undefined);
  const assertions =
    answer === undefined
      ? []
      : [
          ...(answer.assertions ?? []),
          ...assessAnswer(check.probe.assertions, answer, times, startedAtMs),
        ];
  const { verdict, reason } = judge(check, failure, times, assertions);
  const told = {
    startedAtMs,
    durationMs: times.durationMs,
    verdict,
    ...(reason === undefined ? {} : { reason }),
  };
  return { told, times, assertions };
}

async function probe(
  { probe: form }: Check,
  probes: RunOptions['probes'],
  attempt: Attempt,
): Promise<Answer> {
  const probe = probes.get(form.type);
  if (probe === undefined)
    throw new ProbeFailure('setup', `there is no probe of the kind '${form.type}' here`);
  return probe.run(form, attempt);
}

function asFailure(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  return new ProbeFailure(
    'internal',
    error instanceof Error ? error.message : String(error),
    error,
  );
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects when the time is over or the program stops. */
  readonly reached: Promise<never>;
  /** Why the signal aborted. */
  failure(): ProbeFailure | undefined;
  end(): void;
}

function startDeadline(timeoutMs: number, stop: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let failure: ProbeFailure | undefined;
  let refuse: (reason: ProbeFailure) => void;
  const reached = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  // Whoever races it hears of it; nobody else has to.
  reached.catch(() => {});
  const abort = (reason: ProbeFailure): void => {
    failure ??= reason;
    controller.abort(failure);
    refuse(failure);
  };
  const timer = setTimeout(() => {
    abort(new ProbeFailure('timeout', `no end within ${printMilliseconds(timeoutMs)}`));
  }, timeoutMs);
  const stopped = (): void => abort(new ProbeFailure('stopped', 'the program was stopped'));
  if (stop?.aborted === true) stopped();
  else stop?.addEventListener('abort', stopped, { once: true });
  return {
    signal: controller.signal,
    reached,
    failure: () => failure,
    end() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', stopped);
    },
  };
}

function judge(
  { degradedAfterMs, failedAfterMs }: Check,
  failure: ProbeFailure | undefined,
  times: AttemptTimes,
  assertions: readonly AssertionResult[],
): { readonly verdict: Verdict; readonly reason?: Reason } {
  const because = (verdict: Verdict, code: FailureCode, message: string) => ({
    verdict,
    reason: { code, message },
  });
  if (failure !== undefined) {
    const { code, message } = failure;
    const { phase, step } = times;
    const place = {
      ...(phase === undefined ? {} : { phase }),
      ...(step === undefined ? {} : { step }),
    };
    return { verdict: FAILURES[code].verdict, reason: { code, message, ...place } };
  }
  const broken = assertions.filter(({ held }) => !held);
  const worst = broken.find(({ degrades }) => degrades === undefined);
  if (worst !== undefined) return because('failed', 'expectation', sentence(worst));
  const took = times.durationMs;
  const slow = (limit: number): string =>
    `it took ${printMilliseconds(took)}, and ${printMilliseconds(limit)} is the limit`;
  if (failedAfterMs !== undefined && took > failedAfterMs)
    return because('failed', 'slow', slow(failedAfterMs));
  const [first] = broken;
  if (first !== undefined) return because('degraded', 'expectation', sentence(first));
  if (degradedAfterMs !== undefined && took > degradedAfterMs)
    return because('degraded', 'slow', slow(degradedAfterMs));
  return { verdict: 'passed' };
}

function sentence({ text, got }: AssertionResult): string {
  return `expected ${text}, got ${got}`;
}
