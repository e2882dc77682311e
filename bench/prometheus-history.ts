// A real Prometheus that already holds days of the counted services, and goes on scraping what it is told to.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningPrometheus, startPrometheus } from '../test/services/prometheus.ts';
import type { BlockSeries } from './tsdb/block.ts';
import { writeBlock } from './tsdb/block.ts';
import { type CountedService, countsBetween } from './counted-services.ts';
import { FIVE_MINUTE_RATIO, ratioLabels, type RuleGroup } from './sloth-rules.ts';

const HOUR_MS = 3_600_000;
/** The longest block that Prometheus makes itself of two-hour ones for a retention like ours. */
const BLOCK_MS = 54 * HOUR_MS;

export interface HistoryOptions {
  readonly series: readonly BlockSeries[];
  readonly fromMs: number;
  /** Not in the future. */
  readonly toMs: number;
  readonly stepMs: number;
  readonly say: (text: string) => void;
}

/** Starts Prometheus with this history and nothing to do; `watch` gives it work. */
export async function startWithHistory(options: HistoryOptions): Promise<RunningPrometheus> {
  const { series, fromMs, toMs, stepMs, say } = options;
  const prometheus = await startPrometheus({
    flags: ['--storage.tsdb.retention.time=90d', '--query.timeout=10m'],
  });
  await prometheus.stop();
  const folder = join(prometheus.folder, 'data');
  const startedMs = performance.now();
  let samples = 0;
  let number = 1;
  for (let from = fromMs; from < toMs; number += 1) {
    const to = Math.min(toMs, (Math.floor(from / BLOCK_MS) + 1) * BLOCK_MS);
    const mostSamples = Math.ceil((to - from) / stepMs) + 1;
    samples += writeBlock({ folder, number, fromMs: from, toMs: to, series, mostSamples });
    from = to;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  say(`${(samples / 1e6).toFixed(1)} M samples of history written in ${seconds.toFixed(0)} s`);
  await prometheus.restart();
  return prometheus;
}

export interface WatchOptions {
  readonly scrapeConfigs: readonly object[];
  readonly groups: readonly RuleGroup[];
  readonly evaluationSeconds: number;
  /** Base addresses. */
  readonly alertmanagers?: readonly string[];
}

/** Gives a running Prometheus targets and rules. */
export async function watch(prometheus: RunningPrometheus, options: WatchOptions): Promise<void> {
  const folder = join(prometheus.folder, 'bench-rules');
  mkdirSync(folder, { recursive: true });
  // JSON is YAML too.
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: options.groups }));
  await prometheus.reload({
    global: { evaluation_interval: `${options.evaluationSeconds}s` },
    rule_files: [join(folder, 'rules.yml')],
    scrape_configs: options.scrapeConfigs,
    alerting: {
      alertmanagers: (options.alertmanagers ?? []).map((url) => ({
        static_configs: [{ targets: [new URL(url).host] }],
      })),
    },
  });
}

/**
 * The counters of a service as they were scraped every `stepMs`.
 * @param restartMs the service restarts this often, each at its own time, and its counters begin at nought; a restart
 *   falls on a scrape, so that no request goes uncounted
 */
export function counterHistory(
  service: CountedService,
  stepMs: number,
  restartMs = Infinity,
): readonly BlockSeries[] {
  const steps = restartMs / stepMs;
  const phase = Number.isFinite(steps) ? (Number(service.name.slice(4)) * 7919) % steps : 0;
  /** The last restart before a scrape, in steps. */
  const restarted = (step: number): number =>
    Math.floor((step - 1 - phase) / steps) * steps + phase;
  return service.series.map((labels, index) => ({
    labels,
    fill(fromMs, toMs, times, values) {
      let count = 0;
      let since = Number.NaN;
      let base = 0;
      for (let at = Math.ceil(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) {
        if (Number.isFinite(steps) && restarted(at / stepMs) !== since) {
          since = restarted(at / stepMs);
          base = service.at((since * stepMs) / 1000)[index] ?? 0;
        }
        times[count] = at;
        values[count] = (service.at(at / 1000)[index] ?? 0) - base;
        count += 1;
      }
      return count;
    },
  }));
}

/** The series that the rule over the whole period reads, as if the rules had been at work all the time. */
export function ratioHistory(service: CountedService, stepMs: number): BlockSeries {
  return {
    labels: { __name__: FIVE_MINUTE_RATIO, ...ratioLabels(service.name) },
    fill(fromMs, toMs, times, values) {
      let count = 0;
      for (let at = Math.ceil(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) {
        const { total, bad } = countsBetween(service, at / 1000 - 300, at / 1000);
        times[count] = at;
        values[count] = bad / total;
        count += 1;
      }
      return count;
    },
  };
}

/** The values of an instant query by one of its labels. */
export async function queryBy(
  prometheus: RunningPrometheus,
  query: string,
  label: string,
  at?: number,
): Promise<ReadonlyMap<string, number>> {
  const parameters = new URLSearchParams({
    query,
    ...(at !== undefined && { time: String(at) }),
  });
  const response = await fetch(`${prometheus.url}/api/v1/query`, {
    method: 'POST',
    body: parameters,
  });
  if (!response.ok) throw new Error(`${query}: ${await response.text()}`);
  const answer = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return new Map(
    answer.data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]),
  );
}
