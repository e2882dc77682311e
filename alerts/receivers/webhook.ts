// Posts Alertmanager's own JSON (version 4) to an address.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import type { DurationText } from '../../slo/duration.ts';
import { addressOrSecret, flag, timeout, whole } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface WebhookReceiverInput {
  /** The address, by reference when it is secret itself (Alertmanager 0.26). */
  readonly url: UrlText | SecretReference;
  /** Alerts of one post at most, the rest is only counted. @default all */
  readonly maxAlerts?: number;
  /** How long a request may take (Alertmanager 0.28). @default until the group's next turn */
  readonly timeout?: DurationText;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Posts JSON to an address. The body carries every label and annotation, so it needs no template.
 * @example webhook({ url: 'https://bridge.example/alerts' })
 */
export function webhook(input: WebhookReceiverInput): ReceiverDefinition {
  return defineReceiver('webhook', input, {
    example: `webhook({ url: 'https://bridge.example/alerts' })`,
    needed: ['url'],
    rules: {
      sendResolved: flag('send_resolved', true),
      url: addressOrSecret('url'),
      maxAlerts: whole('max_alerts', 1, 100_000),
      timeout: timeout('timeout'),
      http: HTTP_RULE,
    },
  });
}
