// Tells Splunk On-Call, which was VictorOps.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { address, secret, text, word } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface VictoropsInput {
  readonly apiKey: SecretReference;
  /** Names the team in Splunk On-Call; no secret. */
  readonly routingKey: string;
  /** @default Splunk's own */
  readonly apiUrl?: UrlText;
  /** @default CRITICAL for pages, WARNING for tickets */
  readonly messageType?: 'CRITICAL' | 'WARNING' | 'INFO';
  readonly http?: ReceiverHttp;
}

/**
 * Tells Splunk On-Call (VictorOps), and recovers its incident when the alert is over.
 * @example victorops({ apiKey: fromFile('/run/secrets/victorops'), routingKey: 'shop' })
 */
export function victorops(input: VictoropsInput): ReceiverDefinition {
  return defineReceiver('victorops', input, {
    example: `victorops({ apiKey: fromFile('/run/secrets/victorops'), routingKey: 'shop' })`,
    needed: ['apiKey', 'routingKey'],
    rules: {
      apiKey: secret('api_key'),
      routingKey: text('routing_key'),
      apiUrl: address('api_url'),
      messageType: word(
        'message_type',
        ['CRITICAL', 'WARNING', 'INFO'],
        '{{ template "ninefold.victorops.type" . }}',
      ),
      http: HTTP_RULE,
    },
    fixed: {
      send_resolved: true,
      entity_display_name: '{{ template "ninefold.title" . }}',
      state_message: '{{ template "ninefold.text" . }}',
      monitoring_tool: 'Ninefold',
    },
  });
}
