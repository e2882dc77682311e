// Holds assertions against an answer, and against what was seen on the way to it.
import { type Assertion, type AssertionResult, evaluateAssertion } from './assertion.ts';
import { certificateExcerpt, type CertificateFacts, readCertificate } from './certificate.ts';
import type { Phase, PhaseTimes } from './phase.ts';
import type { Answer } from './probe.ts';

/** What the one who tries knows of an answer by itself. */
export interface SeenOnTheWay {
  readonly durationMs: number;
  readonly phases: PhaseTimes;
  readonly certificate?: CertificateFacts | undefined;
}

const LONGEST_EXCERPT = 500;

/** What became of each assertion, in order; `nowMs` is the moment in epoch milliseconds at which certificates are judged. */
export function assessAnswer(
  assertions: readonly Assertion[],
  answer: Answer,
  seen: SeenOnTheWay,
  nowMs: number,
): readonly AssertionResult[] {
  return assertions.map((assertion) => {
    const { source, argument } = assertion;
    const result = evaluateAssertion(assertion, observe(assertion, answer, seen, nowMs));
    const excerpt = result.held
      ? undefined
      : (certificateExcerpt(seen.certificate, source) ?? answer.excerpt?.(source, argument));
    return excerpt === undefined
      ? result
      : { ...result, excerpt: excerpt.slice(0, LONGEST_EXCERPT) };
  });
}

function observe(
  { source, argument }: Assertion,
  answer: Answer,
  seen: SeenOnTheWay,
  nowMs: number,
): unknown {
  if (source === 'duration') return seen.durationMs;
  if (source === 'phase') return seen.phases[argument as Phase];
  const now = Math.floor(nowMs / 1000);
  return readCertificate(seen.certificate, source, now) ?? answer.read(source, argument);
}
