// The stream selector of a LogQL log query: which streams are read, whatever the pipeline makes of their lines.
import { parser } from '@grafana/lezer-logql';

/** The selector as it is written, `{app="web"}` of `{app="web"} | json`; undefined when the text is no log query. */
export function streamSelector(logQuery: string): string | undefined {
  let place: { readonly from: number; readonly to: number } | undefined;
  parser.parse(logQuery).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'Selector') place ??= { from, to };
      return place === undefined && name !== 'MetricExpr';
    },
  });
  return place && logQuery.slice(place.from, place.to);
}
