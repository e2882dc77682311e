// Sends alerts to one Alertmanager through its API v2; a cluster gets one sink for each member.
import type { AlertmanagerConnection } from '../../slo/connection.ts';
import { createEndpointCaller } from '../http-endpoint.ts';
import { postJson } from './json-post.ts';
import type { OutgoingAlert, Sink } from './sink.ts';

/** @param connection base address with the path prefix if it has one; secrets are read anew for each request */
export function createAlertmanagerSink(connection: AlertmanagerConnection): Sink {
  const caller = createEndpointCaller(connection, { sockets: 1 });
  return {
    name: `alertmanager ${new URL(connection.url).host}`,
    repeat: true,
    batch: 64,
    send: (alerts, signal) =>
      postJson({
        caller,
        url: `${connection.url}/api/v2/alerts`,
        path: '/api/v2/alerts',
        body: alerts.map(postable),
        signal,
      }),
    close: () => caller.close(),
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
