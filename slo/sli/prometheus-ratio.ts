// The SLI kind for Prometheus counters: the increase of one selector against the increase of another.
import {
  type BadOrGood,
  defineSli,
  LONGEST_QUERY,
  readPart,
  type SliDefinition,
} from './sli-definition.ts';

/** `total`, and `bad` or `good`: vector selectors of counters, without range, offset or function. */
export type PrometheusRatioInput = {
  readonly total: string;
  /** @default 'default' */
  readonly connection?: string;
} & BadOrGood<string>;

/**
 * A ratio of counters, read as raw samples so that every increase is counted exactly once.
 * @example prometheusRatio({ total: 'http_requests_total{job="api"}', bad: 'http_requests_total{job="api",code=~"5.."}' })
 */
export function prometheusRatio(input: PrometheusRatioInput): SliDefinition {
  const shape = {
    known: ['total', 'bad', 'good', 'connection'],
    needed: ['total'],
    example: `{ total: 'http_requests_total', bad: 'http_requests_total{code=~"5.."}' }`,
  };
  return defineSli('prometheusRatio', input, shape, (reader) => {
    const total = reader.text('total', LONGEST_QUERY);
    const part = readPart(reader, (name) => reader.text(name, LONGEST_QUERY));
    if (total === undefined || part === undefined) return undefined;
    return {
      form: {
        form: 'counters',
        total: { selector: total },
        counted: part.counted,
        part: { selector: part.value },
      },
      written: { total: 'total', part: part.counted },
    };
  });
}
