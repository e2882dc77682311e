// Runs HTTP checks in a process of its own: as many as it can, or on a schedule; and tells what that took.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCheck, defineService, http } from '../index.ts';
import {
  type Check,
  createProbes,
  createRunner,
  createSurroundings,
  type Run,
  runCheck,
} from '../synthetics/index.ts';
import { resolveCheck } from '../synthetics/resolve-check.ts';
import { quantile } from './measurement.ts';

/** As many runs as possible with some in flight, or so many checks a second on a schedule. */
export interface ProbeWork {
  readonly seconds: number;
  readonly inFlight?: number;
  readonly checksPerSecond?: number;
  /** Whether the runs of the schedule do nothing, so that its own punctuality shows. */
  readonly idle?: true;
}

export interface ProbeUsage {
  readonly runs: number;
  readonly failed: number;
  readonly missed: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  /** Milliseconds from when a run was due to when it began. */
  readonly delayP50: number;
  readonly delayP99: number;
}

const PERIOD_SECONDS = 60;
/** Until then just-in-time compilers have their turn. */
const WARM_UP_SECONDS = 3;

const [url = ''] = process.argv.slice(2);
const service = defineService({ name: 'bench', team: 'bench' });
const probes = createProbes();
const surroundings = createSurroundings('.', {});

function checkNamed(name: string): Check {
  const { value, diagnostics } = resolveCheck(
    defineCheck({
      service,
      name,
      every: `${PERIOD_SECONDS}s`,
      jitter: '99.9%',
      timeout: '5s',
      probe: http({ url: url as `http://${string}` }),
    }),
  );
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

async function atFullSpeed(seconds: number, inFlight: number) {
  const before = process.cpuUsage();
  const check = checkNamed('home');
  const runs: Run[] = [];
  const end = performance.now() + seconds * 1000;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) runs.push(await runCheck(check, { probes, surroundings }));
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const { user, system } = process.cpuUsage(before);
  return { runs, missed: 0, cpuSeconds: (user + system) / 1e6 };
}

async function onSchedule(seconds: number, perSecond: number, idle: boolean) {
  const checks = Array.from({ length: perSecond * PERIOD_SECONDS }, (_, n) => checkNamed(`c${n}`));
  const runs: Run[] = [];
  const stopping = new AbortController();
  const [first] = checks;
  if (first === undefined) throw new RangeError('no checks');
  const example = await runCheck(first, { probes, surroundings });
  const runner = createRunner({
    checks,
    clock: surroundings,
    run: async (check, scheduledAtMs) =>
      idle
        ? { ...example, startedAtMs: surroundings.now(), scheduledAtMs }
        : runCheck(check, { probes, surroundings, scheduledAtMs }),
    onRun: (run) => runs.push(run),
  });
  const ended = runner.run(stopping.signal);
  await sleep(WARM_UP_SECONDS * 1000);
  runs.length = 0;
  const before = process.cpuUsage();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  const { missed } = runner.status();
  stopping.abort();
  await ended;
  return {
    runs,
    cpuSeconds: (user + system) / 1e6,
    missed: missed.running + missed.crowded + missed.asleep + missed.broken,
  };
}

async function answer({ seconds, inFlight, checksPerSecond, idle }: ProbeWork): Promise<void> {
  const { runs, missed, cpuSeconds } =
    checksPerSecond === undefined
      ? await atFullSpeed(seconds, inFlight ?? 1)
      : await onSchedule(seconds, checksPerSecond, idle === true);
  const delays = runs
    .map(({ startedAtMs, scheduledAtMs }) => startedAtMs - (scheduledAtMs ?? startedAtMs))
    .sort((a, b) => a - b);
  const usage: ProbeUsage = {
    runs: runs.length,
    failed: runs.filter(({ verdict }) => verdict !== 'passed').length,
    missed,
    cpuSeconds,
    megabytes: process.memoryUsage.rss() / 1e6,
    delayP50: quantile(delays, 0.5),
    delayP99: quantile(delays, 0.99),
  };
  process.send?.(usage);
}

process.on('message', (work: ProbeWork) => void answer(work));
process.on('disconnect', () => process.exit(0));
