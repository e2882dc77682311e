// Tells a Telegram chat.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { address, flag, secret, whole } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface TelegramInput {
  /** Read from a file since Alertmanager 0.26. */
  readonly botToken: SecretReference;
  /** A number; that of a group is negative. */
  readonly chatId: number;
  /** Topic of a forum (Alertmanager 0.28). */
  readonly messageThreadId?: number;
  /** @default Telegram's own */
  readonly apiUrl?: UrlText;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Telegram chat.
 * @example telegram({ botToken: fromFile('/run/secrets/telegram'), chatId: -1001234 })
 */
export function telegram(input: TelegramInput): ReceiverDefinition {
  return defineReceiver('telegram', input, {
    example: `telegram({ botToken: fromFile('/run/secrets/telegram'), chatId: -1001234 })`,
    needed: ['botToken', 'chatId'],
    rules: {
      sendResolved: flag('send_resolved', true),
      botToken: secret('bot_token'),
      chatId: whole('chat_id', -(2 ** 52), 2 ** 52),
      messageThreadId: whole('message_thread_id', 1, 2 ** 31 - 1),
      apiUrl: address('api_url'),
      http: HTTP_RULE,
    },
    fixed: {
      parse_mode: 'HTML',
      message: '{{ template "ninefold.telegram" . }}',
    },
  });
}
