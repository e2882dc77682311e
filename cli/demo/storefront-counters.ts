// The storefront's counters and latency histogram, as its metrics client would keep and send them.
import { LATENCY_BOUNDS, PAGE_CODES, type PageCode, type PageViews } from './shop-traffic.ts';
import type { WrittenSeries } from './remote-write-request.ts';

export interface StorefrontCounters {
  add(views: PageViews): void;
  /** Notes every counter's present value as a sample of this moment. */
  sample(atMs: number): void;
  /** All samples since the last call, one series for each counter. */
  take(): readonly WrittenSeries[];
}

/** Roughly what a page in each bucket takes, for the histogram's sum. */
const TYPICAL_SECONDS = [0.035, 0.075, 0.14, 0.24, 0.4, 0.7, 1.6, 4] as const;
const SERVICE = { service: 'storefront', job: 'shop', instance: 'storefront-1' };

export function createStorefrontCounters(): StorefrontCounters {
  const codes = Object.fromEntries(PAGE_CODES.map((code) => [code, 0])) as Record<PageCode, number>;
  const buckets = [...LATENCY_BOUNDS, '+Inf'].map((le) => ({ le, count: 0 }));
  const total = { count: 0, sum: 0 };
  const histogram = 'http_request_duration_seconds';
  const counters: readonly (readonly [Record<string, string>, () => number])[] = [
    ...PAGE_CODES.map(
      (code) => [{ __name__: 'http_requests_total', code }, () => codes[code]] as const,
    ),
    ...buckets.map(
      (bucket) => [{ __name__: `${histogram}_bucket`, le: bucket.le }, () => bucket.count] as const,
    ),
    [{ __name__: `${histogram}_count` }, () => total.count],
    [{ __name__: `${histogram}_sum` }, () => total.sum],
  ];
  let taken: { labels: Record<string, string>; samples: { atMs: number; value: number }[] }[];
  const begin = (): void => {
    taken = counters.map(([labels]) => ({ labels: { ...SERVICE, ...labels }, samples: [] }));
  };
  begin();
  return {
    add({ byCode, byLatency }) {
      for (const code of PAGE_CODES) codes[code] += byCode[code];
      byLatency.forEach((count, index) => {
        for (const bucket of buckets.slice(index)) bucket.count += count;
        total.count += count;
        total.sum += count * (TYPICAL_SECONDS[index] ?? 0);
      });
    },
    sample(atMs) {
      counters.forEach(([, value], index) => taken[index]?.samples.push({ atMs, value: value() }));
    },
    take() {
      const series = taken;
      begin();
      return series;
    },
  };
}
