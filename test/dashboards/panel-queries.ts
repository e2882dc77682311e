// The queries of dashboards as Grafana sends them: variables filled in, with what is expected of each.
import { queryOf } from '../../dashboards/variable-words.ts';
import type { Dashboard } from '../../dashboards/dashboard.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';

export interface PanelQuery {
  /** `uid: panel, query A` */
  readonly where: string;
  readonly panel: string;
  readonly expression: string;
  readonly instant: boolean;
  /** Whether the panel says that there may be nothing. */
  readonly mayBeEmpty: boolean;
}

/** What the reader chose: all, of everything. */
const ALL: Readonly<Record<string, string>> = {
  __rate_interval: '1m',
  job: '.+',
  instance: '.+',
  team: '.+',
  tier: '.+',
  service: '.+',
  slo: '.+',
};

/** Every PromQL query of a dashboard. */
export function panelQueries(dashboard: Dashboard, dialect: string): readonly PanelQuery[] {
  return drawDashboard(dashboard, dialect).rows.flatMap(({ panels }) =>
    panels.flatMap(({ panel, queries, columns }) =>
      queries.map(({ refId, expression, instant }) => ({
        where: `${dashboard.uid}: ${panel.title}, query ${refId}`,
        panel: panel.title,
        expression: filledIn(expression),
        instant,
        mayBeEmpty:
          panel.mayBeEmpty !== undefined ||
          columns.some((each) => each.refId === refId && each.column.mayBeEmpty !== undefined),
      })),
    ),
  );
}

/** `label_values(selector, label)` of every variable that asks for one. */
export function variableQueries(
  dashboard: Dashboard,
): readonly { readonly selector: string; readonly label: string }[] {
  return dashboard.variables.flatMap((variable) => {
    if (variable.kind !== 'label') return [];
    const [, selector = '', label = ''] =
      /^label_values\((.*), (\w+)\)$/.exec(queryOf(variable)) ?? [];
    return [{ selector: filledIn(selector), label }];
  });
}

function filledIn(text: string): string {
  return text.replace(/\$([A-Za-z_]\w*)/g, (_, name: string) => {
    const value = ALL[name];
    if (value === undefined) throw new Error(`nobody chose ${name}: ${text}`);
    return value;
  });
}
