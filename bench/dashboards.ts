// P14: what building all dashboards of many services takes, and that it gives the same bytes each time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/services/started-servers.ts';
import { type Benchmark, figure, type Size } from './measurement.ts';

const SERVICES: Readonly<Record<Size, number>> = { trial: 50, usual: 500, full: 500 };
const ROUNDS: Readonly<Record<Size, number>> = { trial: 1, usual: 3, full: 5 };
const GOAL_CPU_SECONDS = 5;
const GOAL_MEGABYTES = 300;

interface Round {
  readonly files: number;
  readonly cpuSeconds: number;
  /** Of it, until everything was made and nothing written. */
  readonly makingCpuSeconds: number;
  readonly megabytes: number;
  readonly baselineMegabytes: number;
  /** Of all files, and how large they are together. */
  readonly checksum: string;
  readonly bytes: number;
}

export const dashboards: Benchmark = {
  id: 'P14',
  title: 'Dashboards built',
  run(say, size) {
    const count = SERVICES[size];
    const rounds: Round[] = [];
    // The launcher of commands keeps compiled code, too; the first process makes it.
    const compiled = temporaryFolder('compiled');
    build(1, compiled);
    for (let round = 0; round < ROUNDS[size]; round += 1) {
      rounds.push(build(count, compiled));
      const { cpuSeconds, megabytes } = rounds.at(-1) as Round;
      say(`${cpuSeconds.toFixed(1)} CPU-seconds, ${megabytes.toFixed(0)} MB`);
    }
    const [first] = rounds;
    if (first === undefined || rounds.some(({ checksum }) => checksum !== first.checksum))
      throw new Error('the same definitions gave different files');
    const of = (name: string, unit: string, value: (round: Round) => number) =>
      figure(name, unit, rounds.map(value));
    const cpu = of(
      `processor time (limit ${GOAL_CPU_SECONDS})`,
      'CPU s',
      (each) => each.cpuSeconds,
    );
    const memory = of(`most memory (limit ${GOAL_MEGABYTES})`, 'MB', (each) => each.megabytes);
    const reached = cpu.median <= GOAL_CPU_SECONDS && memory.median <= GOAL_MEGABYTES;
    return Promise.resolve({
      id: 'P14',
      title: this.title,
      goal: `500 services × all dashboards in ≤ ${GOAL_CPU_SECONDS} CPU-seconds and ≤ ${GOAL_MEGABYTES} MB`,
      figures: [
        cpu,
        of('of it making, not writing', 'CPU s', (each) => each.makingCpuSeconds),
        memory,
        of('memory before anything is made', 'MB', (each) => each.baselineMegabytes),
        of('written', 'MB', (each) => each.bytes / 1e6),
        of('files', '', (each) => each.files),
      ],
      verdict: `${count < 500 ? 'Not at the size of the goal' : reached ? 'Reached' : 'Missed'}: ${cpu.median.toFixed(1)} CPU-seconds and ${memory.median.toFixed(0)} MB for ${count} services of two SLOs each.`,
      notes: [
        'Each round is a process of its own that resolves the SLOs, makes every dashboard in all three forms (classic, resource, ConfigMap), lints it, and writes it into an empty folder. Loading a workspace comes on top. Code is compiled before, as the launcher of commands keeps it; most memory is that of the process itself.',
        `Every round wrote the same bytes: SHA-256 ${first.checksum.slice(0, 12)}… over all files.`,
      ],
    });
  },
};

function build(services: number, compiled: string): Round {
  const folder = temporaryFolder('dashboards');
  const program = join(import.meta.dirname, 'dashboards.process.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, String(services), folder],
    { encoding: 'utf8', env: { ...process.env, NODE_COMPILE_CACHE: compiled } },
  );
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  const told = JSON.parse(stdout) as Omit<Round, 'checksum' | 'bytes'>;
  const hash = createHash('sha256');
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = join(folder, name);
    if (!statSync(file).isFile()) continue;
    const text = readFileSync(file);
    hash.update(name).update(text);
    bytes += text.length;
  }
  return { ...told, checksum: hash.digest('hex'), bytes };
}
