// The probe of the kind journey: one step after another, and at the end what has to be cleaned up.
import { setTimeout as delay } from 'node:timers/promises';
import { assessAnswer } from '../assess-answer.ts';
import type { AssertionResult } from '../assertion.ts';
import type { CertificateFacts } from '../certificate.ts';
import type { JourneySettings } from '../checks/journey.ts';
import type { JourneyStep } from '../checks/journey-step.ts';
import { sumPhases } from '../phase.ts';
import type { Answer, Attempt, Probe, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { httpAnswer } from './http.ts';
import { followHttp, type HttpTools } from './http-redirects.ts';
import {
  extractVariables,
  fillAssertions,
  fillRequest,
  missingVariables,
  type VariableValue,
} from './journey-variables.ts';

/** The share of the timeout that steps have which are not for cleaning up, when others are. */
const SHARE_OF_STEPS = 0.8;

/** Values under such names are masked, as those of secrets are. */
const SECRET_NAME = /token|session|secret|password|csrf|key|auth/i;

interface Progress {
  readonly jar: CookieJar;
  readonly variables: Map<string, VariableValue>;
  readonly results: AssertionResult[];
  /** The address of the step before. */
  url: string | undefined;
}

export function createJourneyProbe(tools: HttpTools): Probe {
  return {
    type: 'journey',
    async run(form, attempt) {
      const { steps } = form.settings as JourneySettings;
      const progress: Progress = {
        jar: createCookieJar((value) => attempt.mask(value)),
        variables: new Map(),
        results: [],
        url: undefined,
      };
      const cleans = steps.some(({ always }) => always);
      const time = cleans ? attempt.timeoutMs * SHARE_OF_STEPS : attempt.timeoutMs;
      const limit = startLimit(attempt.signal, time);
      let failure: unknown;
      let ended = false;
      try {
        for (const step of steps) {
          if (attempt.signal.aborted) break;
          if (ended && !step.always) continue;
          // What was not made yet needs no cleaning up.
          if (ended && missingVariables(step, progress.variables).length > 0) continue;
          const signal = step.always ? attempt.signal : limit.signal;
          const begun: Step[] = [];
          const taken = takeStep(step, progress, { ...attempt, signal }, tools, begun);
          try {
            const held = await orAborted(taken, signal);
            if (!held) begun.at(-1)?.fail();
            ended ||= !held;
          } catch (error) {
            // Before another step begins, which would end the phase that it failed in.
            begun.at(-1)?.fail();
            failure ??= error;
            ended = true;
          }
        }
      } finally {
        limit.end();
      }
      if (failure !== undefined) throw failure as Error;
      return { read: () => undefined, assertions: progress.results };
    },
  };
}

/** Takes a step; whether everything that is expected of it holds. What it begins is in `begun`. */
async function takeStep(
  step: JourneyStep,
  progress: Progress,
  attempt: Attempt,
  tools: HttpTools,
  begun: Step[],
): Promise<boolean> {
  let certificate: CertificateFacts | undefined;
  const own: Attempt = {
    ...attempt,
    step(name) {
      const one = attempt.step(`${step.name}: ${name}`);
      begun.push(one);
      return one;
    },
    certificate(facts) {
      certificate = facts;
      attempt.certificate(facts);
    },
  };
  const { jar, variables, results } = progress;
  const request = fillRequest(step.request, variables, progress.url);
  const assertions = fillAssertions(step.assertions, variables);
  const until = performance.now() + (step.poll?.forMs ?? 0);
  for (;;) {
    const started = performance.now();
    begun.length = 0;
    const result = await followHttp(tools, request, own, jar);
    const answer = httpAnswer(result);
    const seen = {
      durationMs: performance.now() - started,
      phases: sumPhases(begun.map(({ phases }) => phases)),
      certificate,
    };
    const assessed = assessAnswer(assertions, answer, seen, Date.now());
    const held = assessed.every((each) => each.held || each.degrades === true);
    if (!held && step.poll !== undefined && performance.now() + step.poll.everyMs <= until) {
      await delay(step.poll.everyMs, undefined, { signal: attempt.signal });
      continue;
    }
    progress.url = result.url;
    results.push(...assessed.map((each) => ({ ...each, text: `${step.name}: ${each.text}` })));
    if (held) keep(step, answer, progress, attempt);
    return held;
  }
}

function keep(step: JourneyStep, answer: Answer, progress: Progress, attempt: Attempt): void {
  for (const [name, value] of extractVariables(step.save, answer, progress.jar)) {
    progress.variables.set(name, value);
    if (SECRET_NAME.test(name)) attempt.mask(String(value));
  }
}

interface Limit {
  readonly signal: AbortSignal;
  end(): void;
}

/** A signal that follows another one, and aborts by itself after a time. */
function startLimit(outer: AbortSignal, ms: number): Limit {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  const timer = setTimeout(() => {
    controller.abort(
      new ProbeFailure('timeout', `the steps did not end within ${Math.round(ms)} ms`),
    );
  }, ms);
  outer.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', follow);
    },
  };
}

/** What a promise gives, unless the signal aborts before. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
