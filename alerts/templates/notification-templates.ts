// The templates of every notification: what burns, which pair fired, what is left, what to do first, and where to look.
import { ANNOTATIONS } from '../../slo/names.ts';
import { FACTS } from './facts.ts';

/**
 * The file `ninefold.tmpl`. Only functions that Alertmanager 0.25 has are used. `index .Alerts 0` is safe: Alertmanager
 * never sends a notification without alerts.
 */
export function notificationTemplates(): string {
  return [
    '{{/* Written by Ninefold. What alerts say stands in their annotations; these templates only lay it out. */}}',
    ...shortTexts(),
    ...FACTS.map(({ annotation }) => define(annotation, factOf(annotation))),
    ...bodies(),
    '',
  ].join('\n\n');
}

function define(name: string, body: string): string {
  return `{{ define "ninefold.${name}" }}${body}{{ end }}`;
}

/**
 * Since 0.30 Alertmanager reads every detail of a PagerDuty event as YAML: `in 30d: 3 of 9` would arrive as a table, and
 * what follows ` #` would be a comment. A space that does not break is no space to YAML, and looks like one.
 */
const AS_TEXT = '| reReplaceAll ":(\\\\s|$)" ":\u00A0" | reReplaceAll "\\\\s#" "\u00A0#"';

/** The annotation that all alerts of the group share, else each alert's own, one a line. */
function factOf(annotation: string): string {
  return [
    `{{ if .CommonAnnotations.${annotation} }}{{ .CommonAnnotations.${annotation} ${AS_TEXT} }}`,
    '{{ else }}{{ range .Alerts }}',
    `{{ if .Annotations.${annotation} }}{{ .Annotations.${annotation} ${AS_TEXT} }}{{ "\\n" }}{{ end }}`,
    '{{ end }}{{ end }}',
  ].join('');
}

/** A link that the group shares, else that of its first alert that has one. */
function linkOf(annotation: string): string {
  return [
    `{{ if .CommonAnnotations.${annotation} }}{{ .CommonAnnotations.${annotation} }}`,
    `{{ else }}{{ (index .Alerts 0).Annotations.${annotation} }}{{ end }}`,
  ].join('');
}

/** By severity: a page, a ticket, anything else as a ticket. */
function bySeverity(page: string, ticket: string): string {
  return `{{ if eq .CommonLabels.severity "page" }}${page}{{ else }}${ticket}{{ end }}`;
}

function shortTexts(): readonly string[] {
  const first = '(index .Alerts 0)';
  const { summary } = ANNOTATIONS;
  return [
    define(
      'summary',
      [
        `{{ if .CommonAnnotations.${summary} }}{{ .CommonAnnotations.${summary} }}`,
        `{{ else if ${first}.Annotations.${summary} }}{{ ${first}.Annotations.${summary} }}`,
        `{{ else }}{{ ${first}.Labels.alertname }} {{ ${first}.Labels.service }}{{ end }}`,
        '{{ if gt (len .Alerts) 1 }} (and {{ len (slice .Alerts 1) }} more){{ end }}',
      ].join(''),
    ),
    define(
      'title',
      '{{ if eq .Status "resolved" }}Over: {{ end }}{{ template "ninefold.summary" . }}',
    ),
    define('runbook', linkOf(ANNOTATIONS.runbook)),
    define('dashboard', linkOf(ANNOTATIONS.dashboard)),
    define(
      'query',
      `{{ with (index .Alerts 0).Annotations.${ANNOTATIONS.query} }}{{ . }}{{ else }}{{ (index .Alerts 0).GeneratorURL }}{{ end }}`,
    ),
    define(
      'link',
      [
        `{{ if (index .Alerts 0).Annotations.${ANNOTATIONS.runbook} }}{{ template "ninefold.runbook" . }}`,
        `{{ else if (index .Alerts 0).Annotations.${ANNOTATIONS.dashboard} }}{{ template "ninefold.dashboard" . }}`,
        '{{ else }}{{ .ExternalURL }}{{ end }}',
      ].join(''),
    ),
    define(
      'color',
      `{{ if eq .Status "resolved" }}good{{ else }}${bySeverity('danger', 'warning')}{{ end }}`,
    ),
    // PagerDuty refuses an event without a source.
    define(
      'source',
      '{{ if .CommonLabels.service }}{{ .CommonLabels.service }}{{ else }}Alertmanager{{ end }}',
    ),
    define('pagerduty.severity', bySeverity('critical', 'warning')),
    define('opsgenie.priority', bySeverity('P1', 'P3')),
    define('victorops.type', bySeverity('CRITICAL', 'WARNING')),
    define(
      'pushover.priority',
      `{{ if eq .Status "resolved" }}0{{ else }}${bySeverity('2', '0')}{{ end }}`,
    ),
  ];
}

/** How one kind of text sets off names and links. */
interface Markup {
  readonly name: string;
  /** What a value of an alert passes through. */
  readonly escape: string;
  readonly fact: (title: string, value: string) => string;
  readonly link: (title: string, address: string) => string;
  readonly lineEnd: string;
}

const SLACK_ESCAPE = ` | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"`;

const MARKUPS: readonly Markup[] = [
  {
    name: 'text',
    escape: '',
    fact: (title, value) => `${title}: ${value}`,
    link: (title, address) => `${title}: ${address}`,
    lineEnd: '\n',
  },
  {
    name: 'markdown',
    escape: '',
    fact: (title, value) => `**${title}:** ${value}`,
    link: (title, address) => `[${title}](${address})`,
    // A single line end is no line end in Markdown.
    lineEnd: '  \n',
  },
  {
    name: 'slack',
    escape: SLACK_ESCAPE,
    fact: (title, value) => `*${title}:* ${value}`,
    link: (title, address) => `<${address}|${title}>`,
    lineEnd: '\n',
  },
  {
    name: 'telegram',
    // Telegram's HTML is escaped by the template engine.
    escape: '',
    fact: (title, value) => `<b>${title}:</b> ${value}`,
    link: (title, address) => `<a href="${address}">${title}</a>`,
    lineEnd: '\n',
  },
];

function bodies(): readonly string[] {
  return [
    ...MARKUPS.map((markup) => define(markup.name, bodyOf(markup))),
    // For those that have no title.
    define('message', '{{ template "ninefold.title" . }}\n{{ template "ninefold.text" . }}'),
    define('post', '**{{ template "ninefold.title" . }}**\n\n{{ template "ninefold.markdown" . }}'),
    define('email', emailBody()),
  ];
}

const LINKS = [
  { title: 'Runbook: what to do first', annotation: ANNOTATIONS.runbook },
  { title: 'Dashboard', annotation: ANNOTATIONS.dashboard },
] as const;

/** Every alert of the group with its facts and links; a fact that an alert lacks takes no line. */
function bodyOf({ name, escape, fact, link, lineEnd }: Markup): string {
  const heading = name === 'telegram' ? '<b>{{ template "ninefold.title" . }}</b>\n' : '';
  const facts = FACTS.map(
    ({ annotation, title }) =>
      `{{ with .Annotations.${annotation} }}${fact(title, `{{ .${escape} }}`)}${lineEnd}{{ end }}`,
  );
  const address = `{{ .${escape} }}`;
  const links = LINKS.map(
    ({ title, annotation }) =>
      `{{ with .Annotations.${annotation} }}${link(title, address)}${lineEnd}{{ end }}`,
  );
  const query = `{{ with .GeneratorURL }}${link('Query', address)}${lineEnd}{{ end }}`;
  const since = `${fact('Since', timeOf('StartsAt'))}${lineEnd}`;
  const until = `{{ if eq .Status "resolved" }}${fact('Over since', timeOf('EndsAt'))}${lineEnd}{{ end }}`;
  return [
    heading,
    '{{ $several := gt (len .Alerts) 1 }}{{ range .Alerts }}',
    `{{ if $several }}${fact('Alert', `{{ .Annotations.${ANNOTATIONS.summary}${escape} }}`)}${lineEnd}{{ end }}`,
    ...facts,
    since,
    until,
    ...links,
    query,
    '{{ end }}',
  ].join('');
}

function timeOf(field: 'StartsAt' | 'EndsAt'): string {
  return `{{ .${field}.UTC.Format "2006-01-02 15:04:05" }} UTC`;
}

function emailBody(): string {
  const row = (title: string, value: string): string =>
    `<tr><th align="left" valign="top">${title}</th><td>${value}</td></tr>`;
  const rows = FACTS.map(
    ({ annotation, title }) =>
      `{{ with .Annotations.${annotation} }}${row(title, '{{ . }}')}{{ end }}`,
  );
  const links = LINKS.map(
    ({ title, annotation }) =>
      `{{ with .Annotations.${annotation} }}<p><a href="{{ . }}">${title}</a></p>{{ end }}`,
  );
  return [
    '<h2>{{ template "ninefold.title" . }}</h2>{{ range .Alerts }}<table>',
    ...rows,
    row('Since', timeOf('StartsAt')),
    `{{ if eq .Status "resolved" }}${row('Over since', timeOf('EndsAt'))}{{ end }}`,
    '</table>',
    ...links,
    '{{ with .GeneratorURL }}<p><a href="{{ . }}">Query</a></p>{{ end }}{{ end }}',
  ].join('');
}
