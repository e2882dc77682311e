// One try as it is written down: its steps with their phases and facts, and the secrets that must stay hidden.
import type { SecretReference } from '../slo/connection.ts';
import type { CertificateFacts } from './certificate.ts';
import { type Phase, type PhaseTimes, sumPhases } from './phase.ts';
import type { Attempt, Step } from './probe.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { Facts, RunStep } from './run.ts';
import type { SecretMask } from './secret-mask.ts';

/** What tries have around them; the same for all runs of a program. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** That many random bytes as hex digits. */
  readonly randomHex: (bytes: number) => string;
  /** The value behind a reference. @throws when it cannot be had; the message never has the value */
  readonly secret: (reference: SecretReference) => string;
  /** The bytes of a file, relative to the workspace. @throws when it cannot be read */
  readonly file: (path: string) => Uint8Array;
}

/** A try, and what it was like so far. */
export interface AttemptLog {
  readonly attempt: Attempt;
  /** Ends the step and the phase under way; later calls of the attempt change nothing. */
  end(failed: boolean): AttemptTimes;
}

export interface AttemptTimes {
  readonly durationMs: number;
  readonly phases: PhaseTimes;
  readonly steps: readonly RunStep[];
  /** Of all steps; later ones stand over earlier ones. */
  readonly facts: Facts;
  readonly certificate?: CertificateFacts;
  /** What was under way at the end. */
  readonly phase?: Phase;
  readonly step?: string;
}

const MOST_STEPS = 100;
const LONGEST_FACT = 200;

/** Begins a try now. */
export function beginAttempt(
  surroundings: Surroundings,
  traceId: string,
  limits: Pick<Attempt, 'signal' | 'timeoutMs'>,
  mask: SecretMask,
): AttemptLog {
  const began = surroundings.monotonic();
  const steps: OpenStep[] = [];
  let certificate: CertificateFacts | undefined;
  let ended: AttemptTimes | undefined;

  const attempt: Attempt = {
    ...limits,
    step(name) {
      if (steps.length >= MOST_STEPS)
        throw new ProbeFailure('internal', `more than ${MOST_STEPS} steps`);
      steps.at(-1)?.close(surroundings.monotonic());
      const spanId = surroundings.randomHex(8);
      const step = openStep(name, spanId, traceId, surroundings);
      if (ended === undefined) steps.push(step);
      return step;
    },
    certificate(facts) {
      certificate = facts;
    },
    secret(reference) {
      const value = available(() => surroundings.secret(reference));
      mask.add(value);
      return value;
    },
    mask: (value) => mask.add(value),
    file: (path) => available(() => surroundings.file(path)),
  };

  return {
    attempt,
    end(failed) {
      if (ended !== undefined) return ended;
      const now = surroundings.monotonic();
      const last = steps.find((step) => step.failedIn !== undefined) ?? steps.at(-1);
      const phase = last?.failedIn ?? last?.phase;
      steps.at(-1)?.close(now);
      const told = steps.map((step) => step.told(began, failed && step === last));
      ended = {
        durationMs: rounded(now - began),
        phases: roundedTimes(sumPhases(steps.map((step) => step.phases))),
        steps: told,
        facts: Object.assign({}, ...told.map(({ facts }) => facts)) as Facts,
        ...(certificate === undefined ? {} : { certificate }),
        ...(phase === undefined || phase === 'none' ? {} : { phase }),
        ...(last === undefined || told.length < 2 ? {} : { step: last.name }),
      };
      return ended;
    },
  };
}

function available<T>(get: () => T): T {
  try {
    return get();
  } catch (cause) {
    throw new ProbeFailure('setup', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

interface OpenStep extends Step {
  readonly name: string;
  readonly phases: Partial<Record<Phase, number>>;
  readonly phase: Phase | undefined;
  /** The phase in which the try failed here, `none` between two; undefined when it did not. */
  readonly failedIn: Phase | 'none' | undefined;
  close(now: number): void;
  told(began: number, failed: boolean): RunStep;
}

function openStep(
  name: string,
  spanId: string,
  traceId: string,
  { monotonic }: Surroundings,
): OpenStep {
  const start = monotonic();
  const phases: Partial<Record<Phase, number>> = {};
  const facts: Record<string, string | number | boolean> = {};
  let phase: Phase | undefined;
  let since = 0;
  let failedIn: Phase | 'none' | undefined;
  let end: number | undefined;

  function leave(now: number): void {
    if (phase !== undefined) phases[phase] = (phases[phase] ?? 0) + now - since;
    phase = undefined;
  }

  return {
    name,
    phases,
    get phase() {
      return phase;
    },
    get failedIn() {
      return failedIn;
    },
    fail() {
      failedIn ??= phase ?? 'none';
    },
    enter(next) {
      if (end !== undefined) return;
      const now = monotonic();
      leave(now);
      [phase, since] = [next, now];
    },
    leave: () => leave(monotonic()),
    note(fact, value) {
      if (end === undefined)
        facts[fact] = typeof value === 'string' ? value.slice(0, LONGEST_FACT) : value;
    },
    traceparent: `00-${traceId}-${spanId}-01`,
    close(now) {
      leave(now);
      end ??= now;
    },
    told: (began, failed) => ({
      name,
      spanId,
      offsetMs: rounded(start - began),
      durationMs: rounded((end ?? start) - start),
      phases: roundedTimes(phases),
      facts,
      failed: failed || failedIn !== undefined,
    }),
  };
}

/** Microseconds are all that a clock can tell. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function roundedTimes(times: PhaseTimes): PhaseTimes {
  return Object.fromEntries(Object.entries(times).map(([phase, ms]) => [phase, rounded(ms)]));
}
