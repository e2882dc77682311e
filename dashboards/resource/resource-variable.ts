// Variables of dashboards as resources.
import {
  defaultCustomVariableSpec,
  defaultDatasourceVariableSpec,
  defaultQueryVariableSpec,
  defaultTextVariableSpec,
  type VariableKind,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { DrawnDashboard } from '../drawn-dashboard.ts';
import { queryOf, wordsOf } from '../variable-words.ts';
import type { Variable } from '../variable.ts';
import { queryKind } from './resource-query.ts';

/** A variable of a resource's `spec.variables`. */
export function resourceVariable(variable: Variable, drawn: DrawnDashboard): VariableKind {
  const words = wordsOf(variable, drawn.datasources);
  switch (variable.kind) {
    case 'datasource': {
      const spec = { ...defaultDatasourceVariableSpec(), ...words, pluginId: variable.telemetry };
      return {
        kind: 'DatasourceVariable',
        spec: { ...spec, refresh: VariableRefresh.OnDashboardLoad },
      };
    }
    case 'label': {
      const query = queryOf(variable);
      const body = { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' };
      return {
        kind: 'QueryVariable',
        spec: {
          ...defaultQueryVariableSpec(),
          ...words,
          current: { text: ['All'], value: ['$__all'] },
          definition: query,
          query: queryKind('prometheus', body, drawn),
          refresh: VariableRefresh.OnTimeRangeChanged,
          sort: VariableSort.AlphabeticalAsc,
          multi: true,
          includeAll: true,
          allValue: variable.allowsNone === true ? '.*' : '.+',
        },
      };
    }
    case 'choice': {
      const [first] = variable.values;
      return {
        kind: 'CustomVariable',
        spec: {
          ...defaultCustomVariableSpec(),
          ...words,
          query: variable.values.join(','),
          current: { text: first, value: first },
          options: variable.values.map((each) => ({ text: each, value: each })),
        },
      };
    }
    case 'text':
      return {
        kind: 'TextVariable',
        spec: {
          ...defaultTextVariableSpec(),
          ...words,
          query: variable.initial,
          current: { text: variable.initial, value: variable.initial },
        },
      };
  }
}
