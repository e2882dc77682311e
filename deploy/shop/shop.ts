// A shop whose telemetry is known exactly: counters for Prometheus, log lines for Loki, events for Kafka, and the truth.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Kafka, logLevel, type Producer } from 'kafkajs';

export const SERVICES = ['storefront', 'search', 'checkout'] as const;

export type ServiceName = (typeof SERVICES)[number];

/** What really happened in a service. */
export interface Truth {
  total: number;
  bad: number;
  /** When the first failure after the last `fail` call happened, in milliseconds. */
  firstFailureAtMs?: number | undefined;
}

export interface ShopOptions {
  /** `host:port` of a broker. */
  readonly kafka?: string;
  /** Base address of Loki. */
  readonly loki?: string;
  /** @default '127.0.0.1' and any free port */
  readonly host?: string;
  readonly port?: number;
  /** Requests a second of every service. @default 20 */
  readonly rate?: number;
}

export interface Shop {
  readonly url: string;
  /** The share of requests that fail from now on, 0…1. */
  fail(service: ServiceName, share: number): void;
  /** A copy of the counts so far; only what was delivered to Loki and Kafka counts. */
  truth(): Readonly<Record<ServiceName, Truth>>;
  /** Stops traffic after the last delivery, but goes on answering scrapes. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

const TICK_MS = 250;
const TOPIC = 'checkout-orders';

export async function openShop(options: ShopOptions): Promise<Shop> {
  const rate = options.rate ?? 20;
  const truth: Record<ServiceName, Truth> = {
    storefront: { total: 0, bad: 0 },
    search: { total: 0, bad: 0 },
    checkout: { total: 0, bad: 0 },
  };
  const shares: Record<ServiceName, number> = { storefront: 0, search: 0, checkout: 0 };
  const due: Record<ServiceName, number> = { storefront: 0, search: 0, checkout: 0 };
  const alerts: unknown[] = [];
  const producer = options.kafka === undefined ? undefined : await connect(options.kafka);

  /** Statuses of the requests that are due now; failures are spread evenly, so that the share is exact over time. */
  const statuses = (service: ServiceName): readonly number[] => {
    const count = (rate * TICK_MS) / 1000;
    return Array.from({ length: count }, () => {
      due[service] += shares[service];
      if (due[service] < 1) return 200;
      due[service] -= 1;
      return 503;
    });
  };
  const count = (service: ServiceName, made: readonly number[]): void => {
    const bad = made.filter((status) => status >= 500).length;
    truth[service].total += made.length;
    truth[service].bad += bad;
    if (bad > 0) truth[service].firstFailureAtMs ??= Date.now();
  };

  const tick = async (): Promise<void> => {
    count('storefront', statuses('storefront'));
    const at = Date.now();
    const searched = statuses('search');
    const ordered = statuses('checkout');
    await Promise.all([
      options.loki === undefined
        ? undefined
        : push(options.loki, at, searched).then(() => count('search', searched)),
      producer === undefined
        ? undefined
        : order(producer, at, ordered).then(() => count('checkout', ordered)),
    ]);
  };

  const traffic = { resting: false };
  let pause: NodeJS.Timeout | undefined;
  const work = (async () => {
    for (let next = Date.now(); !traffic.resting; next += TICK_MS) {
      await tick().catch((error: unknown) => {
        process.stderr.write(`shop: ${error instanceof Error ? error.message : String(error)}\n`);
      });
      await new Promise<void>((resolve) => {
        pause = setTimeout(resolve, Math.max(0, next + TICK_MS - Date.now()));
      });
    }
  })();

  const fail = (service: ServiceName, share: number): void => {
    shares[service] = share;
    truth[service].firstFailureAtMs = undefined;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://shop');
    const answer = (body: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(exposition(truth.storefront));
    } else if (url.pathname === '/truth') answer(truth);
    else if (url.pathname === '/alerts' && request.method === 'POST')
      void readJson(request).then((alert) => {
        alerts.push(alert);
        process.stdout.write(`${JSON.stringify(alert)}\n`);
        answer({});
      });
    else if (url.pathname === '/alerts') answer(alerts);
    else if (url.pathname === '/fail' && request.method === 'POST') {
      const service = SERVICES.find((name) => name === url.searchParams.get('service'));
      if (service !== undefined) fail(service, Number(url.searchParams.get('share') ?? '1'));
      answer(shares);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve),
  );
  const { port } = server.address() as AddressInfo;

  const rest = async (): Promise<void> => {
    traffic.resting = true;
    await work;
    clearTimeout(pause);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    fail,
    truth: () => structuredClone(truth),
    rest,
    async close() {
      await rest();
      await producer?.disconnect();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connect(broker: string): Promise<Producer> {
  const kafka = new Kafka({ clientId: 'shop', brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 3 }] });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return producer;
}

async function order(producer: Producer, at: number, statuses: readonly number[]): Promise<void> {
  await producer.send({
    topic: TOPIC,
    acks: -1,
    messages: statuses.map((status) => ({
      value: JSON.stringify({ at, status, seconds: 0.2, country: 'de' }),
    })),
  });
}

async function push(loki: string, at: number, statuses: readonly number[]): Promise<void> {
  const values = statuses.map((status, index) => [
    String(BigInt(at) * 1_000_000n + BigInt(index)),
    JSON.stringify({ path: '/search', status }),
  ]);
  const answer = await fetch(`${loki}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream: { service: 'search' }, values }] }),
  });
  if (!answer.ok) throw new Error(`Loki answered ${answer.status}: ${await answer.text()}`);
}

function exposition({ total, bad }: Truth): string {
  return [
    '# TYPE shop_requests_total counter',
    `shop_requests_total{service="storefront",code="200"} ${total - bad}`,
    `shop_requests_total{service="storefront",code="503"} ${bad}`,
    '',
  ].join('\n');
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}
