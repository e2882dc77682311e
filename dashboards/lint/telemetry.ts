// Which telemetry a query asks, by the datasource that it, its panel or the whole dashboard names.
import type {
  LintedDashboard,
  LintedDatasource,
  LintedPanel,
  LintedTarget,
} from './linted-dashboard.ts';

export interface QueryPlace {
  readonly panel: LintedPanel;
  readonly target: LintedTarget;
}

/** All queries of a plugin that are not switched off. */
export function queriesOf(dashboard: LintedDashboard, plugin: string): readonly QueryPlace[] {
  return dashboard.panels.flatMap((panel) =>
    panel.targets
      .filter(({ hidden, expression }) => !hidden && expression !== '')
      .filter(
        ({ datasource }) =>
          (pluginOf(dashboard, datasource) ??
            pluginOf(dashboard, panel.datasource) ??
            firstPlugin(dashboard)) === plugin,
      )
      .map((target) => ({ panel, target })),
  );
}

/** The plugin of the first datasource variable: what the dashboard is mostly about. */
export function firstPlugin({ variables }: LintedDashboard): string | undefined {
  return variables.find(({ type }) => type === 'datasource')?.query;
}

/** The name of the variable that a reference is: `${datasource}`, `$datasource`. */
export function variableIn(uid: string): string | undefined {
  return /^\$(?:\{(\w+)(?::\w+)?\}|(\w+))$/
    .exec(uid)
    ?.slice(1)
    .find((name) => name !== undefined);
}

function pluginOf(
  { variables }: LintedDashboard,
  { type, uid }: LintedDatasource,
): string | undefined {
  const name = uid === undefined ? undefined : variableIn(uid);
  const variable = variables.find((each) => each.type === 'datasource' && each.name === name);
  return variable?.query ?? type;
}
