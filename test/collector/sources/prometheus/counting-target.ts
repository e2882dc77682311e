// A scrape target whose counters the test moves: the truth that every reader is compared with.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountingTarget {
  /** `host:port`. */
  readonly address: string;
  /** Counts one request; a series appears with its first event unless `declare` named it. */
  count(labels: Readonly<Record<string, string>>): void;
  /** Exposes a series at 0. */
  declare(labels: Readonly<Record<string, string>>): void;
  /** Everything ever counted, over all restarts, of events whose labels hold these values. */
  truth(labels?: Readonly<Record<string, string>>): number;
  /** Forgets all counters, as a process does when it starts anew. */
  restart(): void;
  /** Answers scrapes with an error from now on, or works again. */
  fail(failing: boolean): void;
  /** Resolves when a scrape was answered that began after the call. */
  scraped(): Promise<void>;
  /** Counts random traffic, every fifth request an error, until the returned function is called. */
  traffic(job: string): () => void;
  stop(): Promise<void>;
}

export async function startCountingTarget(port = 0): Promise<CountingTarget> {
  const metric = 'requests_total';
  let startedAt = Date.now() / 1000;
  const ever = new Map<string, number>();
  let counters = new Map<string, number>();
  let waiting: (() => void)[] = [];
  let failing = false;
  const server: Server = createServer((_, response) => {
    if (failing) {
      response.writeHead(500).end();
      return;
    }
    const lines = [...counters].map(([labels, value]) => `${metric}{${labels}} ${value}\n`);
    const informed = waiting;
    waiting = [];
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    const start = `# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${startedAt}\n`;
    response.end(`${start}# TYPE ${metric} counter\n${lines.join('')}`, () => {
      for (const resolve of informed) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const textOf = (labels: Readonly<Record<string, string>>): string =>
    Object.entries(labels)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(',');
  const target: CountingTarget = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    count(labels) {
      const text = textOf(labels);
      counters.set(text, (counters.get(text) ?? 0) + 1);
      ever.set(text, (ever.get(text) ?? 0) + 1);
    },
    declare: (labels) => void counters.set(textOf(labels), 0),
    truth: (labels = {}) => {
      const wanted = Object.entries(labels).map(
        ([name, value]) => `${name}=${JSON.stringify(value)}`,
      );
      return [...ever]
        .filter(([text]) => wanted.every((part) => text.includes(part)))
        .reduce((sum, [, count]) => sum + count, 0);
    },
    restart() {
      counters = new Map();
      startedAt = Date.now() / 1000;
    },
    fail(value) {
      failing = value;
    },
    scraped: () => new Promise((resolve) => waiting.push(resolve)),
    traffic(job) {
      const timer = setInterval(() => {
        for (let i = 0; i < 7; i += 1)
          target.count({ svc: job, code: Math.random() < 0.2 ? '500' : '200' });
      }, 20);
      return () => clearInterval(timer);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return target;
}
