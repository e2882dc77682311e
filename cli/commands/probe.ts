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
  scheduledTime,
  spreadMs,
} from '../../synthetics/index.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { needChecks } from '../probe/checks-of.ts';
import { openPush, type Push, type PushOptions } from '../probe/push.ts';
import { canWatch, repeatChecks, watchOn } from '../probe/repeat-checks.ts';
import { countText, runLines } from '../probe/run-text.ts';
import { openSpanSender } from '../probe/span-sender.ts';
import type { Terminal } from '../terminal.ts';

export interface ProbeOptions extends PushOptions {
  readonly only?: readonly string[] | undefined;
  readonly location?: string | undefined;
  readonly repeat?: true | undefined;
  /** Repeats, and shows the checks on a terminal. */
  readonly watch?: true | undefined;
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
  const repeated = options.watch === true || options.repeat === true;
  if (repeated && (options.junit ?? options.metrics) !== undefined)
    throw new CommandFailure(
      'usage',
      `--junit and --metrics have no end to wait for with --${options.watch === true ? 'watch' : 'repeat'}`,
      'leave it out, or read the runs with --json',
    );
  const only = options.only?.flatMap((words) => words.split(',')).filter((word) => word !== '');
  const location = options.location === undefined ? {} : { location: options.location };
  const { checks, folder } = await needChecks(terminal, place, {
    ...(only === undefined ? {} : { only }),
    ...location,
  });
  const stop = new AbortController();
  const run = {
    probes: createProbes(),
    surroundings: createSurroundings(folder, terminal.environment),
    ...location,
    signal: AbortSignal.any([terminal.stopSignal(), stop.signal]),
  };
  return repeated
    ? repeat(terminal, checks, options, run, () => stop.abort())
    : once(terminal, checks, options, run);
}

type Running = RunOptions & { readonly signal: AbortSignal };

async function once(
  terminal: Terminal,
  checks: readonly Check[],
  options: ProbeOptions,
  run: Running,
): Promise<ExitCode> {
  const { signal, surroundings } = run;
  const push = await openPush(terminal, options, { sleep: surroundings.sleep, signal });
  const spans = await openSpanSender(terminal);
  const tell = (each: Run): void => {
    spans.add(each);
    tellRun(terminal, options, each);
  };
  const runs = await runAll(inOrder(checks, options, run), run, tell, push);
  if (options.json !== true) terminal.out(countText(runs));
  if (options.junit !== undefined) await writeFile(options.junit, formatJunit(junitOfRuns(runs)));
  if (options.metrics !== undefined) await writeFile(options.metrics, seriesText(runs));
  await spans.end();
  if (!(await push.end())) return EXIT_CODES.unavailable.code;
  return exitCode(runs, options.acceptFailures === true);
}

/** On their schedule, until stopped. */
async function repeat(
  terminal: Terminal,
  checks: readonly Check[],
  options: ProbeOptions,
  run: Running,
  stop: () => void,
): Promise<ExitCode> {
  const { signal, surroundings } = run;
  // What is told to people would tear a screen: it goes there while there is one.
  let note = (text: string): void => terminal.err(text);
  const aside: Terminal = { ...terminal, err: (text) => note(text) };
  const push = await openPush(aside, options, { sleep: surroundings.sleep, signal });
  const spans = await openSpanSender(terminal);
  const watched = options.watch === true && options.json !== true && canWatch(terminal);
  const screen = watched ? watchOn(terminal, checks, run, stop) : undefined;
  if (screen !== undefined) note = (text) => screen.missed(text);
  try {
    await repeatChecks(checks, run, {
      began: (check) => screen?.began(check),
      ended(each, check) {
        spans.add(each);
        push.add(each, check);
        if (screen === undefined) tellRun(terminal, options, each);
        else screen.ended(each, check);
      },
      missed: (text) => note(`ninefold: ${text}`),
    });
  } finally {
    screen?.end();
    note = (text) => terminal.err(text);
  }
  const taken = await push.end();
  await spans.end();
  return taken ? EXIT_CODES.ok.code : EXIT_CODES.unavailable.code;
}

function tellRun(terminal: Terminal, { json }: ProbeOptions, run: Run): void {
  if (json === true) terminal.out(JSON.stringify(run));
  else terminal.out(runLines(run, terminal).join('\n'));
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
