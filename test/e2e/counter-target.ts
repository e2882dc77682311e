// A service that Prometheus scrapes: requests by region and code, at rates that the test sets.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Requests in a second. */
export interface Traffic {
  readonly succeeding: number;
  readonly failing: number;
}

export interface CounterTarget {
  /** `host:port`; the counters are at /metrics. */
  readonly address: string;
  /** From now on. */
  send(region: string, traffic: Traffic): void;
  stop(): Promise<void>;
}

const TICK_MS = 100;

/** Starts without any series: a counter of failures is born with the first failure, as in most programs. */
export async function startCounterTarget(): Promise<CounterTarget> {
  const rates = new Map<string, number>();
  const counts = new Map<string, number>();
  const timer = setInterval(() => {
    for (const [series, rate] of rates)
      if (rate > 0) counts.set(series, (counts.get(series) ?? 0) + (rate * TICK_MS) / 1000);
  }, TICK_MS);
  const server = createServer((_, response) => {
    const lines = [...counts].map(([series, count]) => `${series} ${Math.floor(count)}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`# TYPE http_requests_total counter\n${lines.join('')}`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const series = (region: string, code: string): string =>
    `http_requests_total{region="${region}",code="${code}"}`;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    send(region, { succeeding, failing }) {
      rates.set(series(region, '200'), succeeding);
      rates.set(series(region, '500'), failing);
    },
    async stop() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
