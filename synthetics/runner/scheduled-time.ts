// When a run was due, as whoever started it says: a time, or the name of the Job that a Kubernetes CronJob made for it.

/** A CronJob names its Jobs by the minute since 1970 for which they are: `probe-eu-1m-29876543`. */
const JOB_NAME = /-(\d{8})$/;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** What is further from now is no time of a run, whatever the text looks like. */
const FURTHEST_MS = 7 * 86_400_000;

/** Epoch milliseconds; undefined when the text holds none near now, as the name of a Job that somebody made by hand. */
export function scheduledTime(text: string, nowMs: number): number | undefined {
  const minutes = JOB_NAME.exec(text)?.[1];
  const ms = minutes === undefined ? fromRfc3339(text) : Number(minutes) * 60_000;
  return ms !== undefined && Math.abs(nowMs - ms) <= FURTHEST_MS ? ms : undefined;
}

function fromRfc3339(text: string): number | undefined {
  const ms = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
