// The whole Alertmanager configuration of a workspace: routes, receivers, inhibition, time intervals, templates.
import { writeYaml } from '../formats/yaml-writer.ts';
import type { Service } from '../slo/service.ts';
import type { Slo } from '../slo/slo.ts';
import type { AlertmanagerTarget } from './alertmanager/capability.ts';
import type { AlertmanagerNote } from './alertmanager/tree.ts';
import { treeNotes } from './alertmanager/tree-notes.ts';
import { treeOfTeams, type TreeSources } from './alertmanager/tree-of-teams.ts';
import { generateRouteTests } from './alertmanager/tree-route-tests.ts';
import {
  TEMPLATE_FILE,
  writeAlertmanagerConfiguration,
} from './alertmanager/write-configuration.ts';
import { DEFAULT_ROUTING, type Routing } from './routing.ts';
import type { Team } from './team.ts';
import { notificationTemplates } from './templates/notification-templates.ts';

export interface AlertmanagerSources {
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  readonly teams: readonly Team[];
  /** @default DEFAULT_ROUTING */
  readonly routing?: Routing | undefined;
  readonly target: AlertmanagerTarget;
}

export interface GeneratedAlertmanager {
  /** Paths are relative to the folder of the configuration: itself, its templates, and route tests for each service. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** An error among them means that somebody is not told who should be: such a configuration should not be loaded. */
  readonly notes: readonly AlertmanagerNote[];
}

/** Generates the configuration for a target. The same sources give the same bytes. */
export function generateAlertmanager(sources: AlertmanagerSources): GeneratedAlertmanager {
  const { services, slos, teams, routing = DEFAULT_ROUTING, target } = sources;
  const whole = { services, slos, teams, routing };
  const { text, notes } = writeAlertmanagerConfiguration(treeOfTeams(whole), { target });
  return {
    files: [
      { path: 'alertmanager.yml', text },
      { path: TEMPLATE_FILE, text: notificationTemplates() },
      ...routeTestFiles(whole),
    ],
    notes: [...treeNotes(whole), ...notes].sort(byWeight),
  };
}

/** One file a service, so that a change of one is seen as such. */
function routeTestFiles(sources: TreeSources): GeneratedAlertmanager['files'] {
  const names = new Set(sources.slos.map(({ service }) => service.name));
  return [...names].sort().map((name) => {
    const tests = generateRouteTests(sources, name);
    const opening = `# Who is told of what of ${name}, written by Ninefold: ninefold alerts test runs it.\n`;
    return { path: `tests/${name}.routes.yaml`, text: `${opening}${writeYaml({ tests })}` };
  });
}

const WEIGHTS = ['error', 'warning', 'info'];

/** The worst first. */
function byWeight(a: AlertmanagerNote, b: AlertmanagerNote): number {
  const weight = WEIGHTS.indexOf(a.severity) - WEIGHTS.indexOf(b.severity);
  return weight === 0 ? (a.about < b.about ? -1 : a.about > b.about ? 1 : 0) : weight;
}
