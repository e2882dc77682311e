// The shop at work: weeks of history in fast motion, then second by second, all of it sent as telemetry.
import type { EpochSeconds } from '../../slo/counts.ts';
import { instanceId } from '../../slo/instance.ts';
import { createSentCounts, type SentCounts } from './sent-counts.ts';
import {
  createShopTraffic,
  type Fault,
  LATENCY_BOUNDS,
  type Order,
  type PageViews,
} from './shop-traffic.ts';
import { createStorefrontCounters } from './storefront-counters.ts';
import type { TelemetryClient } from './telemetry-client.ts';
import type { TimeLapseClock } from './time-lapse-clock.ts';

export interface ShopOptions {
  readonly client: TelemetryClient;
  readonly clock: TimeLapseClock;
  /** The first second of its history. */
  readonly opened: EpochSeconds;
  /** The moment around which it is busiest. */
  readonly peakAt: EpochSeconds;
  /** @default 13 */
  readonly seed?: number;
}

export interface Shop {
  readonly faults: Set<Fault>;
  readonly sent: SentCounts;
  /** Sends everything from the last second sent up to `until`, in fast motion; the clock is then at `until`. */
  catchUp(until: EpochSeconds, progress: (done: EpochSeconds) => void): Promise<void>;
  /** Sends the seconds that are over since the last call. */
  live(now: EpochSeconds): Promise<void>;
}

/** So much of the past at a time; the collector lets go of counts that lie over an hour ahead of its last evaluation. */
const LEAP_SECONDS = 1800;
/** Between two samples of a counter in the past, in seconds. */
const SAMPLE_SECONDS = 60;

const IDS = {
  checkout: 'checkout/availability',
  byCountry: 'checkout/by-country',
  storefront: 'storefront/availability',
  latency: 'storefront/latency',
};

export function createShop({ client, clock, opened, peakAt, seed = 13 }: ShopOptions): Shop {
  const traffic = createShopTraffic(seed, peakAt);
  const counters = createStorefrontCounters();
  const sent = createSentCounts();
  let open = opened;
  counters.sample(opened * 1000);

  const sell = (second: EpochSeconds): string =>
    traffic
      .orders(second)
      .map((order) => {
        note(sent, second, order);
        const { atMs, status, seconds, country } = order;
        return `{"at":${atMs},"status":${status},"seconds":${seconds},"country":"${country}"}\n`;
      })
      .join('');

  const show = (from: EpochSeconds, seconds: number): void => {
    const views = traffic.pageViews(from, seconds);
    notePages(sent, from, views);
    counters.add(views);
    counters.sample((from + seconds) * 1000);
  };

  /** Sends `[open, until)`, sampling counters every `step` seconds. */
  const send = async (until: EpochSeconds, step: number): Promise<void> => {
    const lines: string[] = [];
    for (let second = open; second < until; second += 1) lines.push(sell(second));
    for (let from = open; from < until; from += step) show(from, Math.min(step, until - from));
    // The shop's word that there is no other order up to here: a quiet second is measured, too.
    lines.push(`{"ninefold":{"measuredThrough":${until}}}\n`);
    open = until;
    await Promise.all([client.events('checkout', lines.join('')), client.samples(counters.take())]);
  };

  return {
    faults: traffic.faults,
    sent,
    async catchUp(until, progress) {
      for (let leap = open; leap < until;) {
        leap = Math.min(leap + LEAP_SECONDS, until);
        clock.jump(leap * 1000);
        await send(leap, SAMPLE_SECONDS);
        await clock.wake();
        progress(leap);
      }
    },
    async live(now) {
      // After a machine's sleep there may be hours to tell.
      for (let leap = open; leap < now;) {
        leap = Math.min(leap + LEAP_SECONDS, now);
        await send(leap, 1);
      }
    },
  };
}

function note(sent: SentCounts, at: EpochSeconds, { outcome, country }: Order): void {
  sent.add(IDS.checkout, at, 1, outcome === 'placed' ? 0 : 1);
  sent.add(instanceId(IDS.byCountry, { country }), at, 1, outcome === 'failed' ? 1 : 0);
}

/** Bounds up to 300 ms, which the latency SLO demands. */
const FAST_BOUNDS = LATENCY_BOUNDS.indexOf('0.3') + 1;

function notePages(sent: SentCounts, at: EpochSeconds, { byCode, byLatency }: PageViews): void {
  const total = sum(byLatency);
  sent.add(IDS.storefront, at, total, byCode['500'] + byCode['503']);
  sent.add(IDS.latency, at, total, sum(byLatency.slice(FAST_BOUNDS)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, each) => total + each, 0);
}
