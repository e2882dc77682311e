// Random workspaces of teams, services, SLOs and routing, all of them right.
import fc from 'fast-check';
import type { TreeSources } from '../../alerts/alertmanager/tree-of-teams.ts';
import type { HoursInput } from '../../alerts/define-hours.ts';
import type { RoutingInput } from '../../alerts/define-routing.ts';
import type { TeamInput } from '../../alerts/define-team.ts';
import { WEEKDAYS } from '../../alerts/hours.ts';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { defineService, type ServiceInput } from '../../slo/define-service.ts';
import { TIERS } from '../../slo/service.ts';
import { EVERY_KIND, routing, service, slo, team } from './team-workspace.ts';

const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}` as const);

function pad(value: number): `${number}` {
  return String(value).padStart(2, '0') as `${number}`;
}

const day = fc.constantFrom(...WEEKDAYS);
export const randomHours: fc.Arbitrary<HoursInput> = fc
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

export const randomWorkspace: fc.Arbitrary<TreeSources> = fc
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
          hours: fc.oneof(randomHours, fc.array(randomHours, { minLength: 1, maxLength: 3 })),
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
    incidentPer: fc.constantFrom('instance' as const, 'slo' as const, 'service' as const),
    smtp: fc.boolean(),
    maintenance: fc.array(
      fc.record({
        during: fc.array(randomHours, { minLength: 1, maxLength: 2 }),
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
      incidentPer: drawn.incidentPer,
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
