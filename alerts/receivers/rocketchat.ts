// Tells a Rocket.Chat channel.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { address, flag, secret, text } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface RocketchatInput {
  readonly token: SecretReference;
  readonly tokenId: SecretReference;
  /** `#channel` or `@user`. */
  readonly channel: string;
  /** @default Rocket.Chat's own cloud */
  readonly apiUrl?: UrlText;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Rocket.Chat channel (Alertmanager 0.28).
 * @example rocketchat({ token: fromFile('/run/secrets/rocket'), tokenId: fromFile('/run/secrets/rocket-id'), channel: '#shop' })
 */
export function rocketchat(input: RocketchatInput): ReceiverDefinition {
  return defineReceiver('rocketchat', input, {
    example: `rocketchat({ token: fromFile('/run/secrets/rocket'), tokenId: fromFile('/run/secrets/rocket-id'), channel: '#shop' })`,
    needed: ['token', 'tokenId', 'channel'],
    rules: {
      sendResolved: flag('send_resolved', true),
      token: secret('token'),
      tokenId: secret('token_id'),
      channel: text('channel'),
      apiUrl: address('api_url'),
      http: HTTP_RULE,
    },
    fixed: {
      title: '{{ template "ninefold.title" . }}',
      title_link: '{{ template "ninefold.link" . }}',
      text: '{{ template "ninefold.text" . }}',
    },
  });
}
