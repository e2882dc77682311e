// Keeps a Jira issue for each SLO instance and severity.
import type { UrlText } from '../../slo/define-service.ts';
import { address, text, texts } from './field-rules.ts';
import { HTTP_RULE, type ReceiverHttp } from './http-settings.ts';
import { defineReceiver, type ReceiverDefinition } from './receiver.ts';

export interface JiraInput {
  /** `https://example.atlassian.net/rest/api/3/`, or that of a data center. */
  readonly apiUrl: UrlText;
  readonly project: string;
  readonly issueType: string;
  /** Name of a priority that the project has, or a Go template. @default the project's own */
  readonly priority?: string;
  /** Beside the one by which Alertmanager finds the issue again. @default [] */
  readonly labels?: readonly string[];
  /** Name of the transition that closes the issue. @default it stays open */
  readonly resolveTransition?: string;
  /** Name of the transition that opens it again. @default a new issue */
  readonly reopenTransition?: string;
  readonly http?: ReceiverHttp;
}

/**
 * Keeps a Jira issue (Alertmanager 0.28); who asks is said by `http`.
 * @example jira({ apiUrl: 'https://example.atlassian.net/rest/api/3', project: 'SHOP', issueType: 'Incident', http: { basic: { user: 'bot@example.com', password: fromFile('/run/secrets/jira') } } })
 */
export function jira(input: JiraInput): ReceiverDefinition {
  return defineReceiver('jira', input, {
    example: `jira({ apiUrl: 'https://example.atlassian.net/rest/api/3', project: 'SHOP', issueType: 'Incident', http: { basic: { user: 'bot@example.com', password: fromFile('/run/secrets/jira') } } })`,
    needed: ['apiUrl', 'project', 'issueType'],
    rules: {
      apiUrl: address('api_url'),
      project: text('project'),
      issueType: text('issue_type'),
      priority: text('priority'),
      labels: texts('labels'),
      resolveTransition: text('resolve_transition'),
      reopenTransition: text('reopen_transition'),
      http: HTTP_RULE,
    },
    fixed: {
      send_resolved: true,
      summary: '{{ template "ninefold.title" . }}',
      description: '{{ template "ninefold.text" . }}',
    },
  });
}
