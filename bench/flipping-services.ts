// Services with steady traffic that begin to fail when told to; every request is counted for scrapes and sent as an event.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { METRIC } from './counted-services.ts';

export interface FlippingOptions {
  readonly names: readonly string[];
  /** Requests a second of each service. */
  readonly rate: number;
  /** The first request of all, in milliseconds. */
  readonly fromMs: number;
  /** Where events go: the address of an ingest stream. */
  readonly ingest: string;
}

export interface ServiceCounts {
  readonly total: number;
  readonly bad: number;
}

export interface FlippingServices {
  /** `host:port`; the counters of a service are at `/metrics/<name>`. */
  readonly address: string;
  /** Sends all events up to now in large batches, then goes on second by second until it is closed. */
  start(say: (text: string) => void): Promise<void>;
  /** From now on every request of the service fails. */
  fail(name: string): void;
  /** When its first failing request happened. */
  firstFailureMs(name: string): number | undefined;
  /** What was delivered so far. */
  counts(name: string): ServiceCounts;
  /** Stops the traffic after the last delivery, but goes on answering scrapes. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** How long events are gathered before they are sent. */
const BATCH_MS = 200;
const EVENTS_AT_ONCE = 48_000;

interface Traffic {
  readonly name: string;
  /** Requests so far. */
  requests: number;
  /** The number of the first failing one. */
  failsFrom: number;
}

export async function openFlippingServices(options: FlippingOptions): Promise<FlippingServices> {
  const { names, rate, fromMs, ingest } = options;
  const gapMs = 1000 / rate;
  const all = new Map<string, Traffic>(
    names.map((name) => [name, { name, requests: 0, failsFrom: Infinity }]),
  );
  const resting = new AbortController();
  let work: Promise<void> = Promise.resolve();

  const dueAt = (atMs: number): number => Math.max(0, Math.floor((atMs - fromMs) / gapMs));
  const failed = ({ requests, failsFrom }: Traffic): number => Math.max(0, requests - failsFrom);
  const find = (name: string): Traffic => {
    const traffic = all.get(name);
    if (traffic === undefined) throw new RangeError(`no service ${name}`);
    return traffic;
  };

  /** The lines of every request that is due by then, and the counters with them. */
  const happen = (untilMs: number): string => {
    const lines: string[] = [];
    for (const traffic of all.values())
      for (const due = dueAt(untilMs); traffic.requests < due; traffic.requests += 1) {
        const at = fromMs + traffic.requests * gapMs;
        const status = traffic.requests >= traffic.failsFrom ? 503 : 200;
        lines.push(`{"service":"${traffic.name}","at":${at},"status":${status}}`);
      }
    return lines.join('\n');
  };

  const deliver = async (lines: string): Promise<void> => {
    if (lines === '') return;
    const response = await fetch(ingest, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines,
    });
    const answer = await response.text();
    if (response.status !== 200) throw new Error(`ingest answered ${response.status}: ${answer}`);
  };

  const server = createServer((request, response) => {
    const traffic = all.get((request.url ?? '').replace('/metrics/', ''));
    if (traffic === undefined) {
      response.writeHead(404).end();
      return;
    }
    const bad = failed(traffic);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(
      `# TYPE ${METRIC} counter\n${METRIC}{code="200"} ${traffic.requests - bad}\n${METRIC}{code="503"} ${bad}\n`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const rest = async (): Promise<void> => {
    resting.abort();
    await work;
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async start(say) {
      const stepMs = (EVENTS_AT_ONCE / names.length) * gapMs;
      let sent = 0;
      for (let untilMs = fromMs + stepMs; untilMs < Date.now(); untilMs += stepMs) {
        await deliver(happen(untilMs));
        sent += EVENTS_AT_ONCE;
      }
      say(`${(sent / 1e6).toFixed(1)} M events of history are in`);
      await deliver(happen(Date.now()));
      work = (async () => {
        while (!resting.signal.aborted) {
          await deliver(happen(Date.now()));
          await sleep(BATCH_MS - (Date.now() % BATCH_MS));
        }
      })();
      work.catch((error: unknown) => console.error('   traffic stopped:', error));
    },
    fail(name) {
      const traffic = find(name);
      traffic.failsFrom = Math.min(traffic.failsFrom, dueAt(Date.now()));
    },
    firstFailureMs(name) {
      const { failsFrom, requests } = find(name);
      return requests > failsFrom ? fromMs + failsFrom * gapMs : undefined;
    },
    counts(name) {
      const traffic = find(name);
      return { total: traffic.requests, bad: failed(traffic) };
    },
    rest,
    async close() {
      await rest();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
