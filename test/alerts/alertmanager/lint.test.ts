import { describe, expect, it } from 'vitest';
import { lintAlertmanager } from '../../../alerts/alertmanager/lint.ts';
import type { LintOptions } from '../../../alerts/alertmanager/lint.ts';

/** `code line` of each finding. */
const found = (text: string, options?: LintOptions): string[] =>
  lintAlertmanager(text, options).findings.map(({ code, line }) => `${code} ${line}`);

const CLEAN = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - matchers: [severity="page", team="a"]
      receiver: pager
    - matchers: [severity="page"]
      receiver: other-pager
      continue: true
    - matchers: [severity=~"page|ticket"]
      receiver: chat
      mute_time_intervals: [nights]
inhibit_rules:
  - source_matchers: [severity="page"]
    target_matchers: [severity="ticket"]
    equal: [service]
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: '22:00', end_time: '24:00'}]
        location: Europe/Berlin
receivers:
  - name: team
    email_configs: [{to: a@example.org, from: b@example.org, smarthost: 'mail:25', html: '{{ template "email.default.html" . }}'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /a}]
  - name: other-pager
    pagerduty_configs: [{routing_key_file: /b}]
  - name: chat
    slack_configs: [{api_url_file: /c, title: '{{ .Status | toUpper }}'}]
`;

/** A file around some routes, with a receiver that tells somebody and one that pages. */
const tree = (routes: string, more = ''): string => `route:
  receiver: chat
  routes:
${routes}
receivers:
  - name: chat
    webhook_configs: [{url: 'http://chat.example.org'}]
  - name: a
    pagerduty_configs: [{routing_key_file: /a}]
  - name: b
    opsgenie_configs: [{api_key_file: /b}]
${more}`;

const USE_ALL = `    - {matchers: [use="a"], receiver: a}
    - {matchers: [use="b"], receiver: b}`;

/** Findings of a tree but for what every such tree says. */
const foundInTree = (routes: string, more?: string): string[] =>
  found(tree(`${routes}\n${USE_ALL}`, more)).filter((each) => !each.startsWith('ending-service'));

describe('a clean file', () => {
  it.each(['0.25', '0.28', '0.31', '0.34'] as const)(
    'is nothing to talk about for %s',
    (target) => {
      expect(lintAlertmanager(CLEAN, { target })).toEqual({ accepted: true, findings: [] });
    },
  );
});

describe('routes that no alert reaches', () => {
  it('are named with the route that takes their alerts', () => {
    const text = tree(
      `    - {matchers: [team=~"a|b"]}\n    - {matchers: [team="a", severity="page"]}\n${USE_ALL}`,
    );
    const finding = lintAlertmanager(text).findings.find(
      ({ code }) => code === 'unreachable-route',
    );
    expect(finding).toMatchObject({ line: 5, column: 7, severity: 'warning' });
    expect(finding?.message).toContain('{team=~"a|b"} in line 4');
  });

  it.each([
    ['behind a route without matchers', '    - {group_by: [a]}\n    - {matchers: [team="a"]}'],
    ['behind the same route', '    - {matchers: [team="a"]}\n    - {matchers: [team="a"]}'],
    [
      'behind the same pattern',
      '    - {matchers: [team=~"a.+"]}\n    - {matchers: [team=~"a.+", x="y"]}',
    ],
    [
      'behind a pattern that takes their value',
      '    - {matchers: [team=~"a.+"]}\n    - {matchers: [team="ab"]}',
    ],
    ['behind what they are not', '    - {matchers: [team!="a"]}\n    - {matchers: [team="b"]}'],
    ['behind a negated list', '    - {matchers: [team!~"a|b"]}\n    - {matchers: [team="c"]}'],
    ['behind every value', '    - {matchers: [team=~".+"]}\n    - {matchers: [team!=""]}'],
  ])('%s', (_, routes) => {
    expect(foundInTree(routes)).toContain('unreachable-route 5');
  });

  it('are found behind several routes that share the work', () => {
    expect(
      foundInTree(
        '    - {matchers: [team="a"]}\n    - {matchers: [team!="a"]}\n    - {matchers: [x="y"]}',
      ),
    ).toContain('unreachable-route 6');
  });

  it('are found where the matchers of parents and children contradict one another', () => {
    expect(
      foundInTree('    - matchers: [team="a"]\n      routes:\n        - {matchers: [team=~"b|c"]}'),
    ).toContain('contradictory-matchers 6');
  });

  it.each([
    [
      'a route that continues',
      '    - {matchers: [team="a"], continue: true}\n    - {matchers: [team="a"]}',
    ],
    [
      'a pattern that takes other values',
      '    - {matchers: [team=~"a.+"]}\n    - {matchers: [team=~"b.+"]}',
    ],
    ['a wider list', '    - {matchers: [team=~"a|b"]}\n    - {matchers: [team=~"a|b|c"]}'],
    ['an absent label', '    - {matchers: [team=~".+"]}\n    - {matchers: [team!="a"]}'],
    [
      'an escaped dot',
      String.raw`    - {matchers: ['team=~"a\\.b"']}` + '\n    - {matchers: [team="axb"]}',
    ],
    [
      'two routes that leave something',
      '    - {matchers: [team="a"]}\n    - {matchers: [team!~"a|b"]}\n    - {matchers: [x="y"]}',
    ],
  ])('are not seen behind %s', (_, routes) => {
    expect(
      foundInTree(routes).filter((each) => /(?:unreachable|contradictory).* [45]$/.test(each)),
    ).toEqual([]);
  });
});

describe('each other kind of defect is found in a file made for it', () => {
  /** The code, a text on the line where it is found, routes, and what follows the receivers. */
  const DEFECTS: [code: string, at: string, routes: string, more?: string][] = [
    ['unused-receiver', 'name: zed', '', '  - name: zed\n    webhook_configs: [{url: http://c}]\n'],
    [
      'unused-time-interval',
      'name: t',
      '',
      'time_intervals:\n  - {name: t, time_intervals: [{years: ["2026"]}]}\n',
    ],
    ['group-wait-too-long', 'group_wait', '    - {matchers: [a="b"], group_wait: 10m}'],
    [
      'group-interval-too-short',
      'group_interval',
      '    - {matchers: [a="b"], group_interval: 5s, group_wait: 1s, repeat_interval: 1h}',
    ],
    ['repeat-below-group-interval', 'repeat', '    - {matchers: [a="b"], repeat_interval: 1m}'],
    ['repeat-rounded-up', 'repeat', '    - {matchers: [a="b"], repeat_interval: 12m}'],
    ['repeat-beyond-retention', 'repeat', '    - {matchers: [a="b"], repeat_interval: 6d}'],
    [
      'self-inhibition',
      'source_m',
      '',
      'inhibit_rules:\n  - {source_matchers: [a="b"], target_matchers: [a=~"b|c"], equal: [x]}\n',
    ],
    [
      'inhibition-without-equal',
      'source_m',
      '',
      'inhibit_rules:\n  - {source_matchers: [a="b"], target_matchers: [a="c"]}\n',
    ],
    [
      'inhibition-without-matchers',
      'target_m',
      '',
      'inhibit_rules:\n  - {target_matchers: [a="c"], equal: [x]}\n',
    ],
    ['deprecated-field', 'match:', '    - {match: {a: b}}'],
    ['unheard-alerts', 'receiver: c}', '    - {matchers: [a="b"], receiver: c}', '  - name: c\n'],
    [
      'doubled-pages',
      'c="d"',
      '    - {matchers: [a="b", use=""], receiver: a, continue: true}\n    - {matchers: [c="d"], receiver: b}',
    ],
    ['null-entry', 'inhibit', '', 'inhibit_rules: [~]\n'],
    ['ignored-document', '---', '', '---\nroute: nonsense\n'],
    ['ambiguous-matcher', 'a=~', String.raw`    - {matchers: ['a=~"x\d"']}`],
  ];

  it.each(DEFECTS)('%s', (code, at, routes, more = '') => {
    const text = tree(routes === '' ? USE_ALL : `${routes}\n${USE_ALL}`, more);
    const line = text.split('\n').findIndex((each) => each.includes(at)) + 1;
    expect(found(text).filter((each) => each.startsWith(code))).toEqual([`${code} ${line}`]);
  });

  it('of zones and months', () => {
    const more = `time_intervals:
  - name: t
    time_intervals:
      - location: Local
        months: ['13']
  - name: u
`;
    const routes = `    - {matchers: [a="b"], mute_time_intervals: [t, u]}`;
    const codes = foundInTree(routes, more).map((each) => each.split(' ')[0]);
    expect(codes).toEqual(
      expect.arrayContaining(['local-zone', 'month-out-of-range', 'empty-time-interval']),
    );
  });

  it('of services that end', () => {
    expect(found(tree(USE_ALL))).toEqual(['ending-service 12']);
  });

  it('of pages whose end is not told, and of receivers that page twice', () => {
    const more = `  - name: c
    pagerduty_configs:
      - {routing_key_file: /c, send_resolved: false}
      - {routing_key_file: /d}
`;
    const codes = foundInTree('    - {matchers: [a="b"], receiver: c}', more).map(
      (each) => each.split(' ')[0],
    );
    expect(codes).toEqual(['unresolved-pages', 'doubled-pages']);
  });
});

describe('templates', () => {
  const templated = (text: string, globs = '[]'): string =>
    `route: {receiver: a}\ntemplates: ${globs}\nreceivers:\n  - name: a\n    webhook_configs:\n      - {url: 'http://a', max_alerts: 1}\n    slack_configs:\n      - {api_url_file: /a, title: '${text}'}\n`;

  it.each([
    '{{ .Status',
    '{{ if .Status }}',
    '{{ end }}',
    '{{ .Status | nonsense }}',
    '{{ $x }}',
    '{{ range .Alerts }}{{ else if .x }}{{ end }}',
    '{{ "a" | "b" }}',
    '{{ template }}',
    '{{ break }}',
    '{{/* unclosed }}',
    '{{ (.a }}',
    '{{ .a b.c-d }}',
  ])('that cannot be rendered are found: %s', (text) => {
    expect(found(templated(text))).toEqual(['invalid-template 8']);
  });

  it.each([
    '{{ .Status }}',
    '{{- range $i, $a := .Alerts -}}{{ $i }}{{ continue }}{{ else }}{{ $.Status }}{{- end }}',
    '{{ with $x := .CommonLabels }}{{ $x.a }}{{ else with .b }}{{ end }}',
    '{{ define "x" }}y{{ end }}{{ template "x" . }}',
    '{{/* said */}}{{ printf "%.2f" 1.5e3 | len }}',
    '{{ (index .Alerts 0).Labels.a | reReplaceAll `a` "b" }}',
    '{{ template "slack.default.title" . }}',
    'no template }} at all',
  ])('that can be rendered are not: %s', (text) => {
    expect(found(templated(text))).toEqual([]);
  });

  it('are held to the functions and templates of the target', () => {
    const text = templated('{{ .Alerts | toJson }}{{ template "mattermost.default.text" . }}');
    expect(found(text)).toEqual([]);
    expect(found(text, { target: '0.28' })).toEqual(['invalid-template 8']);
    expect(found(templated('{{ template "jira.default.summary" . }}'), { target: '0.25' })).toEqual(
      ['undefined-template 8'],
    );
  });

  it('are not judged by name while nobody knows the files', () => {
    expect(found(templated('{{ template "mine" . }}', '[a/*.tmpl]'))).toEqual([]);
  });

  it('are held to what the files define', () => {
    const text = templated('{{ template "mine" . }}', '[a/*.tmpl, b/*.tmpl]');
    const templates = new Map([
      ['a/*.tmpl', [{ path: 'a/x.tmpl', text: '{{ define "mine" }}x{{ end }}' }]],
      ['b/*.tmpl', []],
    ]);
    expect(found(text, { templates })).toEqual(['empty-template-glob 2']);
    const broken = new Map([
      ['a/*.tmpl', [{ path: 'a/x.tmpl', text: 'a\n{{ define "mine" }}x' }]],
      ['b/*.tmpl', [{ path: 'b/x.tmpl', text: '' }]],
    ]);
    const lint = lintAlertmanager(text, { templates: broken });
    expect(lint.accepted).toBe(false);
    expect(lint.findings.map(({ code }) => code)).toContain('invalid-template-file');
    expect(lint.findings[0]?.message).toContain('line 2');
  });
});

describe('secrets', () => {
  it('are in no finding', () => {
    const text = tree(
      `    - {matchers: [a="b"], receiver: c}\n${USE_ALL}`,
      `  - name: c
    webhook_configs: [{url: 's3cret://x'}, {url: 'http://s3cret:{{'}]
    pagerduty_configs: [{routing_key: ['s3cret']}, {routing_key: 's3cret {{', service_key: s3cret, service_key_file: x}]
    slack_configs: [{api_url: 's3cret'}]
`,
    );
    const { accepted, findings } = lintAlertmanager(text);
    expect(accepted).toBe(false);
    expect(findings.length).toBeGreaterThan(3);
    expect(JSON.stringify(findings)).not.toContain('s3cret');
  });
});
