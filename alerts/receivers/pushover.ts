// Tells a phone through Pushover.
import type { SecretReference } from '../../slo/connection.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { flag, secret, text } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface PushoverInput {
  readonly userKey: SecretReference;
  readonly token: SecretReference;
  /** Name of one of the user's devices (Alertmanager 0.26). @default all of them */
  readonly device?: string;
  readonly sound?: string;
  /** -2 is silent, 2 has to be acknowledged. @default 2 for pages, 0 for tickets */
  readonly priority?: -2 | -1 | 0 | 1 | 2;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells a phone through Pushover. Its keys can be read from files since Alertmanager 0.26.
 * @example pushover({ userKey: fromFile('/run/secrets/pushover-user'), token: fromFile('/run/secrets/pushover-token') })
 */
export function pushover(input: PushoverInput): ReceiverDefinition {
  return defineReceiver('pushover', input, {
    example: `pushover({ userKey: fromFile('/run/secrets/pushover-user'), token: fromFile('/run/secrets/pushover-token') })`,
    needed: ['userKey', 'token'],
    rules: {
      sendResolved: flag('send_resolved', true),
      userKey: secret('user_key'),
      token: secret('token'),
      device: text('device'),
      sound: text('sound'),
      priority: {
        field: 'priority',
        read: readPriority,
        fallback: '{{ template "ninefold.pushover.priority" . }}',
      },
      http: HTTP_RULE,
    },
    fixed: {
      title: '{{ template "ninefold.title" . }}',
      message: '{{ template "ninefold.text" . }}',
      url: '{{ template "ninefold.link" . }}',
    },
  });
}

function readPriority(reader: DefinitionReader, name: string): string | undefined {
  const priority = reader.whole(name, -2, 2);
  return priority === undefined ? undefined : String(priority);
}
