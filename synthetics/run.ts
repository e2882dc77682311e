// The record of one run of a check: the one truth behind console, JSON lines, JUnit, Prometheus and traces.
import type { AssertionResult } from './assertion.ts';
import type { CertificateFacts } from './certificate.ts';
import type { PhaseTimes } from './phase.ts';
import type { FailureCode } from './probe-failure.ts';

/**
 * `passed` and `degraded` are good: the target did what it must. `failed` is bad. `error` is neither: the check could not
 * be tried here, and nothing was learnt about the target.
 */
export type Verdict = 'passed' | 'degraded' | 'failed' | 'error';

/** Small things seen on the way: `status`, `address`, `bytes`. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** Why a run is not passed. */
export interface Reason {
  readonly code: FailureCode;
  /** One sentence without its full stop; no secrets. */
  readonly message: string;
  /** The phase that was under way when it went wrong. */
  readonly phase?: keyof PhaseTimes;
  /** The step that was under way, when there are several. */
  readonly step?: string;
}

/** One request of a try: a hop of redirects, a step of a journey. Most kinds have one. */
export interface RunStep {
  /** `GET https://shop.example/`. */
  readonly name: string;
  /** 16 hex digits; what `traceparent` said. */
  readonly spanId: string;
  /** Milliseconds since the try began, and how long it took. */
  readonly offsetMs: number;
  readonly durationMs: number;
  readonly phases: PhaseTimes;
  readonly facts: Facts;
  /** Whether the try ended here with a failure. */
  readonly failed: boolean;
}

/** One try. */
export interface RunAttempt {
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly reason?: Reason;
}

/** One run: all tries, told by the last one. Plain data; times in milliseconds, moments in epoch milliseconds. */
export interface Run {
  /** `service/name`. */
  readonly check: string;
  readonly service: string;
  readonly team: string;
  /** Extra labels of the service and of the check. */
  readonly labels: Readonly<Record<string, string>>;
  /** The kind of probe: `http`. */
  readonly type: string;
  readonly target: string;
  /** Where it ran; '' when nobody said. */
  readonly location: string;
  /** When it was due, for a runner that has a schedule. */
  readonly scheduledAtMs?: number;
  readonly startedAtMs: number;
  /** With retries and waits. */
  readonly totalMs: number;
  readonly verdict: Verdict;
  readonly reason?: Reason;
  /** Of the last try, as everything below. */
  readonly durationMs: number;
  readonly phases: PhaseTimes;
  readonly facts: Facts;
  readonly assertions: readonly AssertionResult[];
  readonly certificate?: CertificateFacts;
  readonly steps: readonly RunStep[];
  /** All tries in order; the last one is the run's. */
  readonly attempts: readonly RunAttempt[];
  /** 32 and 16 hex digits; the steps are children of this span. */
  readonly traceId: string;
  readonly spanId: string;
}
