// ninefold probe: tries the checks of a workspace or a file here and now, and says what came of it.
import { writeFile } from 'node:fs/promises';
import { formatJunit } from '../../formats/junit.ts';
import {
  type Check,
  createProbes,
  createRunner,
  createRunSeries,
  createSurroundings,
  junitOfRuns,
  type MissedRuns,
  type Run,
  runCheck,
  type RunOptions,
  scheduledTime,
  spreadMs,
} from '../../synthetics/index.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { needChecks } from '../probe/checks-of.ts';
import { openPush, type Push, type PushOptions } from '../probe/push.ts';
import { countText, runLines } from '../probe/run-text.ts';
import { openSpanSender } from '../probe/span-sender.ts';
import type { Terminal } from '../terminal.ts';

export interface ProbeOptions extends PushOptions {
  readonly only?: readonly string[] | undefined;
  readonly location?: string | undefined;
  readonly repeat?: true | undefined;
  readonly junit?: string | undefined;
  readonly metrics?: string | undefined;
  readonly json?: true | undefined;
  /** A time, or the name of a CronJob's Job. */
  readonly scheduled?: string | undefined;
  readonly acceptFailures?: true | undefined;
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
  const push = await openPush(terminal, options, { sleep: run.surroundings.sleep, signal });
  const spans = await openSpanSender(terminal);
  const tell = (each: Run): void => {
    spans.add(each);
    if (options.json === true) terminal.out(JSON.stringify(each));
    else terminal.out(runLines(each, terminal).join('\n'));
  };
  if (options.repeat === true) {
    const code = await repeat(terminal, checks, run, tell, push);
    await spans.end();
    return code;
  }
  const runs = await runAll(inOrder(checks, options, run), run, tell, push);
  if (options.json !== true) terminal.out(countText(runs));
  if (options.junit !== undefined) await writeFile(options.junit, formatJunit(junitOfRuns(runs)));
  if (options.metrics !== undefined) await writeFile(options.metrics, seriesText(runs));
  await spans.end();
  if (!(await push.end())) return EXIT_CODES.unavailable.code;
  return exitCode(runs, options.acceptFailures === true);
}

/** A check, and when it is due when that is not just now. */
interface DueCheck {
  readonly check: Check;
  readonly dueMs?: number;
}

/** Checks in the order in which they are due: each a moment of its own after the time for which all are scheduled. */
function inOrder(
  checks: readonly Check[],
  { scheduled, location }: ProbeOptions,
  { surroundings }: RunOptions,
): readonly DueCheck[] {
  const at = scheduled === undefined ? undefined : scheduledTime(scheduled, surroundings.now());
  if (at === undefined) return checks.map((check) => ({ check }));
  return checks
    .map((check) => ({ check, dueMs: at + spreadMs(check, location ?? '') }))
    .toSorted((one, other) => one.dueMs - other.dueMs);
}

/** Runs each check once, a number of them at a time; told and returned in the order of the checks. */
async function runAll(
  checks: readonly DueCheck[],
  options: RunOptions,
  tell: (run: Run) => void,
  push: Push,
): Promise<readonly Run[]> {
  const { now, sleep } = options.surroundings;
  const { signal = new AbortController().signal } = options;
  const waiting = [...checks.entries()];
  const done = new Map<number, Run>();
  const runs: Run[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { check, dueMs }] = next;
      if (dueMs !== undefined) await sleep(Math.max(0, dueMs - now()), signal);
      const scheduled = dueMs === undefined ? {} : { scheduledAtMs: dueMs };
      const run = await runCheck(check, { ...options, ...scheduled });
      push.add(run, check);
      done.set(index, run);
      for (let run = done.get(runs.length); run !== undefined; run = done.get(runs.length)) {
        runs.push(run);
        tell(run);
      }
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker));
  return runs;
}

/** Runs each check now and then on its schedule, until stopped. */
async function repeat(
  terminal: Terminal,
  checks: readonly Check[],
  options: RunOptions,
  tell: (run: Run) => void,
  push: Push,
): Promise<ExitCode> {
  const { signal = new AbortController().signal, location = '', surroundings } = options;
  const runner = createRunner({
    checks,
    clock: surroundings,
    location,
    atOnceFirst: true,
    run: (check, scheduledAtMs) => runCheck(check, { ...options, scheduledAtMs }),
    onRun(run, check) {
      if (signal.aborted) return;
      tell(run);
      push.add(run, check);
    },
    onMissed({ check, reason, count }) {
      if (reason !== 'stopped')
        terminal.err(`ninefold: ${check} missed ${count}: ${MISSED[reason]}`);
    },
  });
  await runner.run(signal);
  const taken = await push.end();
  return taken ? EXIT_CODES.ok.code : EXIT_CODES.unavailable.code;
}

const MISSED: Readonly<Record<MissedRuns['reason'], string>> = {
  running: 'the run before was still under way',
  crowded: 'too many checks run at once',
  asleep: 'this machine was asleep, or too busy',
  stopped: 'the program was stopped',
  broken: 'it could not be run',
};

function seriesText(runs: readonly Run[]): string {
  const series = createRunSeries();
  for (const run of runs) series.add(run);
  return series.text();
}

/** What failed matters more than what could not be tried. */
function exitCode(runs: readonly Run[], acceptFailures: boolean): ExitCode {
  const failed = runs.some(({ verdict }) => verdict === 'failed');
  if (failed && !acceptFailures) return EXIT_CODES.findings.code;
  if (runs.some(({ verdict }) => verdict === 'error')) return EXIT_CODES.usage.code;
  return EXIT_CODES.ok.code;
}
