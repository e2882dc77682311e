// The SLI kind for Prometheus histograms: the share of observations at or below a bound.
import type { DefinitionReader } from '../definition-reader.ts';
import { type LatencyText, type LatencyUnit, latencyIn, parseLatency } from '../latency.ts';
import { defineSli, LONGEST_QUERY, type SliDefinition } from './sli-definition.ts';

export interface PrometheusLatencyInput {
  /** Base name of a classic histogram: `http_request_duration_seconds`, without `_bucket`. */
  readonly histogram: string;
  /** Label matchers in braces: `{job="api"}`. @default all series */
  readonly selector?: `{${string}}`;
  /** Observations up to this are good; must be a bucket bound (`le`) of the histogram. */
  readonly atMost: LatencyText;
  /** What the histogram observes in. @default 'seconds' */
  readonly unit?: LatencyUnit;
  /** @default 'default' */
  readonly connection?: string;
}

const METRIC = /^[A-Za-z_:][\w:]*$/;
const SUFFIX = /_(?:bucket|count|sum|total)$/;

/**
 * Fast requests over all requests, from a classic histogram. The bound must be one of its buckets: nothing is interpolated.
 * @example prometheusLatency({ histogram: 'http_request_duration_seconds', selector: '{job="api"}', atMost: '250ms' })
 */
export function prometheusLatency(input: PrometheusLatencyInput): SliDefinition {
  const shape = {
    known: ['histogram', 'selector', 'atMost', 'unit', 'connection'],
    needed: ['histogram', 'atMost'],
    example: `{ histogram: 'http_request_duration_seconds', atMost: '250ms' }`,
  };
  return defineSli('prometheusLatency', input, shape, (reader) => {
    const histogram = readHistogram(reader);
    const selector = reader.has('selector') ? reader.text('selector', LONGEST_QUERY) : '';
    const unit = reader.oneOf('unit', ['seconds', 'milliseconds']) ?? 'seconds';
    const bound = reader.parsed('atMost', {
      code: 'histogram-bound',
      parse: parseLatency,
      expected: 'a latency above zero',
      remedy: `Write a decimal with us, ms or s, equal to a bucket bound of the histogram: '250ms', '0.5s'.`,
    });
    if (histogram === undefined || selector === undefined || bound === undefined) return undefined;
    return {
      form: {
        form: 'counters',
        total: { selector: `${histogram}_count${selector}` },
        counted: 'good',
        part: { selector: `${histogram}_bucket${selector}`, le: String(latencyIn(unit, bound)) },
      },
      written: { total: 'selector', part: 'selector' },
    };
  });
}

function readHistogram(reader: DefinitionReader): string | undefined {
  const histogram = reader.text('histogram', 200);
  if (histogram === undefined) return undefined;
  if (METRIC.test(histogram) && !SUFFIX.test(histogram)) return histogram;
  const base = histogram.replace(/[^\w:].*$/s, '').replace(SUFFIX, '');
  return reader.refuse('histogram', {
    code: 'histogram-name',
    message: `'${histogram}' is not the base name of a histogram.`,
    remedy: METRIC.test(base)
      ? `Write '${base}': the name without suffix; matchers go into selector.`
      : `Write the metric's name without _bucket, _count or _sum; matchers go into selector.`,
  });
}
