// What happens in the shop: orders and page views, second by second, mostly well and sometimes not.
import type { EpochSeconds } from '../../slo/counts.ts';
import { createRandomSequence } from './random-sequence.ts';

/** What can be wrong with the shop; each is switched on and off by a key. */
export type Fault = 'checkout-errors' | 'storefront-errors' | 'storefront-slow';

/** One order as the checkout reports it, and what it was in truth. */
export interface Order {
  readonly atMs: number;
  readonly status: number;
  readonly seconds: number;
  readonly country: string;
  readonly outcome: 'placed' | 'failed' | 'slow';
}

/** Page views of some time, by how they ended and how long they took. */
export interface PageViews {
  /** By status code; adds up to the same as `byLatency`. */
  readonly byCode: Readonly<Record<PageCode, number>>;
  /** By the index of the first latency bound that holds them; the last index is past every bound. */
  readonly byLatency: readonly number[];
}

export const PAGE_CODES = ['200', '404', '500', '503'] as const;
export type PageCode = (typeof PAGE_CODES)[number];

/** Upper bounds of the storefront's latency histogram, in seconds, as its own client library writes them. */
export const LATENCY_BOUNDS = ['0.05', '0.1', '0.2', '0.3', '0.5', '1', '2.5'] as const;

interface Country {
  readonly code: string;
  /** Of all orders. */
  readonly share: number;
  /** How often its orders fail, against the mean: some pay in ways that fail more often. */
  readonly failures: number;
}

const HOME: Country = { code: 'DE', share: 0.36, failures: 0.4 };
const COUNTRIES: readonly Country[] = [
  HOME,
  { code: 'FR', share: 0.24, failures: 0.5 },
  { code: 'JP', share: 0.16, failures: 3 },
  { code: 'US', share: 0.24, failures: 1 },
];

export interface ShopTraffic {
  /** The orders of one second, in order of time. */
  orders(second: EpochSeconds): readonly Order[];
  /** The page views of `[from, from + seconds)`. */
  pageViews(from: EpochSeconds, seconds: number): PageViews;
  /** Present faults; changes count from the next second that is asked for. */
  readonly faults: Set<Fault>;
}

/** Means over the day, a second. */
const ORDERS = 0.55;
const PAGES = 9;
/** How much busier than the mean the busiest hour is. */
const SWING = 0.6;
/** Healthy shares of failed and of slow orders, and of failed and slow pages: some of each budget is always in use. */
const HEALTHY = {
  failedOrders: 0.00036,
  slowOrders: 0.00012,
  failedPages: 0.0007,
  slowPages: 0.0058,
};
/** Half as many and half again as many failures, and back. */
const DRIFT_SECONDS = 1.5 * 86_400;
/** Shares of fast pages up to each bound below 300 ms. */
const FAST_PAGES = [0.38, 0.37, 0.17, 0.08] as const;
/** Shares of slow pages above it. */
const SLOW_PAGES = [0.7, 0.2, 0.07, 0.03] as const;

/** @param peakAt a moment of the shop's busiest hour; demand follows the day around it */
export function createShopTraffic(seed: number, peakAt: EpochSeconds): ShopTraffic {
  // One for each telemetry: what one brings does not depend on how much of the other is asked for at a time.
  const random = createRandomSequence(seed);
  const pages = createRandomSequence(seed + 1_000_000);
  const faults = new Set<Fault>();
  let owed = 0;

  const demand = (at: EpochSeconds): number =>
    1 + SWING * Math.cos((2 * Math.PI * (at - peakAt)) / 86_400);
  /** Quality comes and goes, so that no two days spend the same; around the busiest hour it is good. */
  const drift = (at: EpochSeconds): number =>
    1 - 0.5 * Math.cos((2 * Math.PI * (at - peakAt)) / DRIFT_SECONDS);

  const oneOrder = (atMs: number): Order => {
    const { code: country, failures } = pick(random.next());
    const luck = random.next() / drift(atMs / 1000);
    const failing = faults.has('checkout-errors') ? Infinity : HEALTHY.failedOrders * failures;
    if (luck < failing)
      return { atMs, status: 503, seconds: tenths(0.2, 1), country, outcome: 'failed' };
    if (luck < failing + HEALTHY.slowOrders)
      return { atMs, status: 201, seconds: tenths(21, 30), country, outcome: 'slow' };
    return { atMs, status: 201, seconds: tenths(1, 10), country, outcome: 'placed' };
  };

  return {
    faults,
    orders(second) {
      owed += ORDERS * demand(second) * (0.4 + 1.2 * random.next());
      const count = Math.floor(owed);
      owed -= count;
      const times = Array.from({ length: count }, () => Math.floor(random.next() * 1000));
      return times.sort((a, b) => a - b).map((ms) => oneOrder(second * 1000 + ms));
    },
    pageViews(from, seconds) {
      const total = pages.poisson(PAGES * demand(from) * seconds);
      const broken = faults.has('storefront-errors');
      const failed = broken ? total : few(total * HEALTHY.failedPages * drift(from), total);
      const slow = faults.has('storefront-slow')
        ? total
        : few(total * HEALTHY.slowPages * drift(from), total);
      const missing = few((total - failed) * 0.02, total - failed);
      const overloaded = broken ? failed : few(failed * 0.4, failed);
      return {
        byCode: {
          '200': total - failed - missing,
          '404': missing,
          '500': failed - overloaded,
          '503': overloaded,
        },
        byLatency: [...split(total - slow, FAST_PAGES), ...split(slow, SLOW_PAGES)],
      };
    },
  };

  /** Seconds from so many tenths on, mostly near them, with milliseconds. */
  function tenths(least: number, spread: number): number {
    return Math.round((least + spread * random.next() ** 3) * 100) / 1000;
  }

  function few(expected: number, atMost: number): number {
    return Math.min(pages.poisson(expected), atMost);
  }

  /** A whole number in parts that add up to it, near the shares. */
  function split(count: number, shares: readonly number[]): number[] {
    let left = count;
    return shares.map((share, index) => {
      const part = index === shares.length - 1 ? left : few(count * share, left);
      left -= part;
      return part;
    });
  }
}

function pick(luck: number): Country {
  let rest = luck;
  return COUNTRIES.find(({ share }) => (rest -= share) < 0) ?? HOME;
}
