// Checks run again and again on their schedule until stopped: told line by line, or watched on a terminal.
import process from 'node:process';
import {
  type Check,
  createRunner,
  type MissedRuns,
  type Run,
  runCheck,
  type RunOptions,
} from '../../synthetics/index.ts';
import { createKeyboard } from '../keyboard.ts';
import type { Terminal } from '../terminal.ts';
import { watchChecks } from './watched-checks.ts';
import { openWatchScreen } from './watch-screen.ts';

/** Who hears of runs. */
export interface RunListener {
  began(check: Check): void;
  ended(run: Run, check: Check): void;
  missed(text: string): void;
}

/** Runs each check now and then on its schedule; resolves after the signal aborts, when no run is under way. */
export async function repeatChecks(
  checks: readonly Check[],
  options: RunOptions & { readonly signal: AbortSignal },
  listener: RunListener,
): Promise<void> {
  const { signal, location = '', surroundings } = options;
  const runner = createRunner({
    checks,
    clock: surroundings,
    location,
    atOnceFirst: true,
    run(check, scheduledAtMs) {
      listener.began(check);
      return runCheck(check, { ...options, scheduledAtMs });
    },
    onRun(run, check) {
      if (!signal.aborted) listener.ended(run, check);
    },
    onMissed({ check, reason, count }) {
      if (reason !== 'stopped') listener.missed(`${check} missed ${count}: ${MISSED[reason]}`);
    },
  });
  await runner.run(signal);
}

const MISSED: Readonly<Record<MissedRuns['reason'], string>> = {
  running: 'the run before was still under way',
  crowded: 'too many checks run at once',
  asleep: 'this machine was asleep, or too busy',
  stopped: 'the program was stopped',
  broken: 'it could not be run',
};

/** Whether checks can be watched here, and not only told line by line. */
export function canWatch({ interactive, environment }: Terminal): boolean {
  return interactive && environment['TERM'] !== 'dumb';
}

/** A screen of the checks, and a listener that keeps it right; `q` calls `stop`. */
export function watchOn(
  terminal: Terminal,
  checks: readonly Check[],
  options: RunOptions,
  stop: () => void,
): RunListener & { end(): void } {
  const { location = '', surroundings } = options;
  const watched = watchChecks(checks, location);
  const keys = process.stdin.isTTY;
  const screen = openWatchScreen({
    output: process.stdout,
    paint: (colour, text) => terminal.paint(colour, text),
    checks: watched,
    now: surroundings.now,
    keys,
  });
  const keyboard = keys
    ? createKeyboard(process.stdin, (key) => {
        if (key === 'q') stop();
      })
    : undefined;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    process.off('exit', end);
    process.off('SIGHUP', stop);
    keyboard?.close();
    screen.end();
  };
  // A second Ctrl-C ends the program at once: the terminal is given back all the same.
  process.once('exit', end);
  // The terminal was closed.
  process.once('SIGHUP', stop);
  return {
    began(check) {
      watched.began(check);
      screen.changed();
    },
    ended(run) {
      watched.ended(run);
      screen.changed();
    },
    missed: (text) => screen.note(text),
    end,
  };
}
