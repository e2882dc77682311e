// ninefold probe: tries the checks of a workspace or a file here and now, and says what came of it.
import { writeFile } from 'node:fs/promises';
import { formatJunit } from '../../formats/junit.ts';
import {
  type Check,
  createProbes,
  createRunSeries,
  createSurroundings,
  junitOfRuns,
  type Run,
  runCheck,
  type RunOptions,
} from '../../synthetics/index.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { needChecks } from '../probe/checks-of.ts';
import { countText, runLines } from '../probe/run-text.ts';
import type { Terminal } from '../terminal.ts';

export interface ProbeOptions {
  readonly only?: readonly string[] | undefined;
  readonly location?: string | undefined;
  readonly repeat?: true | undefined;
  readonly junit?: string | undefined;
  readonly metrics?: string | undefined;
  readonly json?: true | undefined;
}

const MOST_AT_ONCE = 32;

export async function probe(
  terminal: Terminal,
  place: string,
  options: ProbeOptions,
): Promise<ExitCode> {
  if (options.repeat === true && (options.junit ?? options.metrics) !== undefined)
    throw new CommandFailure(
      'usage',
      '--junit and --metrics have no end to wait for with --repeat',
      'leave --repeat out, or read the runs with --json',
    );
  const only = options.only?.flatMap((words) => words.split(',')).filter((word) => word !== '');
  const location = options.location === undefined ? {} : { location: options.location };
  const { checks, folder } = await needChecks(terminal, place, {
    ...(only === undefined ? {} : { only }),
    ...location,
  });
  const signal = terminal.stopSignal();
  const run: RunOptions = {
    probes: createProbes(),
    surroundings: createSurroundings(folder, terminal.environment),
    ...location,
    signal,
  };
  const tell = (each: Run): void => {
    if (options.json === true) terminal.out(JSON.stringify(each));
    else terminal.out(runLines(each, terminal).join('\n'));
  };
  if (options.repeat === true) return repeat(checks, run, tell, signal);
  const runs = await runAll(checks, run, tell);
  if (options.json !== true) terminal.out(countText(runs));
  if (options.junit !== undefined) await writeFile(options.junit, formatJunit(junitOfRuns(runs)));
  if (options.metrics !== undefined) await writeFile(options.metrics, seriesText(runs));
  return exitCode(runs);
}

/** Runs each check once, a number of them at a time; told and returned in the order of the checks. */
async function runAll(
  checks: readonly Check[],
  options: RunOptions,
  tell: (run: Run) => void,
): Promise<readonly Run[]> {
  const waiting = [...checks.entries()];
  const done = new Map<number, Run>();
  const runs: Run[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, check] = next;
      done.set(index, await runCheck(check, options));
      for (let run = done.get(runs.length); run !== undefined; run = done.get(runs.length)) {
        runs.push(run);
        tell(run);
      }
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker));
  return runs;
}

/** Runs each check at the beginning of each of its periods, until stopped. */
async function repeat(
  checks: readonly Check[],
  options: RunOptions,
  tell: (run: Run) => void,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { now, sleep } = options.surroundings;
  const keep = async (check: Check): Promise<void> => {
    const period = check.everySeconds * 1000;
    for (let due = now(); !signal.aborted; due += period) {
      await sleep(Math.max(0, due - now()), signal);
      if (signal.aborted) return;
      const run = await runCheck(check, { ...options, scheduledAtMs: due });
      if (!signal.aborted) tell(run);
    }
  };
  await Promise.all(checks.map(keep));
  return EXIT_CODES.ok.code;
}

function seriesText(runs: readonly Run[]): string {
  const series = createRunSeries();
  for (const run of runs) series.add(run);
  return series.text();
}

/** What failed matters more than what could not be tried. */
function exitCode(runs: readonly Run[]): ExitCode {
  if (runs.some(({ verdict }) => verdict === 'failed')) return EXIT_CODES.findings.code;
  if (runs.some(({ verdict }) => verdict === 'error')) return EXIT_CODES.usage.code;
  return EXIT_CODES.ok.code;
}
