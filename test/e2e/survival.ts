// Survival: a served collector is killed with −9 at random moments while clients send, and must have counted and paged right.
import { randomInt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { startWebhookSink, type WebhookSink } from '../services/webhook-sink.ts';
import { eventually } from './deployed-files.ts';
import { type ServedCollector, serveWorkspace } from './served-collector.ts';

const SLOS = `
import { defineService, defineSlo, ingestEvents } from 'ninefold';
const shop = defineService({ name: 'shop', team: 'web' });
export const orders = defineSlo({
  service: shop, name: 'orders', objective: '99.9%',
  sli: ingestEvents({
    stream: 'orders', fields: { at: 'number', status: 'status' },
    time: { field: 'at', as: 'epoch-milliseconds' }, bad: (order) => order.status.isServerError(),
  }),
});
`;

function config(store: string, hook: string): string {
  return `
import { defineConfig } from 'ninefold';
export default defineConfig({
  http: { port: PORT }, ingest: { lateness: '1s' }, store: ${store},
  webhooks: [{ name: 'pager', url: '${hook}/page' }],
});
`;
}

/** No start takes longer than this, however busy the machine. */
const PATIENCE_MS = 90_000;

/** Sends batches one after another, each until it is acknowledged, and knows what it sent. */
function createClient(url: string) {
  const truth = { total: 0, bad: 0, batches: 0, repeats: 0 };
  const state = { stopped: false, abandoned: false };
  const send = async (body: Uint8Array, key: string): Promise<void> => {
    const givenUpAt = Date.now() + PATIENCE_MS;
    let answered = 'nothing';
    while (!state.abandoned) {
      try {
        const answer = await fetch(`${url}/api/v1/ingest/orders`, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-ndjson',
            'content-encoding': 'gzip',
            'idempotency-key': key,
          },
          body,
          signal: AbortSignal.timeout(5000),
        });
        const text = await answer.text();
        if (answer.ok) return;
        answered = `${answer.status}: ${text}`;
        if (answer.status < 500 && answer.status !== 429)
          throw Object.assign(new Error(`${answer.status}: ${text}`), { refused: true });
      } catch (error) {
        if (error instanceof Error && 'refused' in error) throw error;
      }
      if (Date.now() > givenUpAt)
        throw Object.assign(new Error(`batch ${key} was not taken: ${answered}`), {
          refused: true,
        });
      truth.repeats += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const work = async (lane: number): Promise<void> => {
    for (let number = 0; !state.stopped; number += 1) {
      const size = randomInt(1, 200);
      const lines = Array.from({ length: size }, (_, k) =>
        JSON.stringify({ at: Date.now() - randomInt(0, 2000), status: k % 3 === 0 ? 503 : 200 }),
      );
      truth.total += size;
      truth.bad += Math.ceil(size / 3);
      truth.batches += 1;
      await send(gzipSync(lines.join('\n')), `${lane}-${number}`);
      await new Promise((resolve) => setTimeout(resolve, randomInt(0, 30)));
    }
  };
  const lanes = [0, 1, 2].map(work);
  // A lane that fails is told when the client is stopped, not in the middle of a kill.
  for (const lane of lanes) lane.catch(() => {});
  return {
    truth,
    /** Ends after the batches at hand are acknowledged. */
    async stop() {
      state.stopped = true;
      await Promise.all(lanes);
    },
    /** Ends at once, because the test has failed. */
    async abandon() {
      Object.assign(state, { stopped: true, abandoned: true });
      await Promise.allSettled(lanes);
    },
  };
}

async function killAgainAndAgain(collector: ServedCollector, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, randomInt(0, 700)));
    await collector.kill('SIGKILL');
    await collector.start();
  }
}

async function countsOf(url: string): Promise<{ total: number; bad: number }> {
  const answer = await fetch(`${url}/api/v1/slos/shop/orders`);
  const { budget } = (await answer.json()) as { budget: { total: number; bad: number } };
  const { total, bad } = budget;
  return { total, bad };
}

/** Distinct pages by the key that marks repetitions of one message. */
function pages(sink: WebhookSink): ReadonlySet<string> {
  return new Set(
    sink
      .posts()
      .map((post) => post.body as { key: string; status: string; labels: Record<string, string> })
      .filter((each) => each.status === 'firing' && each.labels['severity'] === 'page')
      .map((each) => each.key),
  );
}

/** What was sent, counted and paged in the end. */
export interface Survival {
  readonly sent: { readonly total: number; readonly bad: number };
  readonly counted: { readonly total: number; readonly bad: number };
  /** Requests that had to be made again, because the collector was gone. */
  readonly repeats: number;
  /** Distinct pages, repetitions of one message left out. */
  readonly pages: number;
}

/** Kills a served collector on a store so many times, while three clients send and an outage goes on. */
export async function survive(name: string, store: string, kills: number): Promise<Survival> {
  const sink = await startWebhookSink();
  const collector = await serveWorkspace(name, {
    'shop.slo.ts': SLOS,
    'ninefold.config.ts': config(store, sink.url),
  });
  await collector.start();
  const client = createClient(collector.url);
  try {
    await killAgainAndAgain(collector, kills);
    await client.stop();
    const { total, bad, repeats } = client.truth;
    // The newest second enters the window when the watermark has passed it.
    await eventually(
      'the counts settle',
      async () => ((await countsOf(collector.url)).total >= total ? true : undefined),
      15_000,
    ).catch(() => undefined);
    await eventually('the page', () => (pages(sink).size > 0 ? true : undefined), 20_000);
    return {
      sent: { total, bad },
      counted: await countsOf(collector.url),
      repeats,
      pages: pages(sink).size,
    };
  } catch (error) {
    console.error(collector.log());
    throw error;
  } finally {
    await client.abandon();
    await collector.kill('SIGTERM');
    await sink.stop();
  }
}
