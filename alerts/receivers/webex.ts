// Tells a Webex room.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { address, flag, secret, text } from './field-rules.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface WebexInput {
  readonly botToken: SecretReference;
  readonly roomId: string;
  /** @default Webex's own */
  readonly apiUrl?: UrlText;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
}

/**
 * Tells a Webex room.
 * @example webex({ botToken: fromFile('/run/secrets/webex'), roomId: 'Y2lzY29' })
 */
export function webex(input: WebexInput): ReceiverDefinition {
  return defineReceiver('webex', input, {
    example: `webex({ botToken: fromFile('/run/secrets/webex'), roomId: 'Y2lzY29' })`,
    needed: ['botToken', 'roomId'],
    rules: {
      sendResolved: flag('send_resolved', true),
      roomId: text('room_id'),
      botToken: secret('http_config.authorization.credentials'),
      apiUrl: address('api_url'),
    },
    fixed: {
      message: '{{ template "ninefold.post" . }}',
    },
  });
}
