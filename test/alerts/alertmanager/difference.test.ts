import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareConfigurations } from '../../../alerts/alertmanager/difference.ts';
import type { DifferenceOptions } from '../../../alerts/alertmanager/difference.ts';
import { findLabelRegions } from '../../../alerts/alertmanager/label-regions.ts';
import type { LabelSet } from '../../../alerts/alertmanager/label-set.ts';
import { compileMatcher } from '../../../alerts/alertmanager/matching.ts';
import { patternSamples } from '../../../alerts/alertmanager/pattern-samples.ts';
import { createRouting } from '../../../alerts/alertmanager/routing.ts';
import { randomLabels, randomTree } from './random-trees.ts';
import { configuration } from './written-configuration.ts';
import type { ShortConfiguration, ShortRoute } from './written-configuration.ts';

const receivers: NonNullable<ShortConfiguration['receivers']> = {
  chat: [['slack', {}, false]],
  pager: [['pagerduty', { routing_key: 'a' }]],
  other: [['pagerduty', { routing_key: 'b' }]],
};

const withRoutes = (routes: readonly ShortRoute[], more: Partial<ShortConfiguration> = {}) =>
  configuration({ receivers, ...more, route: { receiver: 'chat', groupBy: ['slo'], routes } });

const page: ShortRoute = { matchers: ['severity="page"'], receiver: 'pager' };
const alert = (labels: LabelSet) => ({
  labels,
  annotations: {},
  startsAtMs: 0,
  endsAtMs: undefined,
});

function difference(
  before: readonly ShortRoute[],
  after: readonly ShortRoute[],
  options?: DifferenceOptions,
) {
  return compareConfigurations(withRoutes(before), withRoutes(after), options);
}

describe('the difference of two configurations', () => {
  it('is nothing where nothing changes', () => {
    expect(difference([page], [page], { alerts: [alert({ severity: 'page' })] })).toEqual({
      changes: [],
      alerts: [],
      orphans: [],
      inhibitRules: { added: [], removed: [] },
      explored: { kinds: 2, complete: true },
    });
  });

  it('finds by itself which alerts change their receivers', () => {
    const special = { matchers: ['severity="page"', 'team=~"a|b"'], receiver: 'other' };
    const { changes } = difference([page], [special, page]);
    expect(changes).toMatchObject([
      {
        labels: { severity: 'page', team: 'a', slo: 'other' },
        receivers: { before: ['pager'], after: ['other'] },
        orphans: [{ receiver: 'pager', kind: 'pagerduty', newDedupKeys: [] }],
      },
    ]);
  });

  it.each([
    ['another spelling of a matcher', [{ ...page, matchers: ['severity=~"page"'] }]],
    ['a parent in between', [{ matchers: ['severity="page"'], routes: [page] }]],
    ['other labels to group by', [{ ...page, groupBy: ['slo', 'alertname'] }]],
    ['all labels to group by', [{ ...page, groupBy: '...' as const }]],
  ])('%s changes the group key and leaves open incidents behind', (_, after) => {
    const open = { severity: 'page', slo: 'checkout', alertname: 'A' };
    const { changes, orphans } = difference([page], after, { alerts: [alert(open)] });
    expect(changes).toHaveLength(1);
    expect(changes[0]?.receivers).toBeUndefined();
    expect(changes[0]?.groupKeys).toMatchObject([
      { receiver: 'pager', before: '{}/{severity="page"}:{slo="other"}' },
    ]);
    expect(orphans).toMatchObject([
      {
        receiver: 'pager',
        kind: 'pagerduty',
        groupKey: '{}/{severity="page"}:{slo="checkout"}',
        alerts: [open],
      },
    ]);
    expect(orphans[0]?.newDedupKeys).toHaveLength(1);
  });

  it('tells the incidents of alerts that fire now, each once', () => {
    const alerts = [
      { ...alert({ severity: 'page', slo: 'a', zone: '1' }), endsAtMs: 100 },
      { ...alert({ severity: 'page', slo: 'a', zone: '2' }), endsAtMs: 100 },
      { ...alert({ severity: 'page', slo: 'b' }), endsAtMs: 10 },
    ];
    const renamed = [{ ...page, matchers: ['severity=~"page"'] }];
    const { orphans, alerts: changed } = difference([page], renamed, { alerts, nowMs: 50 });
    expect(orphans.map((each) => each.alerts)).toEqual([
      [
        { severity: 'page', slo: 'a', zone: '1' },
        { severity: 'page', slo: 'a', zone: '2' },
      ],
    ]);
    expect(changed).toHaveLength(3);
  });

  it('knows that a receiver of another name may ring at the same door', () => {
    const after = configuration({
      receivers: { ...receivers, renamed: receivers['pager'] ?? [] },
      route: { receiver: 'chat', groupBy: ['slo'], routes: [{ ...page, receiver: 'renamed' }] },
    });
    const { changes } = compareConfigurations(withRoutes([page]), after);
    expect(changes).toMatchObject([
      { receivers: { before: ['pager'], after: ['renamed'] }, orphans: [] },
    ]);
  });

  it('counts an incident as left behind when nobody is told of its end any more', () => {
    const after = configuration({
      receivers: { ...receivers, pager: [['pagerduty', { routing_key: 'a' }, false]] },
      route: { receiver: 'chat', groupBy: ['slo'], routes: [page] },
    });
    expect(compareConfigurations(withRoutes([page]), after).changes).toMatchObject([
      { receivers: undefined, groupKeys: [], orphans: [{ receiver: 'pager' }] },
    ]);
  });

  it('tells timers and silent times, the latter by what they say and not how they are called', () => {
    const timeIntervals = { nights: [{ times: [{ begin: 0, end: 360 }] }] };
    const muted = [{ ...page, muteTimeIntervals: ['nights'], repeatIntervalMs: 60_000 }];
    const before = withRoutes(muted, { timeIntervals });
    const shorter = [{ ...page, muteTimeIntervals: ['nights'], repeatIntervalMs: 30_000 }];
    const longerNights = { nights: [{ times: [{ begin: 0, end: 420 }] }] };
    expect(
      compareConfigurations(before, withRoutes(shorter, { timeIntervals: longerNights })).changes,
    ).toMatchObject([
      {
        groupKeys: [],
        timing: [{ receiver: 'pager', timer: 'repeatIntervalMs', before: 60_000, after: 30_000 }],
        silence: [{ receiver: 'pager', before: ['nights'], after: ['nights'] }],
        orphans: [],
      },
    ]);
    const renamed = [{ ...page, muteTimeIntervals: ['dark'], repeatIntervalMs: 60_000 }];
    const dark = { dark: timeIntervals.nights };
    expect(
      compareConfigurations(before, withRoutes(renamed, { timeIntervals: dark })).changes,
    ).toEqual([]);
  });

  it('tells inhibit rules that come and go', () => {
    const rule = { source: ['severity="page"'], target: ['severity="ticket"'], equal: ['slo'] };
    const loose = { ...rule, equal: [] };
    const { inhibitRules } = compareConfigurations(
      withRoutes([page], { inhibitRules: [rule] }),
      withRoutes([page], { inhibitRules: [loose] }),
    );
    expect(inhibitRules).toEqual({
      added: ['{severity="page"} inhibits {severity="ticket"} of equal (nothing)'],
      removed: ['{severity="page"} inhibits {severity="ticket"} of equal slo'],
    });
  });

  it('tells what an upgrade from 0.25 does to keys of labels that begin alike', () => {
    const grouped = [{ ...page, groupBy: ['team', 'team2'] }];
    const { changes } = difference(grouped, grouped, { target: '0.34', previousTarget: '0.25' });
    expect(changes).toMatchObject([
      {
        groupKeys: [
          {
            before: '{}/{severity="page"}:{team2="other", team="other"}',
            after: '{}/{severity="page"}:{team="other", team2="other"}',
          },
        ],
      },
    ]);
  });
});

describe('kinds of alerts', () => {
  it('hold the routes of every alert through both of two random trees', () => {
    fc.assert(
      fc.property(
        randomTree({ inherits: true }),
        randomTree({ inherits: true }),
        fc.array(randomLabels, { minLength: 30, maxLength: 30 }),
        (one, two, labelSets) => {
          const trees = [one, two].map((route) => createRouting(configuration({ route })));
          const numbersOf = (labels: LabelSet): string =>
            trees
              .map((tree) =>
                tree
                  .match(labels)
                  .map(({ number }) => number)
                  .join(),
              )
              .join(' ');
          const { regions, complete } = findLabelRegions(trees);
          expect(complete).toBe(true);
          const known = new Set(regions.map(({ labels }) => numbersOf(labels)));
          for (const region of regions)
            expect(numbersOf(region.labels)).toBe(
              region.routes.map((list) => list.map(({ number }) => number).join()).join(' '),
            );
          // The dot of a pattern takes everything but line ends, and these are not looked for.
          const lines = labelSets.filter(
            (labels) => !JSON.stringify(labels).includes(String.raw`\n`),
          );
          for (const labels of lines) expect(known).toContain(numbersOf(labels));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are as many as there are teams, not as there are values of all labels', () => {
    const teams = Array.from({ length: 300 }, (_, team): ShortRoute => ({
      matchers: [`team="t${team}"`],
      receiver: 'pager',
      routes: [page, { matchers: ['zone=~"a|b"'], receiver: 'other' }],
    }));
    const tree = createRouting(withRoutes([...teams, page]));
    const { regions, complete } = findLabelRegions([tree, tree]);
    expect({ kinds: regions.length, complete }).toEqual({ kinds: 902, complete: true });
  });

  it('are given up where they are too many', () => {
    const routes = Array.from({ length: 30 }, (_, number): ShortRoute => ({
      matchers: [`label${number}="x"`],
      receiver: 'pager',
      continues: true,
    }));
    const { regions, complete } = findLabelRegions([createRouting(withRoutes(routes))], 500);
    expect(complete).toBe(false);
    expect(regions.length).toBeLessThanOrEqual(500);
  });
});

describe('samples of a pattern', () => {
  it.each([
    ['page|ticket', ['page', 'ticket']],
    ['(?:a|b)c?', ['ac', 'bc', 'a']],
    ['(?i:PAGE)', ['PAGE']],
    ['(?P<x>a)[b-d]{2}', ['abb', 'add']],
    ['a\\.b\\d+', ['a.b0']],
    ['^x$', ['x']],
    ['', ['']],
  ])('%s: %j', (pattern, samples) => {
    expect(patternSamples(pattern).sort()).toEqual(expect.arrayContaining(samples.sort()));
  });

  it('mostly match', () => {
    const patterns = ['a.*b', '[^a]+', '(x|y)(1|2)', 'prod-.+-[0-9]{3}', '.+', 'a|', '\\w+-\\d'];
    for (const value of patterns) {
      const { accepts } = compileMatcher({ name: 'a', operator: '=~', value });
      expect(patternSamples(value).some(accepts)).toBe(true);
    }
  });

  it('end, whatever the pattern is', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom(...Array.from('ab|()[]{}*+?\\^$.-,1')) }),
        (pattern) => {
          expect(patternSamples(pattern).length).toBeLessThanOrEqual(32);
        },
      ),
      { numRuns: 2000 },
    );
    const nested = `${'('.repeat(30)}a${'{64})'.repeat(30)}`;
    expect(patternSamples(nested)[0]?.length).toBe(1024);
    expect(patternSamples('('.repeat(4000)).length).toBeLessThanOrEqual(32);
    expect(patternSamples('(a|b)'.repeat(800)).length).toBeLessThanOrEqual(32);
  });
});
