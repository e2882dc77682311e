// P11: how soon a collector with a full store evaluates again, and what a kill -9 under load costs: nothing that was acknowledged.
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeWriteRequest, REMOTE_WRITE_HEADERS } from '../cli/demo/remote-write-request.ts';
import { temporaryFolder } from '../test/services/started-servers.ts';
import { join } from 'node:path';
import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { createSqliteStore } from '../collector/stores/sqlite.ts';
import {
  type CountedService,
  countedServices,
  counterSlos,
  countsBetween,
} from './counted-services.ts';
import { eventually } from './eventually.ts';
import { type FilledStore, fillStore } from './filled-store.ts';
import {
  type MeasuredCollector,
  startMeasuredCollector,
  STORE_FILE,
} from './measured-collector.ts';
import { type Benchmark, figure, type Size } from './measurement.ts';
import { memoryOf } from './process-usage.ts';

const SLOS: Readonly<Record<Size, number>> = { trial: 200, usual: 2000, full: 10_000 };
const RESTARTS: Readonly<Record<Size, number>> = { trial: 2, usual: 4, full: 3 };
const KILLS: Readonly<Record<Size, number>> = { trial: 2, usual: 5, full: 5 };
const SAMPLES_PER_REQUEST = 2000;
const GOAL_SLOS = 100_000;
const GOAL_SECONDS = 3;

export const restart: Benchmark = {
  id: 'P11',
  title: 'Restart without a gap',
  async run(say, size) {
    const slos = SLOS[size];
    const services = countedServices(slos);
    const folder = temporaryFolder('collector');
    const store = join(folder, STORE_FILE);
    const now = Math.floor(Date.now() / 1000);
    const filled = await fillStore(store, counterSlos(services), now, say);
    const megabytes = statSync(store).size / 1e6;
    say(`${filled.cells} cells, ${megabytes.toFixed(0)} MB`);

    const empty = await startTimed(services, temporaryFolder('collector'));
    await empty.collector.stop();
    const { collector, seconds } = await startTimed(services, folder, slos);
    const orderly = [seconds];
    for (let round = 1; round < RESTARTS[size]; round += 1)
      orderly.push(await restartTimed(collector, () => collector.stop()));
    say(
      `restarts: ${orderly.map((each) => each.toFixed(1)).join(', ')} s; empty ${empty.seconds.toFixed(1)} s`,
    );
    const resident = memoryOf(collector.pid).resident;

    const sender = createSender(services, collector.url);
    const killed: number[] = [];
    for (let kill = 0; kill < KILLS[size]; kill += 1) {
      const sending = sender.send(3 + Math.random() * 3);
      await sleep(1500 + Math.random() * 3000);
      await collector.kill('SIGKILL');
      await assertAcknowledgedIsKept(store, services, filled, sender);
      killed.push(await restartTimed(collector, () => collector.stop()));
      await sending;
      say(
        `killed after ${sender.acknowledged()} acknowledged requests, back in ${killed.at(-1)?.toFixed(1)} s`,
      );
    }
    await assertNothingLost(collector, services, filled, sender);
    await collector.stop();

    const all = [...orderly, ...killed];
    const perSlo = (figure('', '', orderly).median - empty.seconds) / slos;
    const extrapolated = empty.seconds + perSlo * GOAL_SLOS;
    const reached = slos >= GOAL_SLOS && Math.max(...all) <= GOAL_SECONDS;
    return {
      id: 'P11',
      title: this.title,
      goal: `≤ ${GOAL_SECONDS} s for 100,000 SLOs; at most one tick lost after kill −9`,
      figures: [
        figure(`exec → first evaluation, ${slos} SLOs with a month of counts`, 's', orderly),
        figure('the same after kill −9 under load', 's', killed),
        figure('the same with an empty store', 's', [empty.seconds]),
        figure('for each further SLO', 'ms', [perSlo * 1000]),
        figure('acknowledged requests, all found again', '', [sender.acknowledged()]),
        figure('size of the store', 'MB', [megabytes]),
        figure('resident memory after the start', 'MB', [resident]),
      ],
      verdict: reached
        ? 'Reached.'
        : `Missed: ${figure('', '', orderly).median.toFixed(1)} s for ${slos} SLOs; at ${(perSlo * 1000).toFixed(1)} ms for each, 100,000 would take ${Math.round(extrapolated)} s. All cells of the month (${Math.round(filled.cells / slos)} an SLO) are read and added up again; a snapshot of the sums would be some 24 kB an SLO instead. No count was lost.`,
      notes: [
        `The store holds what a collector has after 29 days of one scrape a minute. Definitions are handed over as data; loading a workspace comes on top.`,
        `Killed ${killed.length} times at random moments while ${slos * 4} samples a second came in by remote write; a sender repeats what was not acknowledged, as Prometheus does. Right after each kill a copy of the store held, for every SLO, all that was acknowledged and nothing but what was sent; at the end the counts of every SLO were equal to the truth.`,
        'There is no peer: Prometheus’ replay of its log was not measured.',
      ],
    };
  },
};

async function startTimed(services: readonly CountedService[], folder: string, slos = 0) {
  const startedMs = Date.now();
  const collector = await startMeasuredCollector({
    slos: counterSlos(services),
    config: { connections: { prometheus: { default: { remoteWrite: true } } } },
    folder,
    flags: slos > 20_000 ? ['--max-old-space-size=12288'] : [],
  });
  return { collector, seconds: (collector.evaluatedAtMs() - startedMs) / 1000 };
}

async function restartTimed(
  collector: MeasuredCollector,
  end: () => Promise<void>,
): Promise<number> {
  await end();
  const startedMs = Date.now();
  await collector.restart();
  return (collector.evaluatedAtMs() - startedMs) / 1000;
}

interface Sender {
  /** Sends a scrape of everything every second for some seconds, each request until it is acknowledged. */
  send(seconds: number): Promise<void>;
  acknowledged(): number;
  /** Times of the first and of the last sample. */
  sent(): { readonly first: number; readonly last: number };
  /** For a service: the time of the last sample that was acknowledged, and of the last that was on its way at all. */
  reached(service: number): { readonly acknowledged: number; readonly tried: number };
}

function createSender(services: readonly CountedService[], url: string): Sender {
  let first: number | undefined;
  let last = 0;
  let acknowledged = 0;
  const kept = new Float64Array(services.length);
  const tried = new Float64Array(services.length);

  const post = async (body: Uint8Array): Promise<boolean> => {
    try {
      const response = await fetch(`${url}/api/v1/write`, {
        method: 'POST',
        headers: REMOTE_WRITE_HEADERS,
        body: body as Uint8Array<ArrayBuffer>,
        signal: AbortSignal.timeout(30_000),
      });
      await response.arrayBuffer();
      if (response.status >= 400 && response.status < 500)
        throw new RangeError(`refused with ${response.status}`);
      return response.status === 204;
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return false;
    }
  };

  const scrape = (at: number): Uint8Array[] => {
    const all = services.flatMap((service) => {
      const values = service.at(at);
      return service.series.map((labels, index) => ({
        labels,
        samples: [{ atMs: at * 1000, value: values[index] ?? 0 }],
      }));
    });
    const requests = [];
    for (let from = 0; from < all.length; from += SAMPLES_PER_REQUEST)
      requests.push(encodeWriteRequest(all.slice(from, from + SAMPLES_PER_REQUEST)));
    return requests;
  };

  return {
    async send(seconds) {
      const endMs = Date.now() + seconds * 1000;
      while (Date.now() < endMs) {
        const at = Math.max(last + 1, Math.floor(Date.now() / 1000));
        first ??= at;
        for (const [index, request] of scrape(at).entries()) {
          const from = (index * SAMPLES_PER_REQUEST) / 4;
          const to = from + SAMPLES_PER_REQUEST / 4;
          tried.fill(at, from, to);
          while (!(await post(request))) await sleep(100);
          kept.fill(at, from, to);
          acknowledged += 1;
        }
        last = at;
        await sleep(Math.max(0, (at + 1) * 1000 - Date.now()));
      }
    },
    acknowledged: () => acknowledged,
    sent: () => ({ first: first ?? 0, last }),
    reached: (service) => ({ acknowledged: kept[service] ?? 0, tried: tried[service] ?? 0 }),
  };
}

/**
 * Looks into a copy of the store, so that the collector itself finds the files as it left them.
 * @throws Error when an acknowledged request is missing, or anything else is there
 */
async function assertAcknowledgedIsKept(
  file: string,
  services: readonly CountedService[],
  { counts }: FilledStore,
  sender: Sender,
): Promise<void> {
  const copy = join(temporaryFolder('copy'), STORE_FILE);
  for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end);
  const held = new Map<string, number>();
  const store = createSqliteStore({ path: copy });
  await store.readCells((cells) => {
    for (const { instance, total } of cells) held.set(instance, (held.get(instance) ?? 0) + total);
  });
  await store.close();
  rmSync(copy);
  const { first } = sender.sent();
  for (const [index, service] of services.entries()) {
    const { acknowledged, tried } = sender.reached(index);
    const found = (held.get(`${service.name}/availability`) ?? 0) - counts.total;
    const wanted = [acknowledged, tried].map((to) =>
      to === 0 ? 0 : countsBetween(service, first, to).total,
    );
    if (!wanted.includes(found))
      throw new Error(`${service.name}: the store holds ${found}, not ${wanted.join(' or ')}`);
  }
}

/** @throws Error when an SLO holds more or less than its history and what was sent */
async function assertNothingLost(
  collector: MeasuredCollector,
  services: readonly CountedService[],
  { counts }: FilledStore,
  sender: Sender,
): Promise<void> {
  const { first, last } = sender.sent();
  const budgets = await eventually(
    'a watermark behind the last sample',
    async () => {
      const all = await collector.budgets();
      return [...all.values()].every(({ watermark }) => (watermark ?? 0) > last + 130)
        ? all
        : undefined;
    },
    { withinMs: 600_000, everyMs: 5000 },
  );
  for (const service of services) {
    const live = countsBetween(service, first, last);
    const counted = budgets.get(`${service.name}/availability`);
    const [total, bad] = [live.total + counts.total, live.bad + counts.bad];
    if (counted?.total !== total || counted.bad !== bad)
      throw new Error(
        `${service.name}: counted ${counted?.bad} of ${counted?.total}, the truth is ${bad} of ${total}`,
      );
  }
}
