// Posts each alert as one JSON document to a web address, for receivers that are not Alertmanager.
import { createHash } from 'node:crypto';
import type { WebhookConnection } from '../../slo/connection.ts';
import { createEndpointCaller } from '../http-endpoint.ts';
import { postJson } from './json-post.ts';
import type { OutgoingAlert, Sink } from './sink.ts';

/**
 * The body is `{version: 1, key, status, labels, annotations, startsAt, endsAt, generatorUrl}`; `key` is the same for
 * every repetition of one message (also sent as `Idempotency-Key`), so a receiver can drop repetitions.
 */
export function createWebhookSink(connection: WebhookConnection): Sink {
  const caller = createEndpointCaller(connection, { sockets: 1 });
  const query = new URL(connection.url).search;
  return {
    name: `webhook ${connection.name}`,
    repeat: false,
    batch: 1,
    async send(alerts, signal) {
      for (const alert of alerts) {
        const key = messageKey(alert);
        await postJson({
          caller,
          url: connection.url,
          path: query,
          headers: { 'idempotency-key': key },
          body: {
            version: 1,
            key,
            ...alert,
            startsAt: new Date(alert.startsAt * 1000).toISOString(),
            endsAt: new Date(alert.endsAt * 1000).toISOString(),
          },
          signal,
        });
      }
    },
    close: () => caller.close(),
  };
}

/** SHA-256 over what makes the message this one: labels, start and status. */
function messageKey(alert: OutgoingAlert): string {
  const labels = Object.entries(alert.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([labels, alert.startsAt, alert.status]))
    .digest('hex');
}
