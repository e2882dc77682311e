// What PromQL's functions and aggregations take and give, as of Prometheus 3.15.

/** What an expression gives: numbers, series of one point, series of many points, text. */
export type PromqlType = 'scalar' | 'instant vector' | 'range vector' | 'string';

const S = 'scalar';
const V = 'instant vector';
const M = 'range vector';
const T = 'string';

export interface Signature {
  readonly takes: readonly PromqlType[];
  /** How many arguments at the end may be left out; `more`: the last may be repeated. */
  readonly optional?: number;
  readonly more?: true;
  readonly gives: PromqlType;
}

const OF_VECTOR =
  'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count ' +
  'histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp';
const OF_RANGE =
  'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate ' +
  'last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time ' +
  'stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time';
const OF_TIME = 'day_of_month day_of_week day_of_year days_in_month hour minute month year';

function each(names: string, signature: Signature): readonly (readonly [string, Signature])[] {
  return names.split(' ').map((name) => [name, signature] as const);
}

export const PROMQL_FUNCTIONS: ReadonlyMap<string, Signature> = new Map([
  ...each(OF_VECTOR, { takes: [V], gives: V }),
  ...each(OF_RANGE, { takes: [M], gives: V }),
  ...each(OF_TIME, { takes: [V], optional: 1, gives: V }),
  ...each('time pi start end range step', { takes: [], gives: S }),
  ...each('clamp', { takes: [V, S, S], gives: V }),
  ...each('clamp_max clamp_min', { takes: [V, S], gives: V }),
  ...each('double_exponential_smoothing', { takes: [M, S, S], gives: V }),
  ...each('histogram_fraction', { takes: [S, S, V], gives: V }),
  ...each('histogram_quantile', { takes: [S, V], gives: V }),
  ...each('histogram_quantiles', { takes: [V, T, S], more: true, gives: V }),
  ...each('info', { takes: [V, V], optional: 1, gives: V }),
  ...each('label_join', { takes: [V, T, T, T], optional: 1, more: true, gives: V }),
  ...each('label_replace', { takes: [V, T, T, T, T], gives: V }),
  ...each('predict_linear', { takes: [M, S], gives: V }),
  ...each('quantile_over_time', { takes: [S, M], gives: V }),
  ...each('round', { takes: [V, S], optional: 1, gives: V }),
  ...each('scalar', { takes: [V], gives: S }),
  ...each('sort_by_label sort_by_label_desc', { takes: [V, T], optional: 1, more: true, gives: V }),
  ...each('start_timestamp', { takes: [V], gives: V }),
  ...each('vector', { takes: [S], gives: V }),
]);

export const PROMQL_AGGREGATIONS: ReadonlyMap<string, Signature> = new Map([
  ...each('sum avg count min max group stddev stdvar', { takes: [V], gives: V }),
  ...each('topk bottomk quantile limitk limit_ratio', { takes: [S, V], gives: V }),
  ...each('count_values', { takes: [T, V], gives: V }),
]);
