// Tests of the tree as plain data for `*.routes.yaml`: that each page reaches exactly its pager, and tickets never page.
import { type Severity, SEVERITIES } from '../../slo/burn-policy.ts';
import type { Labels } from '../../slo/instance.ts';
import { type AlertName, alertLabels, ALERTS } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { MaintenanceWindow } from '../routing.ts';
import type { Team } from '../team.ts';
import { instantOutside, instantWithin } from './tree-instants.ts';
import { receiverName, type TreeSources, UNOWNED } from './tree-of-teams.ts';

/** As `*.routes.yaml` has it; a type, because an interface is no plain data to the writer. */
export type GeneratedRouteTest = {
  readonly name: string;
  readonly labels: Labels;
  /** RFC 3339; absent: whatever the time. */
  readonly at?: string;
  /** Labels of other alerts that fire at the same time. */
  readonly firing?: readonly Labels[];
  readonly expect: {
    readonly receivers: readonly string[];
    readonly muted?: boolean;
    readonly inhibited?: boolean;
    /** Whether every pager hears of the end too. */
    readonly resolved?: boolean;
  };
};

/**
 * The tests of the SLOs of one service, or of all of them, sorted by SLO. What is expected comes from the definitions of
 * teams, not from the tree.
 */
export function generateRouteTests(
  sources: TreeSources,
  service?: string,
): readonly GeneratedRouteTest[] {
  const slos = sources.slos.filter((slo) => service === undefined || slo.service.name === service);
  const sorted = slos.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.flatMap((slo) => {
    const subject = subjectOf(slo, sources);
    return [
      ...deliveryTests(subject),
      ...inhibitionTests(subject, sources),
      ...muteTests(subject, sources),
    ];
  });
}

/** An SLO as its routes see it. */
interface Subject {
  readonly slo: Slo;
  readonly team: Team | undefined;
  readonly receiver: (severity: Severity) => string;
  readonly labels: (severity: Severity, name?: AlertName) => Labels;
}

/** Its receivers and labels, as the definitions say. */
function subjectOf(slo: Slo, { teams }: TreeSources): Subject {
  const team = teams.find(({ name }) => name === slo.service.team);
  return {
    slo,
    team,
    receiver: (severity) =>
      team === undefined ? UNOWNED : receiverName(team, severity, slo.service.tier),
    labels: (severity, name = ALERTS.burn) =>
      alertLabels(name, slo, name === ALERTS.burn ? exampleGroup(slo) : {}, severity),
  };
}

function exampleGroup({ groupBy }: Slo): Labels {
  return Object.fromEntries((groupBy?.labels ?? []).map((label) => [label, 'example']));
}

function deliveryTests({ slo, receiver, labels }: Subject): readonly GeneratedRouteTest[] {
  const burns = SEVERITIES.map((severity) => ({
    name: `${slo.id}: a ${severity} reaches ${receiver(severity)} and nobody else`,
    labels: labels(severity),
    expect: { receivers: [receiver(severity)], inhibited: false, resolved: true },
  }));
  const severity = slo.burnPolicy.conditions.some((each) => each.severity === 'page')
    ? 'page'
    : 'ticket';
  return [
    ...burns,
    {
      name: `${slo.id}: missing data reach ${receiver(severity)}, even while a page fires`,
      labels: labels(severity, ALERTS.missing),
      firing: [labels('page')],
      expect: { receivers: [receiver(severity)], inhibited: false, resolved: true },
    },
  ];
}

function inhibitionTests(
  { slo, receiver, labels }: Subject,
  { slos, routing }: TreeSources,
): readonly GeneratedRouteTest[] {
  const own: GeneratedRouteTest[] = [
    {
      name: `${slo.id}: its page keeps its ticket silent`,
      labels: labels('ticket'),
      firing: [labels('page')],
      expect: { receivers: [receiver('ticket')], inhibited: true },
    },
    {
      name: `${slo.id}: its ticket does not keep its page silent`,
      labels: labels('page'),
      firing: [labels('ticket')],
      expect: { receivers: [receiver('page')], inhibited: false },
    },
  ];
  const needed = routing.dependencies
    .filter(({ service }) => service === slo.service.name)
    .flatMap(({ needs, mutes, equal }) =>
      mutes.flatMap((severity) =>
        needs.flatMap((service): GeneratedRouteTest[] => {
          const other = slos.find((each) => each.service.name === service);
          const alike = equal.every(
            (label) => labels(severity)[label] === (other && exampleLabels(other)[label]),
          );
          if (other === undefined || !alike) return [];
          return [
            {
              name: `${slo.id}: a page of ${service} keeps its ${severity} silent`,
              labels: labels(severity),
              firing: [exampleLabels(other)],
              expect: { receivers: [receiver(severity)], inhibited: true },
            },
          ];
        }),
      ),
    );
  return [...own, ...needed];
}

function exampleLabels(slo: Slo): Labels {
  return alertLabels(ALERTS.burn, slo, exampleGroup(slo), 'page');
}

function muteTests(subject: Subject, sources: TreeSources): readonly GeneratedRouteTest[] {
  const { slo, team, receiver, labels } = subject;
  if (team === undefined) return [];
  const windows = sources.routing.maintenance.filter((each) => concerns(each, slo));
  const mutedPages = windows.some(({ mutes }) => mutes.includes('page'));
  const test = (severity: Severity, when: string, at: string, muted: boolean) => ({
    name: `${slo.id}: ${when} a ${severity} ${muted ? 'waits' : 'is told'}`,
    labels: labels(severity),
    at,
    expect: { receivers: [receiver(severity)], muted },
  });
  const maintenance = windows.flatMap(({ name, during, mutes }) => {
    const at = instantWithin(during);
    if (at === undefined) return [];
    return SEVERITIES.filter(
      (each) => mutes.includes(each) || (each === 'page' && !mutedPages),
    ).map((each) => test(each, `during the maintenance ${name}`, at, mutes.includes(each)));
  });
  const outside = team.hours && instantOutside(team.hours);
  const hours =
    outside === undefined
      ? []
      : SEVERITIES.filter((each) => each === 'ticket' || !mutedPages).map((each) =>
          test(each, `outside the hours of ${team.name}`, outside, each === 'ticket'),
        );
  return [...maintenance, ...hours];
}

function concerns({ teams, services }: MaintenanceWindow, { service }: Slo): boolean {
  if (teams === undefined && services === undefined) return true;
  return teams?.includes(service.team) === true || services?.includes(service.name) === true;
}
