// Variables in Grafana's classic format.
import {
  type VariableModel,
  VariableHide,
  VariableRefresh,
  VariableSort,
  VariableType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DrawnDashboard } from '../drawn-dashboard.ts';
import { queryOf, wordsOf } from '../variable-words.ts';
import type { Variable } from '../variable.ts';
import { datasourceOf } from './classic-query.ts';

/** A variable of `templating.list`. */
export function classicVariable(variable: Variable, drawn: DrawnDashboard): VariableModel {
  const base = { ...wordsOf(variable, drawn.datasources), hide: VariableHide.DontHide };
  switch (variable.kind) {
    case 'datasource':
      return {
        ...base,
        type: VariableType.Datasource,
        query: variable.telemetry,
        refresh: VariableRefresh.OnDashboardLoad,
        multi: false,
        includeAll: false,
      };
    case 'label': {
      const query = queryOf(variable);
      return {
        ...base,
        type: VariableType.Query,
        datasource: datasourceOf({ telemetry: 'prometheus' }, drawn),
        definition: query,
        query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
        refresh: VariableRefresh.OnTimeRangeChanged,
        sort: VariableSort.AlphabeticalAsc,
        multi: true,
        includeAll: true,
        allValue: variable.allowsNone === true ? '.*' : '.+',
        current: { selected: true, text: ['All'], value: ['$__all'] },
      };
    }
    case 'choice': {
      const [first] = variable.values;
      return {
        ...base,
        type: VariableType.Custom,
        query: variable.values.join(','),
        current: { selected: true, text: first, value: first },
        options: variable.values.map((each) => ({
          selected: each === first,
          text: each,
          value: each,
        })),
        multi: false,
        includeAll: false,
      };
    }
    case 'text':
      return {
        ...base,
        type: VariableType.Textbox,
        query: variable.initial,
        current: { text: variable.initial, value: variable.initial },
      };
  }
}
