import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALERTMANAGER_TARGETS, isSupported } from '../../../alerts/alertmanager/capability.ts';
import { INTEGRATIONS, type IntegrationKind } from '../../../alerts/alertmanager/integrations.ts';
import type { HoursInput } from '../../../alerts/define-hours.ts';
import type { RoutingInput } from '../../../alerts/define-routing.ts';
import type { TeamInput } from '../../../alerts/define-team.ts';
import { generateAlertmanager } from '../../../alerts/generate-alertmanager.ts';
import { WEEKDAYS } from '../../../alerts/hours.ts';
import { SEVERITIES } from '../../../slo/burn-policy.ts';
import { defineService, type ServiceInput } from '../../../slo/define-service.ts';
import { TIERS } from '../../../slo/service.ts';
import type { AlertmanagerVersion } from '../../services/alertmanager.ts';
import { describeWithService } from '../../services/services.ts';
import { EVERY_KIND, routing, service, slo, team } from '../team-workspace.ts';
import { checkConfigurations } from './check-config.ts';

const versions: readonly AlertmanagerVersion[] = ['0.25', '0.34'];

/** A file for an older target is loaded by every newer one: nothing that we write has been taken away. */
const loadedBy = (version: AlertmanagerVersion): (typeof ALERTMANAGER_TARGETS)[number][] =>
  ALERTMANAGER_TARGETS.filter((target) => isSupported(target, version));

describeWithService(['amtool', 'amtool-0.25'], 'generated configurations', () => {
  it.each(versions)('with a mistake are refused by amtool %s, each by itself', async (version) => {
    const text = (receiver: string): string =>
      `route: { receiver: ${receiver} }\nreceivers: [{ name: a }]\n`;
    const complaints = await checkConfigurations(
      version,
      ['a', 'b', 'a'].map((each) => ({ files: [{ path: 'alertmanager.yml', text: text(each) }] })),
    );
    expect(complaints).toEqual(['', expect.stringContaining('undefined receiver "b"'), '']);
  });

  it.each(versions)('of every kind of receiver are accepted by amtool %s', async (version) => {
    const cases = loadedBy(version).flatMap((target) =>
      EVERY_KIND.map((receiver) => {
        const generated = generateAlertmanager({
          services: [],
          slos: [],
          teams: [team({ name: 'shop', page: [receiver], ticket: [receiver] })],
          target,
        });
        return { target, receiver, generated };
      }),
    );
    const complaints = await checkConfigurations(
      version,
      cases.map(({ generated }) => generated),
    );
    expect(complaints.filter((each) => each !== '')).toEqual([]);
    for (const { target, receiver, generated } of cases) {
      const kind: IntegrationKind = receiver.integration;
      const written = generated.files[0]?.text.includes(`${kind}_configs:`);
      const told = generated.notes.some(
        (note) =>
          note.severity === 'error' && note.message.includes('is left out, and tells nobody'),
      );
      // Either the target is told of it, or the user hears that nobody is; what the target lacks is never written.
      expect({ kind, target, written }).toEqual({ kind, target, written: !told });
      if (!isSupported(INTEGRATIONS[kind].since, target)) expect(told).toBe(true);
    }
  });

  it.each(versions)(
    'of random workspaces are accepted by amtool %s',
    async (version) => {
      const sources = fc.sample(workspace, { numRuns: 120, seed: 34 });
      const cases = sources.flatMap((each) =>
        loadedBy(version).map((target) => generateAlertmanager({ ...each, target })),
      );
      const complaints = await checkConfigurations(version, cases);
      expect(complaints.filter((each) => each !== '')).toEqual([]);
      expect(cases.length).toBeGreaterThanOrEqual(120);
    },
    90_000,
  );
});

const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}` as const);

function pad(value: number): `${number}` {
  return String(value).padStart(2, '0') as `${number}`;
}

const day = fc.constantFrom(...WEEKDAYS);
const hours: fc.Arbitrary<HoursInput> = fc
  .record(
    {
      zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata'),
      days: fc.oneof(
        day,
        fc.tuple(day, day).map(([a, b]) => `${a}:${b}` as const),
        fc.array(day, { minLength: 1, maxLength: 3 }),
      ),
      dates: fc.constantFrom('2026-12-24', '2026-12-24:2027-02-02', '2028-02-29' as const),
      from: clock,
      to: clock,
    },
    { requiredKeys: ['zone'] },
  )
  .filter(({ from, to }) => (from ?? '00:00') !== (to ?? '24:00') && to !== '00:00');

const receivers = fc.subarray([...EVERY_KIND], { minLength: 1, maxLength: 4 });
const teamNames = ['shop', 'money', 'search', 'a'];
const labels = ['region', 'tenant', 'route'];

const workspace = fc
  .record({
    teams: fc.array(
      fc.record(
        {
          page: receivers,
          ticket: receivers,
          tiers: fc.dictionary(
            fc.constantFrom(...TIERS),
            fc.record({ page: receivers, ticket: receivers }, { requiredKeys: [] }),
          ),
          hours: fc.oneof(hours, fc.array(hours, { minLength: 1, maxLength: 3 })),
        },
        { requiredKeys: ['page'] },
      ),
      { minLength: 1, maxLength: teamNames.length },
    ),
    services: fc.array(
      fc.record({
        team: fc.constantFrom(...teamNames),
        tier: fc.constantFrom(...TIERS),
        groupBy: fc.subarray(labels),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    unowned: fc.option(receivers),
    incidentPer: fc.constantFrom('instance', 'slo', 'service'),
    smtp: fc.boolean(),
    maintenance: fc.array(
      fc.record({
        during: fc.array(hours, { minLength: 1, maxLength: 2 }),
        mutes: fc.subarray([...SEVERITIES], { minLength: 1 }),
        whom: fc.constantFrom('all', 'services', 'teams'),
      }),
      { maxLength: 3 },
    ),
    wait: fc.integer({ min: 0, max: 60 }),
    repeats: fc.integer({ min: 1, max: 100 }),
  })
  .map((drawn) => {
    const inputs = drawn.services.map((each, index): ServiceInput => ({
      name: `service-${index}`,
      team: each.team,
      tier: each.tier,
    }));
    const definitions = inputs.map((each) => defineService(each));
    const teamInputs = drawn.teams.map((each, index): TeamInput => ({
      ...each,
      name: teamNames[index] ?? '',
    }));
    const input: RoutingInput = {
      ...(drawn.unowned === null ? {} : { unowned: drawn.unowned }),
      incidentPer: drawn.incidentPer as 'slo',
      timers: {
        page: {
          groupWait: `${drawn.wait}s`,
          groupInterval: '1m',
          repeatInterval: `${drawn.repeats}m`,
        },
      },
      ...(drawn.smtp ? { smtp: { smarthost: 'mail.example:25', from: 'a@example.com' } } : {}),
      maintenance: drawn.maintenance.map(({ during, mutes, whom }, index) => ({
        name: `window-${index}`,
        during,
        mutes,
        ...(whom === 'services' ? { services: definitions.slice(0, 2) } : {}),
        ...(whom === 'teams'
          ? { teams: [{ ...(teamInputs[0] as TeamInput), kind: 'team' as const }] }
          : {}),
      })),
      dependencies: definitions.slice(1).map((each, index) => ({
        service: each,
        needs: definitions.slice(0, index + 1),
        equal: ['region'],
      })),
    };
    return {
      teams: teamInputs.map((each) => team(each)),
      services: inputs.map((each) => service(each)),
      slos: drawn.services.flatMap(({ groupBy }, index) => {
        const owner = inputs[index];
        return owner === undefined ? [] : [slo(owner, groupBy.length === 0 ? {} : { groupBy })];
      }),
      routing: routing(input),
    };
  });
