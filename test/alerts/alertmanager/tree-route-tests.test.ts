import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouteDecisions } from '../../../alerts/alertmanager/route-decision.ts';
import { treeOfTeams, type TreeSources } from '../../../alerts/alertmanager/tree-of-teams.ts';
import {
  type GeneratedRouteTest,
  generateRouteTests,
} from '../../../alerts/alertmanager/tree-route-tests.ts';
import { pagerduty } from '../../../alerts/receivers/pagerduty.ts';
import { webhook } from '../../../alerts/receivers/webhook.ts';
import { fromFile } from '../../../catalog/define-config.ts';
import { defineService } from '../../../slo/define-service.ts';
import { randomWorkspace } from '../random-workspace.ts';
import { routing, service, slo, team } from '../team-workspace.ts';
import { resolvedTree } from './resolved-tree.ts';

/** The generated tests whose answer by the simulator is another one. */
function failures(sources: TreeSources): readonly GeneratedRouteTest[] {
  const decide = createRouteDecisions(resolvedTree(treeOfTeams(sources)));
  return generateRouteTests(sources).filter(({ labels, at, firing, expect: expected }) => {
    const { receivers, routes } = decide({
      labels,
      firing,
      atMs: at === undefined ? undefined : Date.parse(at),
    });
    const found = {
      receivers,
      muted: routes.every(({ muted }) => muted),
      inhibited: routes.some(({ inhibitedBy }) => inhibitedBy.length > 0),
    };
    return JSON.stringify({ ...found, ...expected }) !== JSON.stringify(found);
  });
}

const page = [pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })];
const ticket = [webhook({ url: 'https://bridge.example' })];
const checkout = { name: 'checkout', team: 'shop', tier: 'critical' } as const;
const payments = { name: 'payments', team: 'shop' } as const;
const sources: TreeSources = {
  services: [service(checkout), service(payments)],
  slos: [slo(checkout, { groupBy: ['region'] }), slo(payments)],
  teams: [
    team({
      name: 'shop',
      page,
      ticket,
      tiers: { critical: { page: [...page, ...ticket] } },
      hours: { zone: 'Europe/Berlin', days: 'monday:friday', from: '09:00', to: '17:00' },
    }),
  ],
  routing: routing({
    maintenance: [
      { name: 'patch-night', during: { zone: 'UTC', days: 'sunday', from: '23:00', to: '01:00' } },
    ],
    dependencies: [{ service: defineService(checkout), needs: [defineService(payments)] }],
  }),
};

describe('generated route tests', () => {
  it('say of each service who is told of what, and when', () => {
    expect(generateRouteTests(sources).map(({ name }) => name)).toEqual([
      'checkout/availability: a page reaches team-shop-page-critical and nobody else',
      'checkout/availability: a ticket reaches team-shop-ticket and nobody else',
      'checkout/availability: missing data reach team-shop-page-critical, even while a page fires',
      'checkout/availability: its page keeps its ticket silent',
      'checkout/availability: its ticket does not keep its page silent',
      'checkout/availability: a page of payments keeps its page silent',
      'checkout/availability: a page of payments keeps its ticket silent',
      'checkout/availability: during the maintenance patch-night a page is told',
      'checkout/availability: during the maintenance patch-night a ticket waits',
      'checkout/availability: outside the hours of shop a page is told',
      'checkout/availability: outside the hours of shop a ticket waits',
      'payments/availability: a page reaches team-shop-page and nobody else',
      'payments/availability: a ticket reaches team-shop-ticket and nobody else',
      'payments/availability: missing data reach team-shop-page, even while a page fires',
      'payments/availability: its page keeps its ticket silent',
      'payments/availability: its ticket does not keep its page silent',
      'payments/availability: during the maintenance patch-night a page is told',
      'payments/availability: during the maintenance patch-night a ticket waits',
      'payments/availability: outside the hours of shop a page is told',
      'payments/availability: outside the hours of shop a ticket waits',
    ]);
  });

  it('hold for the tree', () => {
    expect(failures(sources)).toEqual([]);
  });

  it('fail for a tree that sends pages elsewhere or mutes them', () => {
    const wrong = treeOfTeams({ ...sources, teams: [] });
    expect(wrong.root.routes).toEqual([]);
    const decide = createRouteDecisions(resolvedTree(wrong));
    const first = generateRouteTests(sources)[0];
    expect(decide({ labels: first?.labels ?? {} }).receivers).not.toEqual(first?.expect.receivers);
  });

  it('hold for the trees of random workspaces', () => {
    fc.assert(
      fc.property(randomWorkspace, (each) => {
        expect(failures(each)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
