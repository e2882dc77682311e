// One run of the demo: opens the shop and its collector, hands over to the live part, and leaves nothing behind.
import process from 'node:process';
import type { Log } from '../../collector/log.ts';
import type { Service } from '../../collector/service.ts';
import { createListSink } from '../../collector/sinks/list.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Terminal } from '../terminal.ts';
import { liveOn } from './live-loop.ts';
import type { Reporter } from './reporter.ts';
import { createShop, type Shop } from './shop.ts';
import { loadShop, startShopService } from './shop-service.ts';
import type { Fault } from './shop-traffic.ts';
import { createTelemetryClient } from './telemetry-client.ts';
import { createTemporaryFolder } from './temporary-folder.ts';
import { createTimeLapseClock, type TimeLapseClock } from './time-lapse-clock.ts';

export interface DemoRun {
  readonly terminal: Terminal;
  /** @param keepFiring how long a page of an SLO is kept after its cause is gone, in seconds */
  readonly report: (keepFiring: (slo: string) => number) => Reporter;
  /** Switched on when the live part begins. */
  readonly fault: Fault | undefined;
  /** Whether keys of the terminal are heard. */
  readonly keys: boolean;
  /** Ends the run. */
  readonly stop: AbortController;
}

/** Long enough to fill the longest alert window. */
const HISTORY_SECONDS = 3 * 86_400 + 3600;
/** The demo always begins shortly before the shop's busiest hour. */
const PEAK_AHEAD_SECONDS = 1800;
/** Seconds that live telemetry can tell in one breath after the history. */
const BREATH_SECONDS = 2;

/** Resolves after the stop, with nothing left behind. @throws CommandFailure */
export async function runDemo({ terminal, report, fault, keys, stop }: DemoRun): Promise<void> {
  const startedMs = performance.now();
  const definitions = await loadShop(terminal);
  const reporter = report(
    (id) => definitions.slos.find((slo) => slo.id === id)?.burnPolicy.keepFiring.page ?? 0,
  );
  const folder = createTemporaryFolder('ninefold-demo');
  // Also when a second Ctrl-C, or a reader that went away, ends the process at once.
  const cleanUp = (): void => {
    folder.remove();
    reporter.end();
  };
  process.once('exit', cleanUp);
  const began = Math.floor(Date.now() / 1000);
  const opened = began - HISTORY_SECONDS;
  const clock = createTimeLapseClock(opened * 1000);
  const sink = createListSink((alerts) => {
    for (const alert of alerts) reporter.alert(alert, Math.floor(clock.now() / 1000));
  });
  let service: Service | undefined;
  try {
    const log = failuresOnly((text) => reporter.note(text));
    service = await startShopService({
      shop: definitions,
      folder: folder.path,
      clock,
      log,
      sinks: [sink],
    });
    const client = createTelemetryClient(service.url, stop.signal);
    const shop = createShop({ client, clock, opened, peakAt: began + PEAK_AHEAD_SECONDS });
    reporter.open({ url: service.url, opened, sent: shop.sent });
    const part = { shop, clock, view: service.view, reporter, stop };
    await tellHistory({ ...part, opened });
    if (stop.signal.aborted) return;
    clock.goLive();
    reporter.live((performance.now() - startedMs) / 1000);
    await liveOn({ ...part, fault, keys });
  } catch (error) {
    // Whatever was under way when the stop came was cut off.
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    try {
      await service?.close(2000);
    } finally {
      process.off('exit', cleanUp);
      cleanUp();
    }
  }
}

/** Brings the shop from its opening to the present, which moves on meanwhile. */
async function tellHistory(options: {
  readonly shop: Shop;
  readonly clock: TimeLapseClock;
  readonly view: Service['view'];
  readonly reporter: Reporter;
  readonly stop: AbortController;
  readonly opened: EpochSeconds;
}): Promise<void> {
  const { shop, clock, view, reporter, stop, opened } = options;
  for (let told = opened; !stop.signal.aborted; told = Math.floor(clock.now() / 1000)) {
    const now = Math.floor(Date.now() / 1000);
    if (now - told < BREATH_SECONDS) return;
    await shop.catchUp(now, (done) =>
      reporter.history(done - opened, now - opened, () => ({
        at: done,
        budgets: view.instances(),
        faults: new Map(),
      })),
    );
  }
}

/** Alerts reach people by the sink; what is left of the log for them is what failed. */
function failuresOnly(tell: (text: string) => void): Log {
  const failure = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    if (!('labels' in fields)) tell(message);
  };
  return { debug: () => {}, info: () => {}, warn: failure, error: failure };
}
