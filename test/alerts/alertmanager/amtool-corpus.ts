/** Configuration files that the reader and amtool must judge alike: valid ones that use every part, and ways to break them. */
import * as fc from 'fast-check';

/** What every supported version loads. */
const PORTABLE = `
global:
  resolve_timeout: 5m
  smtp_smarthost: 'mail.example.org:587'
  smtp_from: 'alerts@example.org'
  smtp_auth_username: alerts
  smtp_auth_password_file: /etc/secrets/smtp
  smtp_require_tls: true
  slack_api_url_file: /etc/secrets/slack
  opsgenie_api_key_file: /etc/secrets/opsgenie
  victorops_api_key: abc
  wechat_api_secret: abc
  wechat_api_corp_id: corp
  http_config:
    follow_redirects: true
    enable_http2: no
    tls_config: {min_version: TLS12, insecure_skip_verify: false}
templates:
  - '/nowhere/*.tmpl'
route:
  receiver: team
  group_by: ['alertname', cluster]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - receiver: pager
      matchers: [severity="critical", 'team=~"a|b"']
      continue: true
      active_time_intervals: [business]
      routes:
        - match: {service: shop}
          match_re:
            instance: web-.+
          group_by: [...]
          mute_time_intervals:
            - nights
            - weekends
    - matchers:
        - '{team!="x", region!~"eu.*"}'
      receiver: chats
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers:
      - severity=~"warning|info"
    equal: [alertname, cluster]
  - source_match: {severity: critical}
    target_match_re: {severity: 'warn.*'}
    equal: ['alertname']
time_intervals:
  - name: business
    time_intervals:
      - times:
          - start_time: '09:00'
            end_time: '17:00'
        weekdays: ['monday:friday']
        months: ['january:may', '7', 'august:12']
        years: [2026, '2027:2030']
        days_of_month: ['1:15', '-3:-1', '20:-1']
        location: Europe/Berlin
  - name: weekends
    time_intervals:
      - weekdays: [saturday, sunday]
mute_time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:30'}]
receivers:
  - name: team
    email_configs:
      - to: team@example.org
        send_resolved: true
        headers: {Subject: '{{ .CommonLabels.alertname }}', X-Prio: "1"}
        html: ''
        text: >-
          {{ range .Alerts }}
          {{ .Annotations.summary }}
          {{ end }}
        require_tls: false
        tls_config:
          ca_file: /etc/ca
  - name: pager
    pagerduty_configs:
      - routing_key_file: /etc/secrets/pagerduty
        severity: '{{ if .CommonLabels.severity }}{{ .CommonLabels.severity | toLower }}{{ else }}critical{{ end }}'
        details: {team: a, count: '{{ .Alerts.Firing | len }}'}
        images: [{src: https://example.org/a.png, alt: a}]
        links:
          - href: https://example.org/runbook
            text: runbook
        client_url: "https://example.org"
    opsgenie_configs:
      - responders:
          - {name: a, type: team}
          - {id: b, type: '{{ .CommonLabels.kind }}'}
        priority: P1
        update_alerts: true
    victorops_configs:
      - routing_key: a
        custom_fields: {a: b}
    pushover_configs:
      - user_key: a
        token: b
        retry: 1m
        expire: 1h
        html: false
  - name: chats
    slack_configs:
      - channel: '#alerts'
        fields:
          - title: a
            value: b
            short: true
        actions:
          - {type: button, text: Runbook, url: 'https://example.org'}
          - type: button
            text: Sure
            name: sure
            confirm: {text: "Really?"}
        short_fields: false
        http_config:
          basic_auth: {username: a, password: b}
    webhook_configs:
      - url: 'http://127.0.0.1:5001/?a=%20b#c'
        max_alerts: 10
        http_config:
          oauth2:
            client_id: a
            client_secret: b
            token_url: https://example.org/token
            scopes: [a, b]
            endpoint_params: {a: b}
    wechat_configs:
      - to_user: a
        message_type: markdown
    sns_configs:
      - topic_arn: 'arn:aws:sns:us-east-2:123456789012:My-Topic'
        sigv4: {region: us-east-2, access_key: a, secret_key: b}
        attributes: {a: b}
    telegram_configs:
      - bot_token: abc
        chat_id: -100123
        parse_mode: MarkdownV2
        api_url: https://telegram.example.org
    discord_configs:
      - webhook_url: https://discord.example.org/hook
        title: t
    webex_configs:
      - room_id: a
        http_config:
          authorization: {type: Bearer, credentials: abc}
`;

/** The same with what only 0.34 knows. */
const NEWEST = `
global:
  resolve_timeout: 1d12h
  jira_api_url: https://jira.example.org
  smtp_smarthost: '[::1]:25'
  smtp_from: a@example.org
  smtp_tls_config: {server_name: mail}
  smtp_force_implicit_tls: true
  slack_app_token_file: /etc/slack
  telegram_bot_token_file: /etc/telegram
  rocketchat_token: ''
  rocketchat_token_id_file: /etc/rocketchat
  mattermost_webhook_url: https://mattermost.example.org/hook
  http_config:
    proxy_from_environment: true
    http_headers: {X-Team: {values: [a], secrets: [b], files: [c]}}
tracing:
  endpoint: localhost:4317
  client_type: grpc
  sampling_fraction: 0.5
  headers: {a: {values: [b]}}
  timeout: 10s
event_recorder:
  file_outputs: [{path: /var/log/events}]
  stdout_outputs: [{}]
  kafka_outputs:
    - {brokers: ['kafka:9092'], topic: events, acks: all, compression: zstd, format: protobuf}
  webhook_outputs:
    - url: https://events.example.org
      batch: true
      batch_max_events: 10
      batch_flush_interval: 5s
      workers: 2
route:
  receiver: all
  group_by: ['日本', a.b]
  labels: {owner: '{{ .CommonLabels.team }}'}
  routes:
    - matchers: ['"a b"="c d"', 日本="x", 'foo=bar\\d', '{a="b",}']
    - matchers: []
      group_by: []
inhibit_rules:
  - name: pages
    source_matchers: [a=b]
    target_matchers: [a=c]
    equal: ['日本']
receivers:
  - name: all
    labels: {tier: gold, name: all}
    webhook_configs:
      - url: 'https://example.org/{{ .CommonLabels.team }}'
        timeout: 10s
        payload: {a: ['{{ .Status }}', 1, true, ~], b: {c: "{{ len .Alerts }}"}}
      - url_file: /etc/url
        timeout: 5
    email_configs:
      - to: a@example.org
        threading: {enabled: true, thread_by_date: daily}
        auth_secret_file: /etc/secret
    pagerduty_configs:
      - routing_key: abc
        timeout: 1.5s
        details: {a: {b: [1, 2]}, '3': 4, 5: x}
    slack_configs:
      - channel: a
        message_text: b
        app_url: https://slack.example.org
    incidentio_configs:
      - url: https://incident.example.org
        alert_source_token_file: /etc/incidentio
    jira_configs:
      - project: A
        issue_type: Bug
        summary: s
        description: {template: t, enable_update: false}
        labels: ['{{ .Status }}']
        reopen_duration: 1w
        fields: {customfield_1: {value: a}, 2: [b]}
        api_type: cloud
    rocketchat_configs:
      - channel: a
        fields: [{title: a, value: b, short: true}]
        actions: [{type: button, text: t, url: u, iswebview: true}]
    mattermost_configs:
      - channel: a
        attachments: [{fields: [{title: a, value: b}]}]
        priority: {priority: urgent, requested_ack: true}
        props: {card: c}
    msteams_configs: [{webhook_url_file: /etc/msteams}]
    msteamsv2_configs: [{webhook_url: https://teams.example.org}]
    telegram_configs:
      - chat_id_file: /etc/chat
        message_thread_id: 3
    pushover_configs:
      - {user_key_file: /a, token_file: /b, ttl: 1h, device: d, monospace: true}
    discord_configs:
      - webhook_url_file: /etc/discord
        http_config: {authorization: {credentials_file: /a}, proxy_url: 'http://proxy', no_proxy: a}
    sns_configs: [{target_arn: a, use_aws_http_client: true}]
`;

/** Anchors, aliases, merge keys, several styles of the same. */
const STYLES = `%YAML 1.1
---
route: &root
  receiver: a
  "group_wait": !!str 1m
  routes:
  - &child {receiver: a, matchers: [a="b"]}
  - <<: *child
    receiver: 'b'
  - <<: [*child, {continue: yes}]
    matchers:
    - |-
      c="d"
    - >
      e="f"
receivers:
- name: a # comment
- name: b
  webhook_configs:
  -
    url: "http://a\\
      b/"
    send_resolved: off
...
`;

/** Valid files of a version. */
export const SEEDS: Readonly<Record<'0.25' | '0.34', readonly string[]>> = {
  '0.25': [PORTABLE, STYLES],
  '0.34': [PORTABLE, STYLES, NEWEST],
};

/** Values that some field or other will not take. */
const VALUES = [
  '',
  'null',
  '~',
  'Null',
  '""',
  '0',
  '-1',
  '1.5',
  '1e3',
  '0x1F',
  '0o17',
  '017',
  '1_000',
  '99999999999999999999',
  '.inf',
  'yes',
  'Off',
  'y',
  '"true"',
  '"null"',
  "'~'",
  '2026-01-01',
  '[]',
  '{}',
  '[a, b]',
  '[null]',
  '{a: b}',
  '{a: b, a: c}',
  '[[a]]',
  '!!int "3"',
  '!!str 3',
  '!!float 3',
  '!!null x',
  '!!binary YQ==',
  '!!binary "?"',
  '!custom x',
  '*nobody',
  '&x y',
  '30s',
  '5m30',
  '1h1d',
  '1d1h',
  '0s',
  '-5m',
  '1.5h',
  '300y',
  'http://',
  'http://[::1]:80/',
  'http://a b/',
  'http://a:port/',
  'ftp://example.org',
  '//example.org',
  'http://a%zz/',
  'http://user:p@ss@host/',
  'HTTP://EXAMPLE.ORG',
  'http://a:1:2',
  '<secret>',
  '{{ .Status',
  "'{{ .Status'",
  "'http://a/{{ .Status | toLower }}'",
  '\'http://a/{{ .Status | printf "%s" }}\'',
  '\'{{ template "x" . }}\'',
  'localhost',
  'localhost:',
  ':25',
  'a:b:c',
  'TLS14',
  'Europe/berlin',
  'Mars/Olympus',
  'Local',
  'UTC',
  "'22:00'",
  "'24:00'",
  "'9:00'",
  "'24:01'",
  "'friday:monday'",
  'Monday:FRIDAY',
  'mon',
  "'november:february'",
  "'13'",
  "'5:2'",
  "'-1:5'",
  "'1:-31'",
  "'0'",
  "'1:2:3'",
  'a="b"',
  "'a=\"b'",
  "'a=b,c=~d'",
  '\'a=~"("\'',
  '\'a=~"(?=x)"\'',
  '\'a=~"[[:alpha:]]+"\'',
  '\'a=~"a)(b"\'',
  '\'a=~"\\\\d{1001}"\'',
  '\'"a b"="c"\'',
  "'a.b=c'",
  "'{a=b'",
  "'a=b}'",
  "'a='",
  "'=b'",
  "'a==b'",
  '\'a="\\\\x41"\'',
  '\'a="\\\\q"\'',
  "'a='' b'",
  'a b',
  '日本',
  '...',
  '[..., a]',
  '[a, a]',
  '[""]',
  'all',
  'pager',
  'nobody',
  'a@example.org',
];

const KEYS = [
  'receiver',
  'name',
  'matchers',
  'match',
  'continue',
  'routes',
  'group_by',
  'send_resolved',
  'url',
  'url_file',
  'api_url',
  'api_key',
  'app_token',
  'update_message',
  'http_config',
  'proxy_url',
  'no_proxy',
  'bearer_token',
  'authorization',
  'labels',
  'timeout',
  'nonsense',
  'location',
  'ca',
  'webhook_url',
  'bot_token',
  'token',
  'monospace',
  'slack_api_url',
  'slack_app_token',
];

/** One line's value, key or place is changed, or a character somewhere. */
function mutate(text: string, kind: number, where: number, what: number): string {
  const lines = text.split('\n');
  const at = where % lines.length;
  const line = lines[at] ?? '';
  const value = VALUES[what % VALUES.length] ?? '';
  const key = KEYS[what % KEYS.length] ?? '';
  const indent = /^[ -]*/.exec(line)?.[0] ?? '';
  switch (kind) {
    case 0:
    case 1:
    case 2:
      lines[at] = line.includes(': ')
        ? line.replace(/: .*$/, () => `: ${value}`)
        : `${indent}${value}`;
      break;
    case 3:
      // A value inside brackets.
      lines[at] = line.replace(
        /([[{,:] ?)[^[\]{},]+(?=[\]},])/,
        (_, before: string) => before + value,
      );
      break;
    case 4:
      lines.splice(at, 1);
      break;
    case 5:
      lines.splice(at, 0, line);
      break;
    case 6:
      lines[at] = line.replace(/[\w-]+(?=:)/, () => key);
      break;
    case 7:
      lines.splice(at, 0, `${indent.replace('-', ' ')}${key}: ${value}`);
      break;
    case 8:
      lines[at] = what % 2 === 0 ? ` ${line}` : line.replace(/^ /, '');
      break;
    case 9:
      lines.splice(at, 0, ...lines.splice((at + what) % lines.length, 1));
      break;
    default: {
      const place = where % Math.max(text.length, 1);
      const character = '\n\t :-"\'{}[],#&*!|>%@?\\x\r~'.charAt(what % 24);
      return text.slice(0, place) + character + text.slice(place + (what % 3));
    }
  }
  return lines.join('\n');
}

/** A valid file of the version with one or two things changed. */
export const mutatedFile = (version: '0.25' | '0.34'): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...SEEDS[version]),
      fc.array(fc.tuple(fc.nat(12), fc.nat(1_000_000), fc.nat(1_000_000)), {
        minLength: 1,
        maxLength: 2,
      }),
    )
    .map(([seed, changes]) =>
      changes.reduce((text, [kind, where, what]) => mutate(text, kind, where, what), seed),
    );
