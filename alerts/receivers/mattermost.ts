// Tells a Mattermost channel.
import type { SecretReference } from '../../slo/connection.ts';
import { flag, secret, text } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface MattermostInput {
  /** Address of an incoming webhook, which is a secret. */
  readonly webhookUrl: SecretReference;
  /** @default the webhook's */
  readonly channel?: string;
  readonly username?: string;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Mattermost channel (Alertmanager 0.30).
 * @example mattermost({ webhookUrl: fromFile('/run/secrets/mattermost') })
 */
export function mattermost(input: MattermostInput): ReceiverDefinition {
  return defineReceiver('mattermost', input, {
    example: `mattermost({ webhookUrl: fromFile('/run/secrets/mattermost') })`,
    needed: ['webhookUrl'],
    rules: {
      sendResolved: flag('send_resolved', true),
      webhookUrl: secret('webhook_url'),
      channel: text('channel'),
      username: text('username', 'Ninefold'),
      http: HTTP_RULE,
    },
    fixed: {
      text: '{{ template "ninefold.post" . }}',
    },
  });
}
