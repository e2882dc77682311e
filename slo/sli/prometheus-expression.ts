// The SLI kind for any PromQL: what no pair of selectors can say, evaluated step by step and so approximate.
import type { DurationText } from '../duration.ts';
import { parseDuration } from '../duration.ts';
import {
  type BadOrGood,
  defineSli,
  LONGEST_QUERY,
  readPart,
  type SliDefinition,
} from './sli-definition.ts';

/** PromQL that gives a number of events in one step; `$step` stands for the step: `sum(increase(errors_total[$step]))`. */
export type PrometheusExpressionInput = {
  readonly total: string;
  /** How long a step is: 10 seconds to an hour. @default '1m' */
  readonly step?: DurationText;
  /** @default 'default' */
  readonly connection?: string;
} & BadOrGood<string>;

/**
 * Events counted by PromQL at each step, rounded to whole numbers: approximate, as `increase()` is. Prefer `prometheusRatio`.
 * @example prometheusExpression({ total: 'sum(increase(a_total[$step]))', bad: 'sum(increase(b_total[$step]))' })
 */
export function prometheusExpression(input: PrometheusExpressionInput): SliDefinition {
  const shape = {
    known: ['total', 'bad', 'good', 'step', 'connection'],
    needed: ['total'],
    example: `{ total: 'sum(increase(a_total[$step]))', bad: 'sum(increase(b_total[$step]))' }`,
  };
  return defineSli('prometheusExpression', input, shape, (reader) => {
    const total = reader.text('total', LONGEST_QUERY);
    const part = readPart(reader, (name) => reader.text(name, LONGEST_QUERY));
    const step = reader.parsed('step', {
      code: 'not-a-duration',
      parse: (text) => {
        const seconds = parseDuration(text);
        return seconds !== undefined && seconds >= 10 && seconds <= 3600 ? seconds : undefined;
      },
      expected: 'a duration from 10s to 1h',
      remedy: `Write a whole number with s, m or h, from '10s' to '1h'.`,
    });
    if (total === undefined || part === undefined) return undefined;
    return {
      form: {
        form: 'expression',
        total,
        counted: part.counted,
        part: part.value,
        stepSeconds: step ?? 60,
      },
      written: { total: 'total', part: part.counted },
    };
  });
}
