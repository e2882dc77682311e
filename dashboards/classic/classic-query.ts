// Queries of panels as each datasource of Grafana takes them.
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type { dataquery as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import {
  type Dataquery as PrometheusQuery,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import type { Dataquery as TempoQuery } from '@grafana/grafana-foundation-sdk/tempo';
import type { DrawnDashboard, DrawnQuery } from '../drawn-dashboard.ts';
import type { Telemetry } from '../signal.ts';

/** Data of an SDK type without the function by which the SDK tells its types apart. */
type Plain<T> = Omit<T, '_implementsDataqueryVariant'>;

/** The datasource of a query: the variable that the reader chooses it by. */
export function datasourceOf(
  { telemetry }: { readonly telemetry: Telemetry },
  { datasources }: DrawnDashboard,
): DataSourceRef {
  return { type: telemetry, uid: `\${${datasources[telemetry] ?? 'datasource'}}` };
}

/** A target of a classic panel. */
export function classicQuery(query: DrawnQuery, drawn: DrawnDashboard): Dataquery {
  const body = { ...queryBody(query), refId: query.refId, datasource: datasourceOf(query, drawn) };
  return body as unknown as Dataquery;
}

/** What a query says, in the words of its datasource; the same in all formats. */
export function queryBody(query: DrawnQuery): object {
  if (query.telemetry === 'prometheus') return prometheusQuery(query);
  return query.telemetry === 'loki' ? lokiQuery(query) : tempoQuery(query);
}

function prometheusQuery(query: DrawnQuery): Plain<PrometheusQuery> {
  return {
    expr: query.expression,
    legendFormat: query.legend,
    editorMode: QueryEditorMode.Code,
    instant: query.instant,
    range: !query.instant,
    exemplar: query.exemplars,
    format: query.table ? PromQueryFormat.Table : PromQueryFormat.TimeSeries,
  };
}

function lokiQuery(query: DrawnQuery): Plain<LokiQuery> {
  return {
    expr: query.expression,
    legendFormat: query.legend,
    queryType: query.instant ? 'instant' : 'range',
  };
}

function tempoQuery(query: DrawnQuery): Plain<TempoQuery> {
  return { query: query.expression, queryType: 'traceql', filters: [] };
}
