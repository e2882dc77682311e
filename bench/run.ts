// Runs the benchmarks one after another, prints their tables and writes bench/RESULTS.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { locateService } from '../test/services/service-names.ts';
import { removeTemporaryFolders, stopStartedServers } from '../test/services/started-servers.ts';
import { coldStart } from './cold-start.ts';
import { dashboards } from './dashboards.ts';
import { evaluate, memory } from './evaluate.ts';
import { generatedRules } from './generated-rules.ts';
import { kafkaEvents } from './kafka-events.ts';
import type { Benchmark, Size } from './measurement.ts';
import { pageLatency } from './page-latency.ts';
import { probes } from './probes.ts';
import { remoteWrite } from './remote-write.ts';
import { restart } from './restart.ts';
import { type MeasuredResult, resultSection, resultsPage } from './results-page.ts';
import { ruleCost } from './rule-cost.ts';
import { writtenRules } from './written-rules.ts';

/** In the order of the goals. */
const BENCHMARKS: readonly Benchmark[] = [
  ruleCost,
  evaluate,
  memory,
  kafkaEvents,
  remoteWrite,
  pageLatency,
  probes,
  coldStart,
  restart,
  writtenRules,
  generatedRules,
  dashboards,
];

const FILE = join(import.meta.dirname, 'RESULTS.md');
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { trial: { type: 'boolean' }, full: { type: 'boolean' } },
});
const size: Size = options.full === true ? 'full' : options.trial === true ? 'trial' : 'usual';

const results: MeasuredResult[] = [];
for (const benchmark of BENCHMARKS) {
  if (wanted.length > 0 && !wanted.includes(benchmark.id)) continue;
  const missing = (benchmark.needs ?? [])
    .map(locateService)
    .filter(({ from }) => from === 'nowhere');
  if (missing.length > 0) {
    console.error(
      `${benchmark.id} left out: ${missing.map((each) => ('reason' in each ? each.reason : '')).join('; ')}`,
    );
    continue;
  }
  console.error(`${benchmark.id} ${benchmark.title} (load ${loadavg()[0]?.toFixed(1)})`);
  const started = performance.now();
  const say = (text: string): void =>
    console.error(`   ${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  try {
    const measured = { result: await benchmark.run(say, size), machine: machine() };
    console.log(resultSection(measured));
    // A trial shows that a benchmark works; its figures are nothing to keep.
    if (size !== 'trial') results.push(measured);
  } catch (error) {
    console.error(`${benchmark.id} failed:`, error);
    process.exitCode = 1;
  } finally {
    await stopStartedServers();
    removeTemporaryFolders();
  }
}
if (results.length > 0) writeFileSync(FILE, await resultsPage(existing(), results, FILE));

function existing(): string {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return '';
  }
}

function machine(): string {
  return `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)} at the end.`;
}
