import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goQuote } from '../../../alerts/alertmanager/go-quote.ts';
import { fingerprint, formatLabels } from '../../../alerts/alertmanager/label-set.ts';
import type { LabelSet } from '../../../alerts/alertmanager/label-set.ts';
import { createRouting } from '../../../alerts/alertmanager/routing.ts';
import { createRouteDecisions } from '../../../alerts/alertmanager/route-decision.ts';
import { randomLabels, randomTree } from './random-trees.ts';
import { configuration } from './written-configuration.ts';
import type { ShortConfiguration, ShortRoute } from './written-configuration.ts';

const decide = (short: ShortConfiguration, target: '0.25' | '0.34' = '0.34') =>
  createRouteDecisions(configuration(short), { target });

const page: ShortRoute = { matchers: ['severity="page"'], receiver: 'pager' };

describe('the way through the tree', () => {
  const receivers = (routes: readonly ShortRoute[], labels: LabelSet): readonly string[] =>
    decide({ route: { receiver: 'root', routes } })({ labels }).receivers;

  it('ends at the first route that fits', () => {
    const second = { ...page, receiver: 'second' };
    expect(receivers([page, second], { severity: 'page' })).toEqual(['pager']);
  });

  it('goes on after a route that continues, and calls a receiver twice that two routes name', () => {
    const routes = [{ ...page, continues: true }, page];
    expect(receivers(routes, { severity: 'page' })).toEqual(['pager', 'pager']);
  });

  it('stays at a route none of whose own routes fits, and then does not look at its siblings', () => {
    const team = { ...page, routes: [{ matchers: ['team="a"'], receiver: 'team-a' }] };
    const all = { matchers: [], receiver: 'all' };
    expect(receivers([team, all], { severity: 'page', team: 'b' })).toEqual(['pager']);
    expect(receivers([team, all], { severity: 'page', team: 'a' })).toEqual(['team-a']);
    expect(receivers([team, all], { severity: 'ticket' })).toEqual(['all']);
  });

  it('takes an absent label for an empty one', () => {
    expect(receivers([{ matchers: ['team=""'], receiver: 'nobody' }], {})).toEqual(['nobody']);
    expect(receivers([{ matchers: ['team!="a"'], receiver: 'not-a' }], {})).toEqual(['not-a']);
    expect(receivers([{ matchers: ['team=~".+"'], receiver: 'any' }], { team: '' })).toEqual([
      'root',
    ]);
  });

  it('anchors patterns at both ends and does not let the dot take a line end', () => {
    const routes = [{ matchers: ['team=~"a.c"'], receiver: 'x' }];
    expect(receivers(routes, { team: 'abc' })).toEqual(['x']);
    expect(receivers(routes, { team: 'abcd' })).toEqual(['root']);
    expect(receivers(routes, { team: 'a\nc' })).toEqual(['root']);
  });

  it('does not take what every object has for a label', () => {
    expect(receivers([{ matchers: ['constructor!=""'], receiver: 'x' }], {})).toEqual(['root']);
    expect(
      receivers([{ matchers: ['constructor="1"'], receiver: 'x' }], { constructor: '1' }),
    ).toEqual(['x']);
  });

  it('says which pattern is none', () => {
    const broken = { route: { receiver: 'root', routes: [{ matchers: ['team=~"(?=a)"'] }] } };
    expect(() => decide(broken)).toThrow('team=~"(?=a)"');
  });

  it('gives a route what it does not say from its parent, and the root from the defaults', () => {
    const route: ShortRoute = {
      receiver: 'root',
      groupBy: ['alertname'],
      routes: [{ ...page, groupWaitMs: 0, routes: [{ matchers: ['team="a"'], groupBy: '...' }] }],
    };
    const labels = { alertname: 'A', severity: 'page', team: 'a' };
    expect(decide({ route })({ labels }).routes).toMatchObject([
      {
        path: [
          { index: 0, matchers: '{}' },
          { index: 0, matchers: '{severity="page"}' },
          { index: 0, matchers: '{team="a"}' },
        ],
        receiver: 'pager',
        groupLabels: labels,
        groupWaitMs: 0,
        groupIntervalMs: 300_000,
        repeatIntervalMs: 14_400_000,
      },
    ]);
  });
});

describe('the group key', () => {
  const route: ShortRoute = {
    receiver: 'root',
    groupBy: ['team', 'team2', 'text'],
    routes: [{ matchers: ['b=~"1|2"', 'a!="x\\"y"', 'a="0"'], receiver: 'x' }],
  };
  const labels = { a: '0', b: '1', team: 'a', team2: 'b', text: 'q"\n\u0001\u00a0é\u{1f600}' };

  // The capture tests hold such keys against the real ones.
  it('chains the sorted matchers of the path and the group labels', () => {
    expect(decide({ route })({ labels }).routes[0]?.groupKey).toBe(
      String.raw`{}/{a="0",a!="x\\\"y",b=~"1|2"}:{team="a", team2="b", text="q\"\n\x01\u00a0é😀"}`,
    );
  });

  it('has another order of labels before 0.28 where one name begins another', () => {
    expect(decide({ route }, '0.25')({ labels }).routes[0]?.groupKey).toContain(
      '{team2="b", team="a", text=',
    );
  });

  it('hashes to what pagers know the incident by', () => {
    const { groupKey, dedupKey } =
      decide({ route: { receiver: 'root' } })({ labels }).routes[0] ?? {};
    expect({ groupKey, dedupKey }).toEqual({
      groupKey: '{}:{}',
      dedupKey: 'cc9772a1ec901d26ef71dae861793e4d08979fa5030a3f0a5f3ba549f1f2d0b6',
    });
  });

  it('does not depend on the order of labels and matchers', () => {
    fc.assert(
      fc.property(randomTree({ inherits: true }), randomLabels, (tree, labels) => {
        const turned = Object.fromEntries(Object.entries(labels).reverse());
        expect(decide({ route: turnedMatchers(tree) })({ labels: turned })).toEqual(
          decide({ route: tree })({ labels }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('is told apart by the labels that a route groups by, and by nothing else', () => {
    fc.assert(
      fc.property(randomTree({ inherits: true }), randomLabels, randomLabels, (tree, one, two) => {
        const decisions = [one, two].map((labels) => decide({ route: tree })({ labels }));
        const [left = [], right = []] = decisions.map(({ routes }) => routes);
        for (const a of left)
          for (const b of right)
            expect(a.groupKey === b.groupKey).toBe(
              matchersOf(a.path) === matchersOf(b.path) &&
                JSON.stringify(a.groupLabels) === JSON.stringify(b.groupLabels),
            );
      }),
      { numRuns: 100 },
    );
  });
});

const matchersOf = (path: readonly { readonly matchers: string }[]): string =>
  path.map(({ matchers }) => matchers).join('/');

const turnedMatchers = (route: ShortRoute): ShortRoute => ({
  ...route,
  matchers: [...(route.matchers ?? [])].reverse(),
  routes: (route.routes ?? []).map(turnedMatchers),
});

it('a route that does not continue ends the search among its siblings', () => {
  fc.assert(
    fc.property(randomTree({ inherits: true }), randomLabels, (tree, labels) => {
      const matched = createRouting(configuration({ route: tree })).match(labels);
      for (const [index, route] of matched.entries()) {
        const after = matched[index + 1];
        if (after === undefined) continue;
        // Somewhere on its path, below the step that both share, it continues.
        const shared = route.path.findIndex((step, at) => step !== after.path[at]);
        const sibling = siblingAt(
          tree,
          route.path.slice(1, shared + 1).map((step) => step.index),
        );
        expect(sibling?.continues).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

function siblingAt(route: ShortRoute, indices: readonly number[]): ShortRoute | undefined {
  const [first, ...rest] = indices;
  if (first === undefined) return route;
  const child = route.routes?.[first];
  return child === undefined ? undefined : siblingAt(child, rest);
}

describe('labels as Go writes them', () => {
  it('quotes as strconv.Quote', () => {
    expect(goQuote('plain')).toBe('"plain"');
    expect(goQuote('\u0007\b\f\n\r\t\v"\\\u007f')).toBe(String.raw`"\a\b\f\n\r\t\v\"\\\x7f"`);
    expect(goQuote('\u200b\u{e0001}\ud800')).toBe('"\\u200b\\U000e0001\ufffd"');
  });

  it('sorts by bytes, above U+FFFF too', () => {
    expect(formatLabels({ '\u{10000}': '1', '\uffff': '2', b: '', a: '3' }, false)).toBe(
      '{a="3", \uffff="2", \u{10000}="1"}',
    );
  });

  it('has the fingerprint of Alertmanager', () => {
    expect(fingerprint({})).toBe('cbf29ce484222325');
    expect(fingerprint({ scenario: 'life', alertname: 'A', empty: '' })).toBe(
      fingerprint({ alertname: 'A', scenario: 'life' }),
    );
  });
});

describe('inhibition', () => {
  const rules = [
    { source: ['severity="page"'], target: ['severity=~"page|ticket"'], equal: ['slo', 'zone'] },
  ];
  const inhibitors = (labels: LabelSet, firing: readonly LabelSet[]) =>
    decide({ route: { receiver: 'root' }, inhibitRules: rules })({ labels, firing }).routes[0]
      ?.inhibitedBy;

  const ticket = { severity: 'ticket', slo: 'a' };

  it('names the alert and the rule', () => {
    expect(inhibitors(ticket, [{ severity: 'page', slo: 'a' }])).toMatchObject([
      { ruleIndex: 0, labels: { severity: 'page', slo: 'a' } },
    ]);
  });

  it('needs the labels of `equal` to be equal, absent like empty', () => {
    expect(inhibitors(ticket, [{ severity: 'page', slo: 'b' }])).toEqual([]);
    expect(inhibitors(ticket, [{ severity: 'page', slo: 'a', zone: 'x' }])).toEqual([]);
    expect(inhibitors({ ...ticket, zone: '' }, [{ severity: 'page', slo: 'a' }])).toHaveLength(1);
  });

  it('lets no alert inhibit itself, nor two that are both source and target each other', () => {
    const one = { severity: 'page', slo: 'a' };
    expect(inhibitors(one, [one, { ...one, other: 'x' }])).toEqual([]);
  });
});

describe('mute times', () => {
  const noon = Date.parse('2026-03-02T12:00:00Z');
  const timeIntervals = {
    noon: [{ times: [{ begin: 720, end: 721 }] }],
    never: [{ years: [{ begin: 1990, end: 1990 }] }],
  };
  const route = (short: ShortRoute) =>
    decide({
      route: { receiver: 'root', routes: [{ matchers: [], receiver: 'a', ...short }, page] },
      timeIntervals,
    });

  it('mute a route, which still ends the search', () => {
    const { receivers, routes } = route({ muteTimeIntervals: ['never', 'noon'] })({
      labels: { severity: 'page' },
      atMs: noon,
    });
    expect(receivers).toEqual(['a']);
    expect(routes).toMatchObject([
      { muted: true, mutedBy: ['noon'], muteReason: 'in a mute time' },
    ]);
  });

  it('that are active times mute outside of all of them', () => {
    const active = route({ activeTimeIntervals: ['noon', 'never'] });
    expect(active({ labels: {}, atMs: noon }).routes).toMatchObject([{ muted: false }]);
    expect(active({ labels: {}, atMs: noon + 60_000 }).routes).toMatchObject([
      { muted: true, mutedBy: ['noon', 'never'], muteReason: 'outside of the active times' },
    ]);
  });

  it('are not looked at without a time', () => {
    const muted = route({ muteTimeIntervals: ['noon'] });
    expect(muted({ labels: {} }).routes).toMatchObject([{ muted: false, mutedBy: [] }]);
  });

  it('that nobody defined are told by name', () => {
    const unknown = route({ muteTimeIntervals: ['nights'] });
    expect(() => unknown({ labels: {}, atMs: noon })).toThrow("'nights'");
  });
});
