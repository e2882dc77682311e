// Makes the Alertmanager configuration of a workspace that defines its teams.
import type { AlertmanagerTarget } from '../alerts/alertmanager/capability.ts';
import { generateAlertmanager } from '../alerts/generate-alertmanager.ts';
import { generateRouteTests } from '../alerts/alertmanager/tree-route-tests.ts';
import { DEFAULT_ROUTING } from '../alerts/routing.ts';
import { writeYaml, type YamlData } from '../formats/yaml-writer.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'alertmanager';

export const alertmanagerGenerator: Generator = {
  kind: 'alertmanager',
  title: 'Alertmanager routes, receivers, inhibition and templates',
  generate({ services, slos, teams, routing }, { alertmanager }) {
    if (teams.length === 0)
      return {
        artifacts: [],
        notes: [
          {
            severity: 'info',
            kind: this.kind,
            source: '(workspace)',
            message:
              'No team is defined, so no Alertmanager configuration is written: export what defineTeam returns from a file that ends in .alerts.ts.',
          },
        ],
      };
    const made = generateAlertmanager({
      services,
      slos,
      teams,
      routing,
      target: alertmanager as AlertmanagerTarget,
    });
    const sources = [
      ...services.map(({ name }) => name),
      ...teams.map(({ name }) => `team ${name}`),
    ].sort();
    const tests = Map.groupBy(
      generateRouteTests({ services, slos, teams, routing: routing ?? DEFAULT_ROUTING }),
      ({ labels }) => labels['service'] ?? '',
    );
    return {
      artifacts: [
        ...made.files.map(({ path, text }) => ({
          path: `${FOLDER}/${path}`,
          kind: this.kind,
          text,
          sources,
        })),
        ...[...tests].map(([service, own]) => ({
          path: `${FOLDER}/${service}.routes.yaml`,
          kind: this.kind,
          text: `# Run by: ninefold alerts test alertmanager.yml ${service}.routes.yaml\n${writeYaml({ tests: own as unknown as YamlData })}`,
          sources: [service],
        })),
      ],
      notes: made.notes.map(({ severity, about, message, remedy }) => ({
        severity,
        kind: this.kind,
        source: about,
        message: remedy === undefined ? message : `${message} ${remedy}`,
      })),
    };
  },
};
