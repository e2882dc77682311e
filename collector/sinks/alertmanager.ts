// Sends alerts to one Alertmanager through its API v2; a cluster gets one sink for each member.
import { postJson } from './http-post.ts';
import type { OutgoingAlert, Sink } from './sink.ts';

export interface AlertmanagerOptions {
  readonly name: string;
  /** Base address, with the path prefix if it has one. */
  readonly url: string;
  /** Headers of every request, such as `authorization`; read anew each time so that secrets may rotate. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** @default 10_000 */
  readonly timeoutMs?: number;
}

export function createAlertmanagerSink(options: AlertmanagerOptions): Sink {
  const url = `${options.url.replace(/\/+$/, '')}/api/v2/alerts`;
  return {
    name: options.name,
    repeat: true,
    batch: 64,
    async send(alerts, signal) {
      await postJson({
        url,
        headers: (await options.headers?.()) ?? {},
        body: alerts.map(postable),
        timeoutMs: options.timeoutMs ?? 10_000,
        signal,
      });
    },
  };
}

/** The `postableAlert` of Alertmanager's OpenAPI document; empty values are left out, which it demands of labels. */
function postable(alert: OutgoingAlert): unknown {
  return {
    labels: Object.fromEntries(Object.entries(alert.labels).filter(([, value]) => value !== '')),
    annotations: alert.annotations,
    startsAt: new Date(alert.startsAt * 1000).toISOString(),
    endsAt: new Date(alert.endsAt * 1000).toISOString(),
    generatorURL: alert.generatorUrl,
  };
}
