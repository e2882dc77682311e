// A scrape target that shows the counters of all services at once, and hands the same samples on to whoever listens.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CountedService } from './counted-services.ts';

export interface CounterTarget {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** @param scraped hears of every scrape with its time, a whole second, whose counters were shown */
export async function openCounterTarget(
  services: readonly CountedService[],
  scraped: (at: number) => void,
): Promise<CounterTarget> {
  const server = createServer((_request, response) => {
    const at = Math.floor(Date.now() / 1000);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    // With their time, so that both sides get the very same samples.
    response.end(exposition(services, at));
    scraped(at);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function exposition(services: readonly CountedService[], at: number): string {
  const lines = services.flatMap((service) => {
    const values = service.at(at);
    return service.series.map(({ __name__: name, ...labels }, index) => {
      const shown = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return `${name}{${shown.join(',')}} ${values[index]} ${at * 1000}`;
    });
  });
  return `# TYPE http_requests_total counter\n${lines.join('\n')}\n`;
}
