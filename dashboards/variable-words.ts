// What variables are called and ask, the same in all formats.
import type { DrawnDashboard } from './drawn-dashboard.ts';
import type { LabelVariable, Variable } from './variable.ts';

/** Name and label of a variable. Datasources are called as the linter of Grafana's makers wants it. */
export function wordsOf(
  variable: Variable,
  datasources: DrawnDashboard['datasources'],
): { readonly name: string; readonly label: string } {
  if (variable.kind !== 'datasource')
    return { name: variable.name, label: variable.label ?? variable.name };
  const name = datasources[variable.telemetry] ?? 'datasource';
  const { telemetry } = variable;
  const title = `${telemetry.slice(0, 1).toUpperCase()}${telemetry.slice(1)}`;
  return { name, label: name === 'datasource' ? 'Data source' : `${title} data source` };
}

/** Asks Prometheus for the values of a label. */
export function queryOf(variable: LabelVariable): string {
  return `label_values(${variable.selector}, ${variable.of ?? variable.name})`;
}
