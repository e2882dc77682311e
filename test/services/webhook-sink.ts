/** An HTTP server on loopback that keeps what is posted to it, for tests that wait for a notification. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookPost {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON, or the text when it is none. */
  readonly body: unknown;
  readonly text: string;
  readonly receivedAtMs: number;
}

export interface WebhookSinkOptions {
  /** Status of the answer, 200 by default; a function sees the post, so that a test can refuse some. */
  readonly status?: number | ((post: WebhookPost) => number);
  /** Body of the answer, empty by default; some senders read it. */
  readonly answer?: (post: WebhookPost) => string;
}

export interface WebhookSink {
  /** Any path below it is accepted and kept with the post. */
  readonly url: string;
  /** Everything posted so far, first to last. */
  posts(): readonly WebhookPost[];
  /** The first post, past or future, that fits; rejects after the time (default 30 s) with what came instead. */
  waitFor(predicate: (post: WebhookPost) => boolean, timeoutMs?: number): Promise<WebhookPost>;
  /** Forgets the posts. */
  clear(): void;
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Starts the sink on a free port of 127.0.0.1. */
export async function startWebhookSink(options: WebhookSinkOptions = {}): Promise<WebhookSink> {
  const kept: WebhookPost[] = [];
  const waiting = new Set<(post: WebhookPost) => void>();
  const statusOf = (post: WebhookPost): number =>
    typeof options.status === 'function' ? options.status(post) : (options.status ?? 200);

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const post: WebhookPost = {
      path: request.url ?? '/',
      method: request.method ?? '',
      headers: request.headers,
      body: parsed(text),
      text,
      receivedAtMs: Date.now(),
    };
    kept.push(post);
    response.writeHead(statusOf(post)).end(options.answer?.(post) ?? '');
    for (const look of waiting) look(post);
  };
  const server = createServer((request, response) => {
    take(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  // Node closes idle connections after 5 s, just when a sender may begin to post on one: that post would be lost to the test.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts: () => [...kept],
    waitFor(predicate, timeoutMs = 30_000) {
      const before = kept.find(predicate);
      if (before !== undefined) return Promise.resolve(before);
      return new Promise((resolve, reject) => {
        const look = (post: WebhookPost): void => {
          try {
            if (!predicate(post)) return;
            resolve(post);
          } catch (error) {
            // The waiting test's mistake, which must not become the sender's 500.
            reject(error);
          }
          clearTimeout(timer);
          waiting.delete(look);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no fitting post within ${timeoutMs / 1000} s; ${summary(kept)}`));
        }, timeoutMs);
        waiting.add(look);
      });
    },
    clear() {
      kept.length = 0;
    },
    async stop() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      // Senders keep their connections alive; close() alone would wait for them.
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`post larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function summary(posts: readonly WebhookPost[]): string {
  if (posts.length === 0) return 'nothing was posted';
  const last = posts
    .slice(-3)
    .map((post) => `${post.method} ${post.path} ${post.text.slice(0, 300)}`);
  return `${posts.length} posts came, the last ones:\n${last.join('\n')}`;
}
