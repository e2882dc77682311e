// The interface of a probe: the code that tries once. One implementation a file in probes/, all of them listed in probes/probes.ts.
import type { SecretReference } from '../slo/connection.ts';
import type { CertificateFacts } from './certificate.ts';
import type { AssertionResult } from './assertion.ts';
import type { Phase, PhaseTimes } from './phase.ts';
import type { ProbeForm } from './probe-definition.ts';

/** Tries a target once. Implementations pass the contract suite in test/contract/probe-contract.ts. */
export interface Probe {
  /** The kind, as its definition says: `http`. */
  readonly type: string;
  /**
   * Tries once and gives what there is to assert about. Rejects with ProbeFailure when there is no answer; whatever else
   * it rejects with counts as `internal`. It ends soon after `attempt.signal` aborts, and leaves no socket or timer
   * behind. The caller gives up on its own when the signal aborts, so an end that comes late is only untidy.
   */
  run(form: ProbeForm, attempt: Attempt): Promise<Answer>;
}

/** What a try may use, and where it writes down what it sees. */
export interface Attempt {
  /** Aborts at the deadline, or when the program stops. */
  readonly signal: AbortSignal;
  /** From the beginning of the try to its deadline. */
  readonly timeoutMs: number;
  /**
   * Begins a step; the one before ends. Every probe begins at least one. Times are taken when the methods are called.
   * @param name for people: `GET https://shop.example/`
   */
  step(name: string): Step;
  /** What the server showed; also before a failure. */
  certificate(facts: CertificateFacts): void;
  /** The value of a secret; from now on it is masked in everything that the run tells. @throws ProbeFailure `setup` */
  secret(reference: SecretReference): string;
  /** A value made of secrets that must not be told either, such as a token that was fetched. */
  mask(value: string): void;
  /** The bytes of a file that settings name, relative to the workspace. @throws ProbeFailure `setup` */
  file(path: string): Uint8Array;
}

/** A part of a try whose phases are timed. */
export interface Step {
  /** Ends the phase under way, and begins another. */
  enter(phase: Phase): void;
  /** Ends the phase under way. */
  leave(): void;
  /** A fact for people; text is cut at 200 characters. */
  note(name: string, value: string | number | boolean): void;
  /** The try failed here, and in the phase under way, although more steps may follow. */
  fail(): void;
  /** Milliseconds in the phases that are over. */
  readonly phases: PhaseTimes;
  /** `traceparent` header of this step (W3C Trace Context, sampled). */
  readonly traceparent: string;
}

/** What came back. Of `duration`, `phase` and what is known of the certificate the caller knows by itself. */
export interface Answer {
  /** What a source of the kind's table gives; undefined when the answer has no such thing. */
  read(source: string, argument: string | undefined): unknown;
  /** The part of the answer that shows why an assertion on this source does not hold. */
  excerpt?(source: string, argument: string | undefined): string | undefined;
  /** What the probe held against parts of the answer by itself, such as the steps of a journey. */
  readonly assertions?: readonly AssertionResult[];
}
