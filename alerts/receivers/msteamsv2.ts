// Tells a Microsoft Teams channel through a workflow.
import type { SecretReference } from '../../slo/connection.ts';
import { flag, secret } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface Msteamsv2Input {
  /** Address of the workflow, which is a secret. */
  readonly webhookUrl: SecretReference;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Microsoft Teams channel through a workflow (Alertmanager 0.28).
 * @example msteamsv2({ webhookUrl: fromFile('/run/secrets/msteams') })
 */
export function msteamsv2(input: Msteamsv2Input): ReceiverDefinition {
  return defineReceiver('msteamsv2', input, {
    example: `msteamsv2({ webhookUrl: fromFile('/run/secrets/msteams') })`,
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
