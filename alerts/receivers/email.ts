// Sends mail: a table of what burns for those who read HTML, plain text for the rest.
import type { SecretReference } from '../../slo/connection.ts';
import { flag, hostPort, secret, text } from './field-rules.ts';
import { readReceiverTls, type ReceiverTls } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface EmailInput {
  /** Addresses, separated by commas. */
  readonly to: string;
  /** @default `smtp` of the routing */
  readonly from?: string;
  /** `host:port` of the server. @default `smtp` of the routing */
  readonly smarthost?: string;
  readonly user?: string;
  readonly password?: SecretReference;
  /** Whether the server must offer TLS. @default true */
  readonly requireTls?: boolean;
  readonly tls?: ReceiverTls;
  /** A Go template. @default one line: what and how fast */
  readonly subject?: string;
  /** Whether people are also told that it is over. @default true */
  readonly sendResolved?: boolean;
}

/**
 * Sends mail.
 * @example email({ to: 'shop@example.com' })
 */
export function email(input: EmailInput): ReceiverDefinition {
  return defineReceiver('email', input, {
    example: `email({ to: 'shop@example.com' })`,
    needed: ['to'],
    rules: {
      sendResolved: flag('send_resolved', true),
      to: text('to'),
      from: text('from'),
      smarthost: hostPort('smarthost'),
      user: text('auth_username'),
      password: secret('auth_password'),
      requireTls: flag('require_tls'),
      tls: { field: 'tls_config', read: readReceiverTls },
      subject: text('headers.Subject', '{{ template "ninefold.title" . }}'),
    },
    fixed: {
      html: '{{ template "ninefold.email" . }}',
      text: '{{ template "ninefold.text" . }}',
    },
  });
}
