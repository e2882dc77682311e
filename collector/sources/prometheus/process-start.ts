// When processes began, as they tell themselves: what a new process counted before its first scrape belongs to nobody else.
import { formatSelector } from '../../../formats/promql-selector.ts';
import { escapePattern } from '../../../formats/regular-expression.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { QueryClient } from './query-client.ts';
import { readLabels } from './sample-batch.ts';

/** A target by the labels that every scrape gives to all its series. */
export interface TargetName {
  readonly job: string;
  readonly instance: string;
}

/** Processes asked about at once; the others of one moment are not proved to be new. */
const MOST_INSTANCES = 500;

/**
 * The start times, in milliseconds, that each target told between two moments.
 * @throws QueryError
 */
export async function askProcessStarts(
  client: QueryClient,
  targets: readonly TargetName[],
  { from, to }: { readonly from: EpochSeconds; readonly to: EpochSeconds },
  signal: AbortSignal,
): Promise<(target: TargetName) => readonly number[]> {
  const instances = [...new Set(targets.map(({ instance }) => instance))].slice(0, MOST_INSTANCES);
  const selector = formatSelector({
    metric: 'process_start_time_seconds',
    matchers: [{ name: 'instance', operator: '=~', value: instances.map(escapePattern).join('|') }],
  });
  const { batch } = await client.query(`${selector}[${Math.max(1, to - from)}s]`, to, signal);
  const starts = new Map<string, Set<number>>();
  batch.series.forEach((text, index) => {
    const { job = '', instance = '' } = readLabels(text);
    const key = keyOf({ job, instance });
    const told = starts.get(key) ?? new Set();
    starts.set(key, told);
    for (let at = batch.starts[index] ?? 0; at < (batch.starts[index + 1] ?? 0); at += 1)
      told.add((batch.values[at] ?? NaN) * 1000);
  });
  return (target) => [...(starts.get(keyOf(target)) ?? [])];
}

function keyOf({ job, instance }: TargetName): string {
  return JSON.stringify([job, instance]);
}
