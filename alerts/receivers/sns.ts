// Publishes to Amazon SNS.
import type { UrlText } from '../../slo/define-service.ts';
import { address, flag, text } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface SnsInput {
  /** Exactly one of the three says where. */
  readonly topicArn?: string;
  readonly targetArn?: string;
  /** E.164: `+4915112345678`. */
  readonly phoneNumber?: string;
  readonly region?: string;
  /** Named profile of the credentials file on Alertmanager's machine. @default the environment's credentials */
  readonly profile?: string;
  /** Role to take on. */
  readonly roleArn?: string;
  /** @default that of the region */
  readonly apiUrl?: UrlText;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Publishes to Amazon SNS. Keys are never written: AWS finds its credentials by profile, role or machine.
 * @example sns({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:shop', region: 'eu-central-1' })
 */
export function sns(input: SnsInput): ReceiverDefinition {
  return defineReceiver('sns', input, {
    example: `sns({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:shop', region: 'eu-central-1' })`,
    rules: {
      sendResolved: flag('send_resolved', true),
      topicArn: text('topic_arn'),
      targetArn: text('target_arn'),
      phoneNumber: text('phone_number'),
      region: text('sigv4.region'),
      profile: text('sigv4.profile'),
      roleArn: text('sigv4.role_arn'),
      apiUrl: address('api_url'),
      http: HTTP_RULE,
    },
    fixed: {
      subject: '{{ template "ninefold.title" . }}',
      message: '{{ template "ninefold.text" . }}',
    },
    check(reader) {
      const given = ['topicArn', 'targetArn', 'phoneNumber'].filter((name) => reader.has(name));
      if (given.length !== 1)
        reader.refuse(given[1] ?? 'topicArn', {
          code: 'missing-field',
          message: `${given.length === 0 ? 'None' : 'More than one'} of topicArn, targetArn and phoneNumber is given.`,
          remedy: 'Give exactly one of them.',
        });
    },
  });
}
