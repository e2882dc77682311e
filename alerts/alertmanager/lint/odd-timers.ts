// Timers of routes that work against one another, or that Alertmanager rounds.
import type { LintSubject, RouteInTree } from './lint-subject.ts';
import { routePlace } from './lint-subject.ts';

const SECOND = 1000;
/** How long Alertmanager remembers what it has sent, unless it is started otherwise. */
const RETENTION_MS = 120 * 3600 * SECOND;
const SHORTEST_GROUP_INTERVAL_MS = 10 * SECOND;

export function findOddTimers({ routes, findings }: LintSubject): void {
  const fields = ['group_wait', 'group_interval', 'repeat_interval'];
  for (const each of routes) {
    // What is inherited is told where it is written.
    if (!fields.some((field) => each.source.values.get(field) !== undefined)) continue;
    checkGroupInterval(each, findings);
    checkRepeatInterval(each, findings);
  }
}

function checkGroupInterval(each: RouteInTree, findings: LintSubject['findings']): void {
  const { groupWaitMs: wait, groupIntervalMs: interval, route } = each;
  if (route.groupIntervalMs !== undefined && interval < SHORTEST_GROUP_INTERVAL_MS) {
    findings.warning(
      'group-interval-too-short',
      routePlace(each, 'group_interval'),
      `group_interval is ${span(interval)}: it is also the time within which every notification must be sent, retries and all`,
      'Write 10s or more.',
      span(interval),
    );
  }
  if (wait > interval) {
    findings.warning(
      'group-wait-too-long',
      routePlace(each, route.groupWaitMs === undefined ? 'group_interval' : 'group_wait'),
      `group_wait (${span(wait)}) is longer than group_interval (${span(interval)}), so a group's first notification comes later than its updates would`,
      'Make group_wait shorter than group_interval.',
      span(wait),
    );
  }
}

function checkRepeatInterval(each: RouteInTree, findings: LintSubject['findings']): void {
  const { groupIntervalMs: interval, repeatIntervalMs: repeat, route } = each;
  const place = routePlace(
    each,
    route.repeatIntervalMs === undefined ? 'group_interval' : 'repeat_interval',
  );
  if (repeat > RETENTION_MS) {
    findings.warning(
      'repeat-beyond-retention',
      place,
      `repeat_interval (${span(repeat)}) is longer than Alertmanager remembers what it has sent (120h unless --data.retention says more)`,
      'Write 5d or less.',
      span(repeat),
    );
  }
  if (repeat < interval) {
    findings.warning(
      'repeat-below-group-interval',
      place,
      `repeat_interval (${span(repeat)}) is shorter than group_interval (${span(interval)}), so notifications repeat at every group_interval`,
      'Make repeat_interval a multiple of group_interval.',
      span(repeat),
    );
  } else if (repeat % interval !== 0) {
    const real = Math.ceil(repeat / interval) * interval;
    findings.warning(
      'repeat-rounded-up',
      place,
      `repeat_interval (${span(repeat)}) is no multiple of group_interval (${span(interval)}), so notifications repeat every ${span(real)}`,
      'Make repeat_interval a multiple of group_interval.',
      span(repeat),
    );
  }
}

/** `1h30m`, as Prometheus writes it. */
function span(milliseconds: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const;
  let rest = milliseconds;
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
