// Posts each alert as one JSON document to a web address, for receivers that are not Alertmanager.
import { createHash } from 'node:crypto';
import { postJson } from './http-post.ts';
import type { OutgoingAlert, Sink } from './sink.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** @default 10_000 */
  readonly timeoutMs?: number;
}

/**
 * The body is `{version: 1, status, labels, annotations, startsAt, endsAt, generatorUrl, key}`; `key` is the same for
 * every repetition of one message (also sent as `Idempotency-Key`), so a receiver can drop repetitions.
 */
export function createWebhookSink(options: WebhookOptions): Sink {
  return {
    name: options.name,
    repeat: false,
    batch: 1,
    async send(alerts, signal) {
      const headers = (await options.headers?.()) ?? {};
      for (const alert of alerts) {
        const key = messageKey(alert);
        await postJson({
          url: options.url,
          headers: { ...headers, 'idempotency-key': key },
          body: {
            version: 1,
            key,
            ...alert,
            startsAt: new Date(alert.startsAt * 1000).toISOString(),
            endsAt: new Date(alert.endsAt * 1000).toISOString(),
          },
          timeoutMs: options.timeoutMs ?? 10_000,
          signal,
        });
      }
    },
  };
}

/** SHA-256 over what makes the message this one: labels, start and status. */
function messageKey(alert: OutgoingAlert): string {
  const labels = Object.entries(alert.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([labels, alert.startsAt, alert.status]))
    .digest('hex');
}
