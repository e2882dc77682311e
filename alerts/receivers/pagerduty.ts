// Pages through PagerDuty (Events API v2): one incident for each SLO instance and severity, resolved when its alert is.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import type { DurationText } from '../../slo/duration.ts';
import { address, secret, text, textByName, timeout, word } from './field-rules.ts';
import { FACTS } from '../templates/facts.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;

export interface PagerdutyInput {
  /** Integration key of the PagerDuty service. */
  readonly routingKey: SecretReference;
  /** @default critical for pages, warning for tickets */
  readonly severity?: (typeof SEVERITIES)[number];
  /** Address of the Events API. @default PagerDuty's own */
  readonly url?: UrlText;
  /** One line, a Go template; PagerDuty keeps 1024 characters. @default what the alert's summary says */
  readonly summary?: string;
  /** Custom details beside or instead of ours, Go templates. @default {} */
  readonly details?: Readonly<Record<string, string>>;
  /** How long a request may take (Alertmanager 0.30). @default until the group's next turn */
  readonly timeout?: DurationText;
  readonly http?: ReceiverHttp;
}

/**
 * Tells PagerDuty. It always hears that an alert is over, since nobody else would resolve its incident.
 * @example pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })
 */
export function pagerduty(input: PagerdutyInput): ReceiverDefinition {
  return defineReceiver('pagerduty', input, {
    example: `pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })`,
    needed: ['routingKey'],
    rules: {
      routingKey: secret('routing_key'),
      url: address('url'),
      severity: word('severity', SEVERITIES, '{{ template "ninefold.pagerduty.severity" . }}'),
      summary: text('description', '{{ template "ninefold.title" . }}'),
      details: textByName('details', DETAILS),
      timeout: timeout('timeout'),
      http: HTTP_RULE,
    },
    fixed: FIXED,
  });
}

const FIXED = {
  send_resolved: true,
  client: 'Ninefold',
  client_url: '{{ template "ninefold.dashboard" . }}',
  source: '{{ template "ninefold.source" . }}',
  component: '{{ .CommonLabels.service }}',
  group: '{{ .CommonLabels.team }}',
  class: '{{ .CommonLabels.alertname }}',
  links: [
    { href: '{{ template "ninefold.runbook" . }}', text: 'Runbook: what to do first' },
    { href: '{{ template "ninefold.dashboard" . }}', text: 'Dashboard' },
    { href: '{{ template "ninefold.query" . }}', text: 'Query' },
  ],
};

const DETAILS = Object.fromEntries(
  FACTS.map(({ annotation }) => [annotation, `{{ template "ninefold.${annotation}" . }}`]),
);
