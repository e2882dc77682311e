// The probe of the kind freshness: writes a word that is new, and looks for it until it is seen or the time is over.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { assessAnswer } from '../assess-answer.ts';
import type { AssertionResult } from '../assertion.ts';
import type { FreshnessSettings, MarkedRequest } from '../checks/freshness.ts';
import type { Attempt, Probe, Step } from '../probe.ts';
import { httpAnswer } from './http.ts';
import { followHttp, type HttpTools } from './http-redirects.ts';
import { fillAssertions, fillRequest, type Variables } from './journey-variables.ts';

export function createFreshnessProbe(tools: HttpTools): Probe {
  return {
    type: 'freshness',
    async run(form, attempt) {
      const { write, read, withinMs, everyMs } = form.settings as FreshnessSettings;
      const marker = `ninefold-${randomBytes(8).toString('hex')}`;
      const variables: Variables = new Map([['marker', marker]]);
      const written = await ask(tools, write, 'write', variables, attempt);
      if (!holds(written)) return { read: () => undefined, assertions: written };
      const began = performance.now();
      const once = oneStep(attempt, `read: ${read.request.method} ${read.request.url}`);
      for (let looks = 1; ; looks += 1) {
        const results = await ask(tools, read, 'read', variables, once.attempt);
        const seen = holds(results);
        const passed = performance.now() - began;
        once.step.note('looks', looks);
        if (!seen && passed + everyMs <= withinMs) {
          await delay(everyMs, undefined, { signal: attempt.signal });
          continue;
        }
        const values: Readonly<Record<string, unknown>> = {
          looks,
          delay: seen ? passed : undefined,
        };
        return { read: (source) => values[source], assertions: [...written, ...results] };
      }
    },
  };
}

function holds(results: readonly AssertionResult[]): boolean {
  return results.every(({ held, degrades }) => held || degrades === true);
}

/** Sends a request with the marker in it, and holds its answer against what is expected. */
async function ask(
  tools: HttpTools,
  { request, assertions }: MarkedRequest,
  name: string,
  variables: Variables,
  attempt: Attempt,
): Promise<readonly AssertionResult[]> {
  const steps: Step[] = [];
  const step = (label: string): Step => {
    const begun = attempt.step(`${name}: ${label}`);
    steps.push(begun);
    return begun;
  };
  const started = performance.now();
  const filled = fillRequest(request, variables, undefined);
  const result = await followHttp(tools, filled, { ...attempt, step });
  const answer = httpAnswer(result);
  const seen = { durationMs: performance.now() - started, phases: steps.at(-1)?.phases ?? {} };
  const wanted = fillAssertions(assertions, variables);
  return assessAnswer(wanted, answer, seen, Date.now()).map((each) => ({
    ...each,
    text: `${name}: ${each.text}`,
  }));
}

/** An attempt whose requests are all one step: looks are many, and tell the same. */
function oneStep(
  attempt: Attempt,
  name: string,
): { readonly attempt: Attempt; readonly step: Step } {
  const step = attempt.step(name);
  return { attempt: { ...attempt, step: () => step }, step };
}
