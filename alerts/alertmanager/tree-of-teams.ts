// The default tree: from services, SLOs and teams every route, receiver and inhibition, so that nobody has to write one.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { type Severity, SEVERITIES } from '../../slo/burn-policy.ts';
import { type Service, TIERS } from '../../slo/service.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Receiver } from '../receivers/receiver.ts';
import type { IncidentScope, MaintenanceWindow, Routing } from '../routing.ts';
import type { Team } from '../team.ts';
import type { AlertmanagerTree, TreeReceiver, TreeRoute, TreeTimeInterval } from './tree.ts';
import { inhibitRules } from './tree-inhibition.ts';
import { equal, instanceLabelNames } from './tree-labels.ts';

export interface TreeSources {
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  readonly teams: readonly Team[];
  readonly routing: Routing;
}

/** Name of the receiver of what no team owns. */
export const UNOWNED = 'unowned';

/**
 * The tree of a workspace. Its shape is the same for every team, so that adding one changes no other's group keys:
 * team → service under maintenance → tier → severity, each from the special to the general.
 */
export function treeOfTeams(sources: TreeSources): AlertmanagerTree {
  const { routing, slos } = sources;
  const first = new Map(sources.teams.toReversed().map((team) => [team.name, team]));
  const teams = [...first.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...(routing.smtp === undefined ? {} : { smtp: routing.smtp }),
    secretsFolder: routing.secretsFolder,
    root: {
      receiver: UNOWNED,
      matchers: [],
      groupBy: groupBy(routing.incidentPer, slos),
      timers: routing.timers.ticket,
      routes: teams.map((team) => teamRoute(team, sources)),
    },
    receivers: [
      { name: UNOWNED, integrations: routing.unowned },
      ...teams.flatMap((team) => teamReceivers(team)),
    ],
    inhibitRules: inhibitRules(sources),
    timeIntervals: [
      ...routing.maintenance.map(({ name, during }) => ({
        name: maintenanceName(name),
        specs: during,
      })),
      ...teams.flatMap(({ name, hours }): TreeTimeInterval[] =>
        hours === undefined ? [] : [{ name: hoursName(name), specs: hours }],
      ),
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/**
 * The labels of one incident. A label that an alert lacks is not in its group key; so all labels that tell instances
 * apart may stand in one list, and a new SLO changes no other's key, since whatever the other carries is in it already.
 */
function groupBy(scope: IncidentScope, slos: readonly Slo[]): readonly string[] {
  const service = ['alertname', 'service', 'severity'];
  if (scope === 'service') return service;
  const labels = scope === 'slo' ? [] : instanceLabelNames(slos);
  return [...new Set([...service, 'slo', ...labels])].sort();
}

/** What the team node itself handles is of no known severity: another tool's alert about one of its services. */
function teamRoute(team: Team, { services, routing }: TreeSources): TreeRoute {
  const ofTeam = (window: MaintenanceWindow): boolean =>
    window.teams === undefined ? window.services === undefined : window.teams.includes(team.name);
  const owned = services.filter((service) => service.team === team.name);
  const singled = owned
    .map((service) => ({
      service,
      windows: routing.maintenance.filter((each) => each.services?.includes(service.name)),
    }))
    .filter(({ windows }) => windows.length > 0)
    .toSorted((a, b) => (a.service.name < b.service.name ? -1 : 1));
  const whole = routing.maintenance.filter(ofTeam);
  return {
    receiver: receiverName(team, 'ticket'),
    matchers: [equal('team', team.name)],
    routes: [
      ...singled.flatMap(({ service, windows }) =>
        severityRoutes(team, routing, {
          tier: service.tier,
          // Only what is muted leaves the common route: another route would give open incidents another key.
          severities: SEVERITIES.filter((each) =>
            windows.some(({ mutes }) => mutes.includes(each)),
          ),
          matchers: [equal('service', service.name)],
          windows: [...new Set([...whole, ...windows])],
        }),
      ),
      ...TIERS.flatMap((tier) =>
        severityRoutes(team, routing, {
          tier,
          severities: SEVERITIES.filter((each) => team.tiers[tier]?.[each] !== undefined),
          matchers: [equal('tier', tier)],
          windows: whole,
        }),
      ),
      ...severityRoutes(team, routing, { matchers: [], windows: whole }),
    ],
  };
}

interface Branch {
  readonly tier?: Service['tier'];
  /** @default both */
  readonly severities?: readonly Severity[];
  readonly matchers: readonly LabelMatcher[];
  readonly windows: readonly MaintenanceWindow[];
}

function severityRoutes(team: Team, routing: Routing, branch: Branch): readonly TreeRoute[] {
  const severities = branch.severities ?? SEVERITIES;
  return severities.map((severity): TreeRoute => {
    const mute = branch.windows
      .filter(({ mutes }) => mutes.includes(severity))
      .map(({ name }) => maintenanceName(name))
      .sort();
    const awaited = severity === 'ticket' && team.hours !== undefined;
    return {
      receiver: receiverName(team, severity, branch.tier),
      matchers: [equal('severity', severity), ...branch.matchers],
      timers: routing.timers[severity],
      ...(mute.length === 0 ? {} : { muteTimeIntervals: mute }),
      ...(awaited ? { activeTimeIntervals: [hoursName(team.name)] } : {}),
    };
  });
}

function teamReceivers(team: Team): readonly TreeReceiver[] {
  const own = SEVERITIES.map((severity) => ({
    name: receiverName(team, severity),
    integrations: team[severity],
  }));
  const ofTiers = TIERS.flatMap((tier) =>
    SEVERITIES.map((severity) => ({
      name: receiverName(team, severity, tier),
      integrations: recipients(team, severity, tier),
    })),
  );
  const named = new Map([...own, ...ofTiers].map((each) => [each.name, each]));
  named.delete(UNOWNED);
  return [...named.values()];
}

/** Who is told of a severity of a tier's service; [] when that is whoever hears of what nobody owns. */
function recipients(team: Team, severity: Severity, tier: Service['tier']): readonly Receiver[] {
  return team.tiers[tier]?.[severity] ?? team[severity];
}

/** `team-shop-page`, or `team-shop-page-critical` where the tier has recipients of its own. */
export function receiverName(team: Team, severity: Severity, tier?: Service['tier']): string {
  const own = tier === undefined ? undefined : team.tiers[tier]?.[severity];
  if ((own ?? team[severity]).length === 0) return UNOWNED;
  return `team-${team.name}-${severity}${own === undefined ? '' : `-${tier}`}`;
}

function hoursName(team: string): string {
  return `team-${team}-hours`;
}

function maintenanceName(window: string): string {
  return `maintenance-${window}`;
}
