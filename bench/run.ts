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
import type { Benchmark, Figure, Result, Size } from './measurement.ts';
import { pageLatency } from './page-latency.ts';
import { probes } from './probes.ts';
import { remoteWrite } from './remote-write.ts';
import { restart } from './restart.ts';
import { ruleCost } from './rule-cost.ts';

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
  generatedRules,
  dashboards,
];

const FILE = join(import.meta.dirname, 'RESULTS.md');
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { trial: { type: 'boolean' }, full: { type: 'boolean' } },
});
const size: Size = options.full === true ? 'full' : options.trial === true ? 'trial' : 'usual';

const HEAD = `# Benchmark results

Made by \`npm run bench\` (one: \`npm run bench -- P2\`). Ratios are taken in one run, ours and the peer's rounds in turn, on the
same machine; figures are medians with the range of all rounds; counts are compared for equality before a speed is printed.
`;

const results: Result[] = [];
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
    const result = await benchmark.run(say, size);
    console.log(section(result));
    // A trial shows that a benchmark works; its figures are nothing to keep.
    if (size !== 'trial') results.push(result);
  } catch (error) {
    console.error(`${benchmark.id} failed:`, error);
    process.exitCode = 1;
  } finally {
    await stopStartedServers();
    removeTemporaryFolders();
  }
}
if (results.length > 0) writeFileSync(FILE, merged(results));

/** The file with the sections of these results in place of older ones, in the order of the goals. */
function merged(fresh: readonly Result[]): string {
  const sections = new Map<string, string>();
  for (const part of existing().split(/^(?=## )/m)) {
    const id = /^## (P\d+)/.exec(part)?.[1];
    if (id !== undefined) sections.set(id, part.trimEnd());
  }
  for (const result of fresh) sections.set(result.id, section(result));
  const inOrder = [...sections].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
  return `${HEAD}\n${inOrder.map(([, text]) => text).join('\n\n')}\n`;
}

function existing(): string {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return '';
  }
}

function section(result: Result): string {
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)} at the end.`;
  return [
    `## ${result.id} ${result.title}`,
    '',
    `Goal: ${result.goal}. **${result.verdict}**`,
    '',
    '| figure | median | range | rounds |',
    '| --- | --- | --- | --- |',
    ...result.figures.map(row),
    '',
    ...result.notes.map((note) => `- ${note}`),
    `- ${machine}`,
  ].join('\n');
}

function row({ name, unit, median, low, high, rounds }: Figure): string {
  const range = rounds === 1 ? '–' : `${short(low)} … ${short(high)} ${unit}`;
  return `| ${name} | ${short(median)} ${unit} | ${range} | ${rounds} |`;
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}
