// The SLI kind for a Prometheus gauge: each slice of time is good or bad by how the gauge compares.
import type { DurationText } from '../duration.ts';
import { parseSlice } from '../resolve-method.ts';
import type { Comparison } from '../sli.ts';
import { defineSli, LONGEST_QUERY, type SliDefinition } from './sli-definition.ts';

const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const;

/** An operator, a space and a number: `'>= 0.99'`. */
export type ComparisonText = `${Comparison['operator']} ${number}`;

export interface PrometheusGaugeInput {
  /** PromQL whose value is compared; every series of its result must compare so. */
  readonly expression: string;
  readonly goodWhen: ComparisonText;
  /** How long a slice is: at least 10 seconds, and a day is a whole number of them. @default '1m' */
  readonly slice?: DurationText;
  /** @default 'default' */
  readonly connection?: string;
}

/**
 * Time in which a gauge was as it should be: one event for each slice, good when every point in it compares so.
 * @example prometheusGauge({ expression: 'min(up{job="api"})', goodWhen: '== 1' })
 */
export function prometheusGauge(input: PrometheusGaugeInput): SliDefinition {
  const shape = {
    known: ['expression', 'goodWhen', 'slice', 'connection'],
    needed: ['expression', 'goodWhen'],
    example: `{ expression: 'min(up{job="api"})', goodWhen: '== 1' }`,
  };
  return defineSli('prometheusGauge', input, shape, (reader) => {
    const expression = reader.text('expression', LONGEST_QUERY);
    const goodWhen = reader.parsed('goodWhen', {
      code: 'not-a-comparison',
      parse: parseComparison,
      expected: 'a comparison with a number',
      remedy: `Write an operator (${OPERATORS.join(' ')}), a space and a number: '>= 0.99'.`,
    });
    const slice = reader.has('slice') ? parseSlice(reader, 'slice') : 60;
    if (expression === undefined || goodWhen === undefined || slice === undefined) return undefined;
    return {
      form: { form: 'gauge', expression, goodWhen, sliceSeconds: slice },
      written: { total: 'expression', part: 'expression' },
    };
  });
}

function parseComparison(text: string): Comparison | undefined {
  const operator = OPERATORS.find((each) => text.startsWith(each));
  const bound = text.slice(operator?.length ?? 0).trim();
  if (operator === undefined || !/^-?\d+(?:\.\d+)?(?:e-?\d{1,3})?$/.test(bound)) return undefined;
  const number = Number(bound);
  return Number.isFinite(number) ? { operator, bound: number } : undefined;
}
