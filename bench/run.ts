// Runs the benchmarks one after another, prints their tables and writes bench/RESULTS.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { evaluate, memory } from './evaluate.ts';
import type { Benchmark, Figure, Result } from './measurement.ts';

/** In the order of the goals. */
const BENCHMARKS: readonly Benchmark[] = [evaluate, memory];

const FILE = join(import.meta.dirname, 'RESULTS.md');
const wanted = process.argv.slice(2);

const HEAD = `# Benchmark results

Made by \`npm run bench\` (one: \`npm run bench -- P2\`). Ratios are taken in one run, ours and the peer's rounds in turn, on the
same machine; figures are medians with the range of all rounds; counts are compared for equality before a speed is printed.
`;

const results: Result[] = [];
for (const benchmark of BENCHMARKS) {
  if (wanted.length > 0 && !wanted.includes(benchmark.id)) continue;
  console.error(`${benchmark.id} ${benchmark.title} (load ${loadavg()[0]?.toFixed(1)})`);
  const result = await benchmark.run((text) => console.error(`   ${text}`));
  results.push(result);
  console.log(section(result));
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
