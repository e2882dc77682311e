// Tells a Slack channel, through an incoming webhook or as a Slack app.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { address, flag, secret, text } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface SlackInput {
  /** Address of an incoming webhook, which is a secret; or else `appToken`. */
  readonly webhookUrl?: SecretReference;
  /** Bot token of a Slack app (Alertmanager 0.30). */
  readonly appToken?: SecretReference;
  /** Address to which a Slack app posts. @default Slack's own */
  readonly appUrl?: UrlText;
  /** `#channel` or `@user`. @default the webhook's */
  readonly channel?: string;
  readonly username?: string;
  /** A Go template. @default one line: what and how fast */
  readonly title?: string;
  /** A Go template. @default which pair, budget left, evidence, links */
  readonly text?: string;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a Slack channel.
 * @example slack({ webhookUrl: fromFile('/run/secrets/slack'), channel: '#shop' })
 */
export function slack(input: SlackInput): ReceiverDefinition {
  return defineReceiver('slack', input, {
    example: `slack({ webhookUrl: fromFile('/run/secrets/slack'), channel: '#shop' })`,
    rules: {
      sendResolved: flag('send_resolved', true),
      webhookUrl: secret('api_url'),
      appToken: secret('app_token'),
      appUrl: address('app_url'),
      channel: text('channel'),
      username: text('username', 'Ninefold'),
      title: text('title', '{{ template "ninefold.title" . }}'),
      text: text('text', '{{ template "ninefold.slack" . }}'),
      http: HTTP_RULE,
    },
    fixed: {
      title_link: '{{ template "ninefold.link" . }}',
      fallback: '{{ template "ninefold.title" . }}',
      color: '{{ template "ninefold.color" . }}',
      footer: '{{ .CommonLabels.slo }}',
      mrkdwn_in: ['text'],
    },
    check(reader) {
      if (reader.has('webhookUrl') === reader.has('appToken'))
        reader.refuse('webhookUrl', {
          code: 'missing-field',
          message: 'Slack takes a webhook or an app, one of them.',
          remedy: 'Give exactly one of webhookUrl and appToken.',
          secret: true,
        });
    },
  });
}
