// Tells incident.io what burns, and that it is over.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { addressOrSecret, secret, whole } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface IncidentioInput {
  /** Address of the alert source. */
  readonly url: UrlText | SecretReference;
  readonly alertSourceToken: SecretReference;
  /** Alerts of one message at most, the rest is only counted. @default all */
  readonly maxAlerts?: number;
  readonly http?: ReceiverHttp;
}

/**
 * Tells incident.io (Alertmanager 0.29), and that the alert is over.
 * @example incidentio({ url: 'https://api.incident.io/v2/alert_events/alertmanager/01', alertSourceToken: fromFile('/run/secrets/incidentio') })
 */
export function incidentio(input: IncidentioInput): ReceiverDefinition {
  return defineReceiver('incidentio', input, {
    example: `incidentio({ url: 'https://api.incident.io/v2/alert_events/alertmanager/01', alertSourceToken: fromFile('/run/secrets/incidentio') })`,
    needed: ['url', 'alertSourceToken'],
    rules: {
      url: addressOrSecret('url'),
      alertSourceToken: secret('alert_source_token'),
      maxAlerts: whole('max_alerts', 1, 100_000),
      http: HTTP_RULE,
    },
    fixed: { send_resolved: true },
  });
}
