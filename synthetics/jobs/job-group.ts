// Checks that one job runs together: those of a period and a place, as the job sees them.
import { type Check, longestRunMs } from '../check.ts';
import { textHash } from '../text-hash.ts';
import { cronSchedule, jobPeriod } from './job-period.ts';

export interface JobGroup {
  /** Of all its resources: `ninefold-probe-eu-5m`; at most 52 characters, as Kubernetes wants of CronJobs. */
  readonly name: string;
  /** '' when its checks have no place. */
  readonly location: string;
  readonly periodSeconds: number;
  /** In UTC. */
  readonly cron: string;
  /** By id; period and jitter are the job's. */
  readonly checks: readonly Check[];
  /** Seconds after which the job is ended, less than its period. */
  readonly deadlineSeconds: number;
  /** Ids of checks that are run less often than they say. */
  readonly rarer: readonly string[];
  /** Ids of checks whose tries can take longer than the deadline allows. */
  readonly cut: readonly string[];
}

/** A job waits for its checks' own moments no longer than this: it costs a Pod. */
const LONGEST_SPREAD_SECONDS = 20;
/** What starting takes, and sending results. */
const AROUND_SECONDS = 60;
/** Of the period, so that the next job never meets this one. */
const LONGEST_SHARE = 0.9;
const LONGEST_LOCATION = 33;

/** The groups of all checks, by name; a check with several places is in a group of each. */
export function jobGroups(checks: readonly Check[]): readonly JobGroup[] {
  const members = new Map<string, { location: string; checks: Check[] }>();
  for (const check of checks) {
    const { seconds } = jobPeriod(check.everySeconds);
    for (const location of check.locations.length === 0 ? [''] : check.locations) {
      const key = `${location}\n${seconds}`;
      const group = members.get(key) ?? { location, checks: [] };
      members.set(key, group);
      group.checks.push(check);
    }
  }
  return [...members.values()]
    .map(({ location, checks }) => groupOf(location, checks))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function groupOf(location: string, checks: readonly Check[]): JobGroup {
  const period = jobPeriod(checks[0]?.everySeconds ?? 0);
  const { seconds } = period;
  const name = ['ninefold-probe', shortened(location), period.text].filter(Boolean).join('-');
  const longest = Math.max(...checks.map(longestRunMs)) / 1000;
  const deadlineSeconds = Math.min(
    Math.floor(seconds * LONGEST_SHARE),
    Math.ceil(longest) + LONGEST_SPREAD_SECONDS + AROUND_SECONDS,
  );
  const ids = (wanted: (check: Check) => boolean): readonly string[] =>
    checks.filter(wanted).map(({ id }) => id);
  return {
    name,
    location,
    periodSeconds: seconds,
    cron: cronSchedule(period, name),
    checks: checks.map((check) => ({
      ...check,
      everySeconds: seconds,
      jitter: Math.min(check.jitter, LONGEST_SPREAD_SECONDS / seconds),
    })),
    deadlineSeconds,
    rarer: ids(({ everySeconds }) => everySeconds !== seconds),
    cut: ids((check) => longestRunMs(check) / 1000 + LONGEST_SPREAD_SECONDS > deadlineSeconds),
  };
}

/** A place that is too long for a name: its beginning and a checksum. */
function shortened(location: string): string {
  if (location.length <= LONGEST_LOCATION) return location;
  const sum = textHash(location).toString(36).padStart(7, '0');
  return `${location.slice(0, LONGEST_LOCATION - 8).replace(/-+$/, '')}-${sum}`;
}
