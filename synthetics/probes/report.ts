// The probe of heartbeats that jobs send to the collector itself: looks at the last report that arrived there.
import type { Attempt, Probe } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';

/** What a job reported. Moments in epoch milliseconds, absent before the first. */
export interface LastReport {
  /** Since when reports are awaited: before the first one, that is what ages. */
  readonly sinceMs: number;
  readonly startedAtMs?: number;
  readonly okAtMs?: number;
  readonly failedAtMs?: number;
  readonly durationSeconds?: number;
}

/** @param last what is known of the check's job now */
export function createReportProbe(
  last: () => Promise<LastReport>,
  now: () => number = Date.now,
): Probe {
  return {
    type: 'heartbeat',
    async run(form, attempt) {
      const report = await look(last, form.target, attempt);
      const { sinceMs, startedAtMs = 0, okAtMs = 0, failedAtMs = 0 } = report;
      if (failedAtMs > okAtMs)
        throw new ProbeFailure(
          'expectation',
          `the job reported at ${printed(failedAtMs)} that it failed`,
        );
      const age = Math.max(0, Math.round((now() - (okAtMs || sinceMs)) / 1000));
      const told =
        okAtMs === 0 ? `none since ${printed(sinceMs)}` : `last report at ${printed(okAtMs)}`;
      const began =
        startedAtMs > okAtMs ? `, began at ${printed(startedAtMs)} and did not end` : '';
      return {
        read: (asked) => (asked === 'ageSeconds' ? age : undefined),
        excerpt: (asked) => (asked === 'ageSeconds' ? `${told}${began}` : undefined),
      };
    },
  };
}

async function look(
  last: () => Promise<LastReport>,
  target: string,
  attempt: Attempt,
): Promise<LastReport> {
  const step = attempt.step(target);
  let report: LastReport;
  try {
    report = await last();
  } catch (error) {
    // That the collector cannot remember says nothing about the job.
    throw new ProbeFailure('internal', 'the collector cannot read its reports now', error);
  }
  if (report.durationSeconds !== undefined) step.note('jobSeconds', report.durationSeconds);
  return report;
}

function printed(ms: number): string {
  return new Date(ms).toISOString();
}
