// Makes Grafana dashboards: an overview of all budgets, and a page for each service.
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../alerts/rules/prometheus-target.ts';
import { generateDashboards } from '../dashboards/generate-dashboards.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'dashboards';

export const dashboardsGenerator: Generator = {
  kind: FOLDER,
  title: 'Grafana dashboards',
  generate({ services, slos }, { prometheus }) {
    const target = prometheus as PrometheusTarget;
    const ruled = generatePrometheusRules(slos, { target }).files.flatMap(
      ({ sourceIds }) => sourceIds,
    );
    const { files } = generateDashboards({ services, slos, ruled });
    return {
      artifacts: files.map(({ path, text, sources }) => ({
        path: `${FOLDER}/${path}`,
        kind: this.kind,
        text,
        sources,
      })),
      notes: [],
    };
  },
};
