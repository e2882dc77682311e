// P8: what an HTTP probe over a fresh connection costs, ours against blackbox_exporter's; and how punctual a thousand a second are.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { startBlackboxExporter } from '../test/services/blackbox-exporter.ts';
import { type Benchmark, figure, type Size } from './measurement.ts';
import type { ProbeUsage, ProbeWork } from './probes.process.ts';
import { cpuSecondsOf, memoryOf } from './process-usage.ts';

const ROUNDS: Readonly<Record<Size, number>> = { trial: 2, usual: 5, full: 9 };
const ROUND_SECONDS = 4;
const IN_FLIGHT = 16;
const SCHEDULE_SECONDS: Readonly<Record<Size, number>> = { trial: 10, usual: 30, full: 60 };
const CHECKS_PER_SECOND = 1000;
const GOAL_RATIO = 3;
const GOAL_PER_SECOND = 2000;
const GOAL_DELAY_MS = 50;

export const probes: Benchmark = {
  id: 'P8',
  title: 'HTTP probes',
  needs: ['blackbox-exporter'],
  async run(say, size) {
    const target = start('probe-target.process.ts', []);
    const [port] = (await once(target, 'message')) as [number];
    const url = `http://127.0.0.1:${port}/`;
    const blackbox = await startBlackboxExporter();
    const ours = start('probes.process.ts', [url]);
    try {
      const rounds: { ours: ProbeUsage; theirs: { runs: number; cpuSeconds: number } }[] = [];
      // The first round of each is for just-in-time compilers and for pools.
      await ask(ours, { seconds: 2, inFlight: IN_FLIGHT });
      await driveBlackbox(blackbox, url, 2);
      for (let round = 0; round < ROUNDS[size]; round += 1) {
        const usage = await ask(ours, { seconds: ROUND_SECONDS, inFlight: IN_FLIGHT });
        const theirs = await driveBlackbox(blackbox, url, ROUND_SECONDS);
        if (usage.failed > 0) throw new Error(`${usage.failed} of our probes failed`);
        rounds.push({ ours: usage, theirs });
        say(`${micro(usage)} µs ours, ${micro(theirs)} µs blackbox_exporter`);
      }
      const scheduled = await ask(ours, {
        seconds: SCHEDULE_SECONDS[size],
        checksPerSecond: CHECKS_PER_SECOND,
      });
      say(
        `p99 delay ${scheduled.delayP99} ms of ${scheduled.runs} runs, ${scheduled.missed} missed`,
      );
      const alone = await ask(ours, {
        seconds: SCHEDULE_SECONDS.trial,
        checksPerSecond: CHECKS_PER_SECOND,
        idle: true,
      });
      return result(rounds, scheduled, alone, memoryOf(blackbox.pid).resident);
    } finally {
      ours.disconnect();
      target.disconnect();
      await blackbox.stop();
    }
  },
};

interface Cost {
  readonly runs: number;
  readonly cpuSeconds: number;
}

/** Microseconds of processor time for each run. */
function micro({ runs, cpuSeconds }: Cost): number {
  return Math.round((cpuSeconds / runs) * 1e6);
}

function result(
  rounds: readonly { readonly ours: ProbeUsage; readonly theirs: Cost }[],
  scheduled: ProbeUsage,
  alone: ProbeUsage,
  blackboxMegabytes: number,
) {
  const ratio = figure(
    'blackbox_exporter ÷ ours',
    '×',
    rounds.map(({ ours, theirs }) => micro(theirs) / micro(ours)),
  );
  const perSecond = figure(
    'probes of ours in a second of processor time',
    '',
    rounds.map(({ ours }) => ours.runs / ours.cpuSeconds),
  );
  const held = [
    ratio.median >= GOAL_RATIO,
    perSecond.median >= GOAL_PER_SECOND,
    scheduled.delayP99 <= GOAL_DELAY_MS,
  ];
  return {
    id: 'P8',
    title: 'HTTP probes',
    goal: `≥ ${GOAL_RATIO}× less CPU than blackbox_exporter, ≥ ${GOAL_PER_SECOND} probes in a core-second, p99 of scheduling delay ≤ ${GOAL_DELAY_MS} ms at ${CHECKS_PER_SECOND} probes/s`,
    figures: [
      ratio,
      figure(
        'ours',
        'µs CPU',
        rounds.map(({ ours }) => micro(ours)),
      ),
      figure(
        'blackbox_exporter',
        'µs CPU',
        rounds.map(({ theirs }) => micro(theirs)),
      ),
      perSecond,
      figure('p50 of scheduling delay', 'ms', [scheduled.delayP50]),
      figure('p99 of scheduling delay', 'ms', [scheduled.delayP99]),
      figure('p99 of scheduling delay, runs that do nothing', 'ms', [alone.delayP99]),
      figure('runs missed', '', [scheduled.missed]),
      figure('memory of ours', 'MB', [scheduled.megabytes]),
      figure('memory of blackbox_exporter', 'MB', [blackboxMegabytes]),
    ],
    verdict: `${held.every(Boolean) ? 'Reached' : 'Missed'}: ${ratio.median.toFixed(2)}×, ${Math.round(perSecond.median)} probes in a core-second, p99 delay ${scheduled.delayP99} ms over ${scheduled.runs} runs.`,
    notes: [
      `Rounds of ${ROUND_SECONDS} s in turn, ${IN_FLIGHT} in flight, fresh connections, an answer of three bytes from a third process on the same machine; every probe of ours makes its whole record (phases, facts, assertions, trace ids).`,
      'blackbox_exporter also answers the request that asks for the probe and writes about twenty series; Prometheus, which must scrape and keep them, is not counted.',
      'The schedule is of 60,000 checks with a period of a minute, spread over it; the memory of ours is with all of them.',
    ],
  };
}

function start(program: string, args: readonly string[]): ChildProcess {
  return fork(join(import.meta.dirname, program), [...args]);
}

async function ask(child: ChildProcess, work: ProbeWork): Promise<ProbeUsage> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the probes ended')));
  child.send(work);
  const [usage] = (await Promise.race([once(child, 'message'), ended])) as [ProbeUsage];
  ended.catch(() => {});
  return usage;
}

/** Asks for probes as fast as they come; the processor time is the exporter's alone. */
async function driveBlackbox(
  { url, pid }: { readonly url: string; readonly pid: number },
  target: string,
  seconds: number,
): Promise<Cost> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const place = `${url}/probe?module=http_2xx&target=${encodeURIComponent(target)}`;
  const before = cpuSecondsOf(pid);
  const end = performance.now() + seconds * 1000;
  let runs = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const text = await get(place, agent);
      if (!text.includes('\nprobe_success 1\n')) throw new Error('a probe of blackbox failed');
      runs += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const cpuSeconds = cpuSecondsOf(pid) - before;
  agent.destroy();
  return { runs, cpuSeconds };
}

function get(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}
