// Tells a Microsoft Teams channel through a connector, a way that Microsoft has closed: msteamsv2(…) is its successor.
import type { SecretReference } from '../../slo/connection.ts';
import { flag, secret } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface MsteamsInput {
  /** Address of the connector, which is a secret; read from a file since Alertmanager 0.27. */
  readonly webhookUrl: SecretReference;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Microsoft Teams channel through an Office 365 connector.
 * @example msteams({ webhookUrl: fromFile('/run/secrets/msteams') })
 * @deprecated Microsoft has retired connectors; use msteamsv2(…).
 */
export function msteams(input: MsteamsInput): ReceiverDefinition {
  return defineReceiver('msteams', input, {
    example: `msteams({ webhookUrl: fromFile('/run/secrets/msteams') })`,
    needed: ['webhookUrl'],
    rules: {
      sendResolved: flag('send_resolved', true),
      webhookUrl: secret('webhook_url'),
      http: HTTP_RULE,
    },
    fixed: {
      title: '{{ template "ninefold.title" . }}',
      text: '{{ template "ninefold.markdown" . }}',
    },
  });
}
