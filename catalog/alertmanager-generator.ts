// Makes the Alertmanager configuration of a workspace that defines its teams, with tests of its routes.
import type { AlertmanagerTarget } from '../alerts/alertmanager/capability.ts';
import { generateAlertmanager } from '../alerts/generate-alertmanager.ts';
import type { Generator, GeneratorNote } from './artifact.ts';

const FOLDER = 'alertmanager';

const NO_TEAM: GeneratorNote = {
  severity: 'info',
  kind: FOLDER,
  source: '(workspace)',
  message:
    'No team is defined, so no Alertmanager configuration is written: export what defineTeam returns from a file that ends in .alerts.ts.',
};

export const alertmanagerGenerator: Generator = {
  kind: FOLDER,
  title: 'Alertmanager routes, receivers, inhibition, templates and route tests',
  generate({ services, slos, teams, routing }, { alertmanager }) {
    if (teams.length === 0) return { artifacts: [], notes: [NO_TEAM] };
    const target = alertmanager as AlertmanagerTarget;
    const made = generateAlertmanager({ services, slos, teams, routing, target });
    const sources = [
      ...services.map(({ name }) => name),
      ...teams.map(({ name }) => `team ${name}`),
    ].sort();
    return {
      artifacts: made.files.map(({ path, text }) => ({
        path: `${FOLDER}/${path}`,
        kind: this.kind,
        text,
        sources,
      })),
      notes: made.notes.map(({ severity, about, message, remedy }) => ({
        severity,
        kind: this.kind,
        source: about,
        message: `${message} ${remedy}`,
      })),
    };
  },
};
