// Tells a Discord channel.
import type { SecretReference } from '../../slo/connection.ts';
import { flag, secret } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface DiscordInput {
  /** Address of the channel's webhook, which is a secret; read from a file since Alertmanager 0.27. */
  readonly webhookUrl: SecretReference;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Discord channel.
 * @example discord({ webhookUrl: fromFile('/run/secrets/discord') })
 */
export function discord(input: DiscordInput): ReceiverDefinition {
  return defineReceiver('discord', input, {
    example: `discord({ webhookUrl: fromFile('/run/secrets/discord') })`,
    needed: ['webhookUrl'],
    rules: {
      sendResolved: flag('send_resolved', true),
      webhookUrl: secret('webhook_url'),
      http: HTTP_RULE,
    },
    fixed: {
      title: '{{ template "ninefold.title" . }}',
      message: '{{ template "ninefold.markdown" . }}',
    },
  });
}
