// P12: what writing the rules of ten thousand SLOs takes, of services that have nothing in common and of those that share.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '../test/services/services.ts';
import { type Benchmark, type Figure, figure, type Size } from './measurement.ts';

const COUNTS: Readonly<Record<Size, number>> = { trial: 1000, usual: 10_000, full: 10_000 };
const ROUNDS = 5;
const MOST_SECONDS = 1;
const MOST_MEGABYTES = 150;

export const writtenRules: Benchmark = {
  id: 'P12',
  title: 'Rules written',
  run(say, size) {
    const count = COUNTS[size];
    const compiled = temporaryFolder('compiled');
    const measured = (['unrelated', 'shared'] as const).map((kind) => {
      write(count, kind, compiled);
      const rounds = Array.from({ length: ROUNDS }, () => write(count, kind, compiled));
      say(`${kind}: ${rounds.map(({ seconds }) => seconds.toFixed(2)).join(', ')} CPU-s`);
      const of = (what: string, unit: string, value: (round: Round) => number): Figure =>
        figure(`${kind}: ${what}`, unit, rounds.map(value));
      return {
        kind,
        seconds: of(`processor time (limit ${MOST_SECONDS})`, 'CPU-s', (each) => each.seconds),
        grown: of(`memory grown (limit ${MOST_MEGABYTES})`, 'MB', (each) => each.grown / 1e6),
        others: [
          of('text', 'MB', (each) => each.bytes / 1e6),
          of('files', '', (each) => each.files),
        ],
      };
    });
    const verdicts = measured.map(({ kind, seconds, grown }) => {
      const reached = seconds.median <= MOST_SECONDS && grown.median <= MOST_MEGABYTES;
      return `${kind} ${reached ? 'reached' : 'missed'} with ${seconds.median.toFixed(2)} CPU-seconds and ${grown.median.toFixed(0)} MB`;
    });
    return Promise.resolve({
      id: 'P12',
      title: this.title,
      goal: `the rules of 10,000 SLOs in ≤ ${MOST_SECONDS} CPU-second, memory growing by ≤ ${MOST_MEGABYTES} MB`,
      figures: measured.flatMap(({ seconds, grown, others }) => [seconds, grown, ...others]),
      verdict: `${size === 'trial' ? 'Not at the size of the goal: ' : ''}${verdicts.join(', ')}.`,
      notes: [
        'Each round is a process of its own, whose code is compiled before, as the launcher of commands keeps it. Definitions are resolved before; texts are made one file after another.',
        'Unrelated: a file for each of as many services. Shared: the same SLOs, which differ in the value of one label, as they are written by default: a hundred a file.',
      ],
    });
  },
};

interface Round {
  readonly seconds: number;
  /** Bytes. */
  readonly grown: number;
  readonly bytes: number;
  readonly files: number;
}

function write(count: number, kind: string, compiled: string): Round {
  const program = join(import.meta.dirname, 'written-rules.process.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, String(count), kind], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  if (status !== 0) throw new Error(`writing failed: ${stderr}`);
  return JSON.parse(stdout) as Round;
}
