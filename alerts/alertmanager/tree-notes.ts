// What a user should hear about teams and services before a configuration is written: who is missing, what is ending.
import type { Service } from '../../slo/service.ts';
import type { IntegrationKind } from './integrations.ts';
import type { TreeSources } from './tree-of-teams.ts';
import type { AlertmanagerNote } from './tree.ts';

/** What ends, and what takes its place. */
const ENDING: Partial<
  Record<IntegrationKind, { readonly message: string; readonly remedy: string }>
> = {
  opsgenie: {
    message: 'Opsgenie ends on 2027-04-05; from then on it tells nobody.',
    remedy: 'Move to jira(…), incidentio(…) or pagerduty(…) before.',
  },
  msteams: {
    message: 'Microsoft has retired the connectors of Teams, through which msteams tells.',
    remedy: 'Move to msteamsv2(…), which uses a workflow (Alertmanager 0.28).',
  },
};

export function treeNotes(sources: TreeSources): readonly AlertmanagerNote[] {
  return [
    ...doubleTeams(sources),
    ...unknownTeams(sources),
    ...lostTickets(sources),
    ...endings(sources),
  ];
}

function doubleTeams({ teams }: TreeSources): readonly AlertmanagerNote[] {
  return teams.flatMap(({ name }, index): AlertmanagerNote[] =>
    teams.findIndex((each) => each.name === name) === index
      ? []
      : [
          {
            severity: 'error',
            about: name,
            message: `The team ${name} is defined twice; only the first definition is told.`,
            remedy: 'Give each team its own name.',
          },
        ],
  );
}

/** Alerts of such services reach the receiver of what nobody owns; when there is none, they reach nobody. */
function unknownTeams({ services, teams, routing }: TreeSources): readonly AlertmanagerNote[] {
  const known = new Set(teams.map(({ name }) => name));
  const lost = services.filter(({ team }) => !known.has(team));
  const nobody = routing.unowned.length === 0;
  return lost.toSorted(byName).map(({ name, team }) => ({
    severity: nobody ? 'error' : 'warning',
    about: name,
    message: nobody
      ? `The service ${name} belongs to the team ${team}, which is not defined: its pages reach nobody.`
      : `The service ${name} belongs to the team ${team}, which is not defined: its alerts go to the receiver of what nobody owns.`,
    remedy: `Write defineTeam({ name: '${team}', page: [ … ] })${nobody ? ', or defineRouting({ unowned: [ … ] })' : ''}.`,
  }));
}

function lostTickets({ teams, routing }: TreeSources): readonly AlertmanagerNote[] {
  if (routing.unowned.length > 0) return [];
  return teams
    .filter(({ ticket }) => ticket.length === 0)
    .map(({ name }) => ({
      severity: 'warning',
      about: `team ${name}`,
      message: `The team ${name} has no receiver of tickets, and nobody hears of what nobody owns: its tickets reach nobody.`,
      remedy: `Add ticket: [ … ] to the team, or write defineRouting({ unowned: [ … ] }).`,
    }));
}

function byName(a: Service, b: Service): number {
  return a.name < b.name ? -1 : 1;
}

function endings({ teams, routing }: TreeSources): readonly AlertmanagerNote[] {
  const used = [
    ...teams.flatMap(({ name, page, ticket, tiers }) =>
      [
        page,
        ticket,
        ...Object.values(tiers).flatMap((tier) => [tier.page ?? [], tier.ticket ?? []]),
      ]
        .flat()
        .map(({ integration }) => [`team ${name}`, integration] as const),
    ),
    ...routing.unowned.map(({ integration }) => ['unowned', integration] as const),
  ];
  const seen = new Set<string>();
  return used.flatMap(([about, integration]): AlertmanagerNote[] => {
    const ending = ENDING[integration];
    const key = `${about} ${integration}`;
    if (ending === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ severity: 'warning', about, ...ending }];
  });
}
