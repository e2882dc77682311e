// The SLI kind for Loki: log lines of one query against log lines of another.
import {
  type BadOrGood,
  defineSli,
  LONGEST_QUERY,
  readPart,
  type SliDefinition,
} from './sli-definition.ts';

/** `total`, and `bad` or `good`: LogQL log queries (stream selector and pipeline), without range or aggregation. */
export type LokiRatioInput = {
  readonly total: string;
  /** @default 'default' */
  readonly connection?: string;
} & BadOrGood<string>;

/**
 * A ratio of log lines.
 * @example lokiRatio({ total: '{app="web"} | json | __error__=""', bad: '{app="web"} | json | status >= 500' })
 */
export function lokiRatio(input: LokiRatioInput): SliDefinition {
  const shape = {
    known: ['total', 'bad', 'good', 'connection'],
    needed: ['total'],
    example: `{ total: '{app="web"} | json', bad: '{app="web"} | json | status >= 500' }`,
  };
  return defineSli('lokiRatio', input, shape, (reader) => {
    const total = reader.text('total', LONGEST_QUERY);
    const part = readPart(reader, (name) => reader.text(name, LONGEST_QUERY));
    if (total === undefined || part === undefined) return undefined;
    return {
      form: { form: 'logs', total, counted: part.counted, part: part.value },
      written: { total: 'total', part: part.counted },
    };
  });
}
