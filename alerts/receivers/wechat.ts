// Tells a WeChat Work group.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { address, flag, secret, text } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface WechatInput {
  /** Read from a file since Alertmanager 0.31. */
  readonly apiSecret: SecretReference;
  readonly corpId: string;
  readonly agentId: string;
  readonly toUser?: string;
  readonly toParty?: string;
  readonly toTag?: string;
  /** @default WeChat's own */
  readonly apiUrl?: UrlText;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells people in WeChat Work.
 * @example wechat({ apiSecret: fromFile('/run/secrets/wechat'), corpId: 'ww1', agentId: '1000002', toParty: '2' })
 */
export function wechat(input: WechatInput): ReceiverDefinition {
  return defineReceiver('wechat', input, {
    example: `wechat({ apiSecret: fromFile('/run/secrets/wechat'), corpId: 'ww1', agentId: '1000002', toParty: '2' })`,
    needed: ['apiSecret', 'corpId', 'agentId'],
    rules: {
      sendResolved: flag('send_resolved', true),
      apiSecret: secret('api_secret'),
      corpId: text('corp_id'),
      agentId: text('agent_id'),
      toUser: text('to_user'),
      toParty: text('to_party'),
      toTag: text('to_tag'),
      apiUrl: address('api_url'),
      http: HTTP_RULE,
    },
    fixed: {
      message: '{{ template "ninefold.message" . }}',
    },
  });
}
