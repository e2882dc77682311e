// Makes rule files for Loki's ruler: the alerts of SLOs on log lines, evaluated where the lines are.
import { generateLokiRules } from '../alerts/loki/loki-rules.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'loki-rules';

export const lokiRulesGenerator: Generator = {
  kind: FOLDER,
  title: 'alerting rules for Loki',
  generate({ slos }) {
    const made = generateLokiRules(slos);
    return {
      artifacts: made.files.map(({ path, text, sourceIds }) => ({
        path: `${FOLDER}/${path}`,
        kind: this.kind,
        text,
        sources: sourceIds,
      })),
      notes: made.notes.map(({ slo, severity, reason }) => ({
        severity,
        kind: this.kind,
        source: slo,
        message: reason,
      })),
    };
  },
};
