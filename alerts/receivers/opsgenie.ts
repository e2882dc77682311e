// Tells Opsgenie, which ends on 2027-04-05: jira(…) and incidentio(…) are where its customers go.
import type { SecretReference } from '../../slo/connection.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { type DefinitionReader, readDefinition } from '../../slo/definition-reader.ts';
import { address, flag, secret, text, word } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type FieldValue, type ReceiverDefinition } from './receiver.ts';

const RESPONDERS = ['team', 'user', 'escalation', 'schedule'] as const;

export interface OpsgenieInput {
  readonly apiKey: SecretReference;
  /** @default Opsgenie's own; `https://api.eu.opsgenie.com/` in Europe */
  readonly apiUrl?: UrlText;
  /** @default P1 for pages, P3 for tickets */
  readonly priority?: 'P1' | 'P2' | 'P3' | 'P4' | 'P5';
  /** Who is told. @default what the integration says */
  readonly responders?: readonly {
    readonly type: (typeof RESPONDERS)[number];
    readonly name: string;
  }[];
  /** Separated by commas. @default the service, its team and tier */
  readonly tags?: string;
  /** Whether message and description follow the alert. @default false */
  readonly updateAlerts?: boolean;
  readonly http?: ReceiverHttp;
}

/**
 * Tells Opsgenie, and closes its alert when it is over.
 * @example opsgenie({ apiKey: fromFile('/run/secrets/opsgenie') })
 * @deprecated Opsgenie's support ends on 2027-04-05; use jira(…), incidentio(…) or pagerduty(…).
 */
export function opsgenie(input: OpsgenieInput): ReceiverDefinition {
  return defineReceiver('opsgenie', input, {
    example: `opsgenie({ apiKey: fromFile('/run/secrets/opsgenie') })`,
    needed: ['apiKey'],
    rules: {
      apiKey: secret('api_key'),
      apiUrl: address('api_url'),
      priority: word(
        'priority',
        ['P1', 'P2', 'P3', 'P4', 'P5'],
        '{{ template "ninefold.opsgenie.priority" . }}',
      ),
      responders: { field: 'responders', read: readResponders },
      tags: text(
        'tags',
        '{{ .CommonLabels.service }},{{ .CommonLabels.team }},{{ .CommonLabels.tier }}',
      ),
      updateAlerts: flag('update_alerts'),
      http: HTTP_RULE,
    },
    fixed: {
      send_resolved: true,
      message: '{{ template "ninefold.title" . }}',
      description: '{{ template "ninefold.text" . }}',
      source: '{{ template "ninefold.link" . }}',
      entity: '{{ .CommonLabels.service }}',
    },
  });
}

function readResponders(reader: DefinitionReader, name: string): FieldValue | undefined {
  const list = reader.list(name, 50);
  return list?.flatMap((each, index) => {
    const responder = readDefinition(each, `${reader.at(name)}[${index}]`, reader.report, {
      known: ['type', 'name'],
      needed: ['type', 'name'],
      example: `{ type: 'team', name: 'shop' }`,
    });
    const type = responder?.oneOf('type', RESPONDERS);
    const responderName = responder?.text('name', 200);
    if (type === undefined || responderName === undefined) return [];
    return [type === 'user' ? { type, username: responderName } : { type, name: responderName }];
  });
}
