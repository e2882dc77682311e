// Makes the Alertmanager configuration of a workspace that defines its teams.
import type { AlertmanagerTarget } from '../alerts/alertmanager/capability.ts';
import { generateAlertmanager } from '../alerts/generate-alertmanager.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'alertmanager';

export const alertmanagerGenerator: Generator = {
  kind: 'alertmanager',
  title: 'Alertmanager routes, receivers, inhibition and templates',
  generate({ services, slos, teams, routing }, { alertmanager }) {
    if (teams.length === 0)
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
        message: remedy === undefined ? message : `${message} ${remedy}`,
      })),
    };
  },
};
