// The probe of the kind heartbeat: finds the time of a job's last report, and how long ago that is.
import type { HeartbeatSettings } from '../checks/heartbeat.ts';
import type { Attempt, Probe } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { createCookieJar } from './cookie-jar.ts';
import { httpAnswer } from './http.ts';
import { followHttp, type HttpTools } from './http-redirects.ts';
import { extractVariables } from './journey-variables.ts';

export function createHeartbeatProbe(tools: HttpTools): Probe {
  return {
    type: 'heartbeat',
    async run(form, attempt) {
      const { source } = form.settings as HeartbeatSettings;
      if ('reports' in source)
        throw new ProbeFailure(
          'setup',
          'jobs report to the collector, which alone can look: let ninefold serve run this check',
        );
      const text =
        'file' in source
          ? readFile(source.file, form.target, attempt)
          : await ask(tools, source, attempt);
      const reported = parseTime(text);
      const age = Math.round((Date.now() - reported) / 1000);
      // Clocks differ a little; by more than that, one of the two is wrong.
      if (age < -MOST_SKEW)
        throw new ProbeFailure('protocol', `the last report is ${-age} seconds in the future`);
      const at = new Date(reported).toISOString();
      return {
        read: (asked) => (asked === 'ageSeconds' ? Math.max(0, age) : undefined),
        excerpt: (asked) => (asked === 'ageSeconds' ? `last report at ${at}` : undefined),
      };
    },
  };
}

const MOST_SKEW = 300;
const LONGEST_TIME = 100;

function readFile(file: string, target: string, attempt: Attempt): string {
  attempt.step(target);
  return new TextDecoder().decode(attempt.file(file).subarray(0, LONGEST_TIME)).trim();
}

async function ask(
  tools: HttpTools,
  { request, at }: Extract<HeartbeatSettings['source'], { readonly request: unknown }>,
  attempt: Attempt,
): Promise<string> {
  const jar = createCookieJar((value) => attempt.mask(value));
  const result = await followHttp(tools, request, attempt, jar);
  const { status } = result.response;
  if (status >= 400) throw new ProbeFailure('expectation', `the answer has the status ${status}`);
  return String(extractVariables({ time: at }, httpAnswer(result), jar).get('time'));
}

/** Epoch milliseconds. Numbers below are seconds: as milliseconds they would be of January 1970. */
const LEAST_MS = 1e11;

function parseTime(text: string): number {
  const number = /^\d{1,16}(?:\.\d+)?(?:e[+]?\d{1,2})?$/i.test(text) ? Number(text) : undefined;
  const time = number === undefined ? Date.parse(text) : number < LEAST_MS ? number * 1000 : number;
  if (!Number.isNaN(time) && Math.abs(time) <= 8.64e15) return time;
  throw new ProbeFailure('protocol', `${JSON.stringify(text.slice(0, LONGEST_TIME))} is no time`);
}
