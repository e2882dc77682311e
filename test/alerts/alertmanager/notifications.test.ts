import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimedAlert } from '../../../alerts/alertmanager/alert-list.ts';
import { replayNotifications } from '../../../alerts/alertmanager/notifications.ts';
import type { ReplayOptions } from '../../../alerts/alertmanager/notifications.ts';
import type { LabelSet } from '../../../alerts/alertmanager/label-set.ts';
import { createSchedule } from '../../../alerts/alertmanager/schedule.ts';
import { randomLabels, randomTree } from './random-trees.ts';
import { configuration } from './written-configuration.ts';
import type { ShortConfiguration, ShortRoute } from './written-configuration.ts';

/** A Monday. */
const START = Date.parse('2026-03-02T00:00:00Z');
const MINUTE = 60_000;

const alert = (labels: LabelSet, fromMinute: number, toMinute?: number): TimedAlert => ({
  labels,
  annotations: {},
  startsAtMs: START + fromMinute * MINUTE,
  endsAtMs: toMinute === undefined ? undefined : START + toMinute * MINUTE,
});

/** `minute status reason (alerts)` of each notification of the receiver's first integration. */
function told(
  short: Partial<ShortConfiguration> & { readonly route?: ShortRoute },
  alerts: readonly TimedAlert[],
  options: ReplayOptions = {},
): string[] {
  const route: ShortRoute = { receiver: 'pager', groupBy: ['slo'], ...short.route };
  const { notifications } = replayNotifications(
    configuration({ receivers: { pager: [['pagerduty', {}]] }, ...short, route }),
    alerts,
    options,
  );
  return notifications.map(
    ({ atMs, status, reason, alerts }) =>
      `${(atMs - START) / MINUTE} ${status} ${reason} (${alerts.map((each) => `${each.labels['name']} ${each.status}`).join(', ')})`,
  );
}

const a = { name: 'a', slo: 'x' };
const b = { name: 'b', slo: 'x' };

describe('notifications over time', () => {
  it('wait for the group, tell of changes in its intervals, and of the end', () => {
    expect(told({}, [alert(a, 0, 7), alert(b, 1, 12)], { resend: 'never' })).toEqual([
      '0.5 firing first notification (a firing)',
      '5.5 firing new alerts added (a firing, b firing)',
      '10.5 firing some alerts resolved (a resolved, b firing)',
      '15.5 resolved all alerts resolved (b resolved)',
    ]);
  });

  it('name again what ended before, as long as its sender repeats that', () => {
    expect(told({}, [alert(a, 0, 7), alert(b, 1, 12)]).slice(2)).toEqual([
      '10.5 firing some alerts resolved (a resolved, b firing)',
      '15.5 resolved all alerts resolved (a resolved, b resolved)',
    ]);
  });

  it('say nothing of what is over before the group has waited', () => {
    expect(told({}, [alert(a, 0, 0.4)])).toEqual([]);
  });

  it('repeat after the group interval that follows the repeat interval', () => {
    const route = { repeatIntervalMs: 60 * MINUTE };
    const minutes = told({ route }, [alert(a, 0)], { untilMs: START + 140 * MINUTE });
    expect(minutes).toEqual([
      '0.5 firing first notification (a firing)',
      '65.5 firing repeat interval elapsed (a firing)',
      '130.5 firing repeat interval elapsed (a firing)',
    ]);
  });

  it('come again after 120 hours at the latest, for nothing is remembered longer', () => {
    const route = { repeatIntervalMs: 14 * 24 * 60 * MINUTE, groupIntervalMs: 60 * MINUTE };
    const minutes = told({ route }, [alert(a, 0)], { untilMs: START + 130 * 60 * MINUTE });
    expect(minutes).toEqual([
      '0.5 firing first notification (a firing)',
      '7260.5 firing first notification (a firing)',
    ]);
  });

  it('leave out resolved alerts where the integration does not want them', () => {
    const receivers = { pager: [['slack', {}, false]] as const };
    expect(told({ receivers }, [alert(a, 0, 7), alert(b, 1, 12)])).toEqual([
      '0.5 firing first notification (a firing)',
      '5.5 firing new alerts added (a firing, b firing)',
    ]);
  });

  it('begin anew with an alert that comes again, at once in new versions, in the old rhythm before 0.32', () => {
    const alerts = [alert(a, 0, 3), alert(a, 5.75, 30)];
    const options = { untilMs: START + 15 * MINUTE, resend: 'never' } as const;
    const beginning = [
      '0.5 firing first notification (a firing)',
      '5.5 resolved all alerts resolved (a resolved)',
    ];
    expect(told({}, alerts, options)).toEqual([
      ...beginning,
      '6.25 firing first notification (a firing)',
    ]);
    expect(told({}, alerts, { ...options, target: '0.25' })).toEqual([
      ...beginning,
      '10.5 firing first notification (a firing)',
    ]);
  });

  it('take overlapping alerts of the same labels for one', () => {
    expect(told({}, [alert(a, 0, 4), alert(a, 3, 7)])).toEqual([
      '0.5 firing first notification (a firing)',
      '10.5 resolved all alerts resolved (a resolved)',
    ]);
  });
});

describe('silence', () => {
  const nights = { nights: [{ times: [{ begin: 0, end: 20 }] }] };
  const muted: Partial<ShortConfiguration> & { route: ShortRoute } = {
    route: { routes: [{ matchers: [], muteTimeIntervals: ['nights'] }] },
    timeIntervals: nights,
  };

  it('of a mute time ends with the next interval of the group', () => {
    expect(told(muted, [alert(a, 0, 40)])).toEqual([
      '20.5 firing first notification (a firing)',
      '40.5 resolved all alerts resolved (a resolved)',
    ]);
  });

  it('swallows the end of what was told before, unless the sender repeats it', () => {
    const evening = { nights: [{ times: [{ begin: 10, end: 20 }] }] };
    const short = { ...muted, timeIntervals: evening };
    const first = '0.5 firing first notification (a firing)';
    expect(told(short, [alert(a, 0, 12)], { resend: 'never' })).toEqual([first]);
    // Prometheus repeats it each minute for a quarter of an hour.
    expect(told(short, [alert(a, 0, 12)])).toEqual([
      first,
      '20 resolved all alerts resolved (a resolved)',
    ]);
  });

  it('of an inhibited alert lasts as long as its inhibitor fires', () => {
    const inhibitRules = [{ source: ['name="a"'], target: ['name="b"'], equal: ['slo'] }];
    expect(
      told({ inhibitRules, route: { groupBy: ['name'] } }, [alert(a, 0, 7), alert(b, 1)]),
    ).toEqual([
      '0.5 firing first notification (a firing)',
      '10.5 resolved all alerts resolved (a resolved)',
      '11.5 firing first notification (b firing)',
    ]);
  });
});

describe('a replay', () => {
  it('of nothing is nothing', () => {
    expect(told({}, [])).toEqual([]);
  });

  it('stops at its limits and says when', () => {
    const route = { receiver: 'pager', groupIntervalMs: 1, repeatIntervalMs: 1 };
    const replay = replayNotifications(configuration({ route }), [alert(a, 0)], {
      untilMs: START + 1e9 * MINUTE,
      mostNotifications: 10,
    });
    expect(replay.notifications).toHaveLength(10);
    expect(replay.stoppedAtMs).toBe(replay.notifications.at(-1)?.atMs);
    const quiet = { receiver: 'pager', groupIntervalMs: 1 };
    const work = replayNotifications(configuration({ route: quiet }), [alert(a, 0)], {
      untilMs: START + 1e9 * MINUTE,
      mostWork: 1000,
    });
    expect(work.stoppedAtMs).toBeGreaterThan(START);
  });

  it('tells every firing alert that nothing silences to every route that it takes, and every end once', () => {
    const trees = randomTree({ inherits: false });
    const lists = fc.array(
      fc.tuple(randomLabels, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 60 })),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(trees, lists, fc.constantFrom('0.25', '0.34'), (tree, list, target) => {
        const resolved = configuration({ route: { ...tree, groupWaitMs: 0 } });
        const alerts = list.map(([labels, start, minutes], number) =>
          alert({ ...labels, name: String(number) }, start, start + minutes),
        );
        const { notifications } = replayNotifications(resolved, alerts, { target });
        // Every group that was opened at a pager is closed as the last thing, and only once.
        for (const group of Map.groupBy(
          notifications,
          (each) => `${each.receiver} ${each.groupKey}`,
        ).values()) {
          expect(group.at(-1)?.status).toBe('resolved');
          for (const [index, { status }] of group.entries())
            expect(status === 'resolved' && group[index - 1]?.status === 'resolved').toBe(false);
        }
        const tellings = new Set(
          notifications.flatMap((each) => each.alerts.map(({ labels }) => labels['name'])),
        );
        expect(tellings.size).toBe(alerts.length);
      }),
      { numRuns: 60 },
    );
  });
});

it('the virtual clock goes by time, then rank, then order of planning', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 2 }))), (plans) => {
      const schedule = createSchedule(0);
      const done: (readonly [number, number, number])[] = [];
      for (const [order, [atMs, rank]] of plans.entries())
        schedule.plan(atMs, rank, () => done.push([schedule.nowMs, rank, order]));
      schedule.runUntil(10, () => false);
      expect(done).toEqual(
        plans
          .map(([atMs, rank], order) => [atMs, rank, order] as const)
          .sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]),
      );
    }),
  );
});
