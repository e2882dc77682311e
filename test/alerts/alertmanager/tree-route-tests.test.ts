import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  ALERTMANAGER_TARGETS,
  type AlertmanagerTarget,
} from '../../../alerts/alertmanager/capability.ts';
import { readAlertmanagerConfiguration } from '../../../alerts/alertmanager/read-configuration.ts';
import { readRouteTests } from '../../../alerts/alertmanager/route-test.ts';
import { runRouteTests } from '../../../alerts/alertmanager/route-tests.ts';
import type { TreeSources } from '../../../alerts/alertmanager/tree-of-teams.ts';
import { generateRouteTests } from '../../../alerts/alertmanager/tree-route-tests.ts';
import { generateAlertmanager } from '../../../alerts/generate-alertmanager.ts';
import { pagerduty } from '../../../alerts/receivers/pagerduty.ts';
import { webhook } from '../../../alerts/receivers/webhook.ts';
import { fromFile } from '../../../catalog/define-config.ts';
import { defineService } from '../../../slo/define-service.ts';
import { randomWorkspace } from '../random-workspace.ts';
import { routing, service, slo, team } from '../team-workspace.ts';

/** What the generated route tests of a workspace find wrong in its generated configuration, both read back from their text. */
function failures(
  sources: TreeSources,
  configured: TreeSources = sources,
  target: AlertmanagerTarget = '0.34',
): readonly string[] {
  const text = generateAlertmanager({ ...configured, target }).files[0]?.text ?? '';
  const { configuration, findings } = readAlertmanagerConfiguration(text, target);
  expect(findings).toEqual([]);
  if (configuration === undefined) return ['no configuration'];
  const files = generateAlertmanager({ ...sources, target }).files.filter(({ path }) =>
    path.endsWith('.routes.yaml'),
  );
  return files.flatMap((file) => {
    const read = readRouteTests(parse(file.text));
    if (!('tests' in read)) return read.problems.map(({ message }) => message);
    return runRouteTests(configuration, read.tests, { target })
      .filter(({ passed }) => !passed)
      .map(({ name, failures: [first] }) => `${name}: ${first?.about} is ${first?.actual}`);
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

  it('fail for a configuration that sends pages elsewhere, mutes them or never ends them', () => {
    const told = (configured: Partial<TreeSources>): string =>
      failures(sources, { ...sources, ...configured }).join('\n');
    expect(told({ teams: [] })).toContain(
      'payments/availability: a page reaches team-shop-page and nobody else: receivers is unowned',
    );
    const during = { zone: 'UTC', days: 'sunday', from: '23:00', to: '01:00' } as const;
    const mutes = ['page', 'ticket'] as const;
    expect(
      told({ routing: routing({ maintenance: [{ name: 'patch-night', during, mutes }] }) }),
    ).toContain('during the maintenance patch-night a page is told: muted is team-shop-page');
    expect(told({ slos: [], routing: routing({}) })).toContain(
      'a page of payments keeps its page silent: inhibited is no',
    );
  });

  it('hold for the trees of random workspaces', () => {
    fc.assert(
      fc.property(randomWorkspace, fc.constantFrom(...ALERTMANAGER_TARGETS), (each, target) => {
        expect(failures(each, each, target)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
