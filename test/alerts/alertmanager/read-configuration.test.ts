import { describe, expect, it } from 'vitest';
import { readAlertmanagerConfiguration } from '../../../alerts/alertmanager/read-configuration.ts';
import { FAULTY_FILES } from './faulty-files.ts';

describe('a file with a fault', () => {
  it.each(FAULTY_FILES.filter(({ code }) => code !== undefined))(
    'is refused with its place and a remedy: $name',
    ({ text, code, line }) => {
      const { configuration, findings } = readAlertmanagerConfiguration(text);
      expect(configuration).toBeUndefined();
      const finding = findings.find((each) => each.code === code);
      expect(finding, JSON.stringify(findings)).toBeDefined();
      expect(finding?.severity).toBe('error');
      expect(finding?.remedy).not.toBe('');
      expect(finding?.line).toBe(line ?? finding?.line);
    },
  );

  it('is told of all its faults at once', () => {
    const text = `route:
  receiver: nobody
  group_wait: soon
  routes:
    - {matchers: [a, 'b=~"("'], recevier: a}
receivers:
  - name: a
    webhook_configs: [{}]
    nonsense: 1
`;
    const { findings } = readAlertmanagerConfiguration(text);
    expect(findings.map(({ code, line, column }) => `${line}:${column} ${code}`)).toEqual([
      '2:13 undefined-receiver',
      '3:15 invalid-duration',
      '5:19 invalid-matcher',
      '5:22 invalid-matcher',
      '5:33 unknown-field',
      '8:23 missing-field',
      '9:5 unknown-field',
    ]);
    expect(findings[4]?.remedy).toBe('Did you mean receiver?');
  });

  it('is held to the target', () => {
    const text = 'route: {receiver: a}\nreceivers: [{name: a}]\ntracing: {endpoint: a}\n';
    expect(readAlertmanagerConfiguration(text).findings).toEqual([]);
    expect(readAlertmanagerConfiguration(text, '0.28').findings).toEqual([
      {
        code: 'unsupported-field',
        severity: 'error',
        message: 'Alertmanager 0.28 does not know tracing yet',
        line: 3,
        column: 1,
        value: 'tracing',
        remedy: 'Remove it, or run Alertmanager 0.31 or later.',
      },
    ]);
  });
});

describe('a file that is too much', () => {
  const rest = 'receivers: [{name: a}]\n';

  it.each([
    ['long', `# ${'x'.repeat(8_000_000)}\nroute: {receiver: a}\n${rest}`, 'yaml-syntax'],
    ['deep', `route: {receiver: a}\ntemplates: ${'['.repeat(5000)}\n`, 'yaml-syntax'],
    [
      'deeply indented',
      `a:\n${Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth + 1)}a:\n`).join('')}`,
      'yaml-syntax',
    ],
    [
      'full of aliases',
      `route: {receiver: a}\n${rest}x0: &x0 [${'a, '.repeat(50)}]\n`.replace('x0:', 'templates:') +
        Array.from(
          { length: 9 },
          (_, level) => `x${level + 1}: &x${level + 1} [${`*x${level}, `.repeat(10)}]\n`,
        ).join(''),
      'unknown-field',
    ],
    [
      'exploding',
      `receivers:\n  - name: a\n    pagerduty_configs:\n      - routing_key: a\n        details:\n          a0: &a0 {b: c}\n${Array.from({ length: 9 }, (_, level) => `          a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(10)}]\n`).join('')}`,
      'excessive-aliases',
    ],
  ])('is refused: %s', (_, text, code) => {
    const { configuration, findings } = readAlertmanagerConfiguration(text);
    expect(configuration).toBeUndefined();
    expect(findings.map((each) => each.code)).toContain(code);
  });
});

describe('a file without fault', () => {
  const text = `route:
  receiver: a
  group_by: [b, a]
  routes:
    - match: {z: "1"}
      matchers: ['{x="2", y=~"3|4"}', 'w!~"5"']
      group_wait: 1m30s
      mute_time_intervals: [t]
      continue: true
      labels: {owner: a}
      routes: [{group_by: ['...']}, {group_by: []}]
inhibit_rules:
  - {name: n, source_match: {a: b}, target_matchers: [c!="d"], equal: [e]}
mute_time_intervals:
  - name: t
    time_intervals:
      - times: [{start_time: '22:00', end_time: '24:00'}]
        weekdays: ['Monday:friday', sunday]
        days_of_month: ['-3:-1']
        months: [may, '6:august']
        years: ['2026']
        location: Europe/Berlin
      - ~
templates: [a/*.tmpl]
receivers:
  - name: a
    email_configs: [{to: x, smarthost: 'a:1', from: b, headers: {A: b}}]
    webhook_configs: [{url: 'http://a'}, {url: 'http://b', send_resolved: false, max_alerts: 0x10}]
`;

  it('becomes a configuration', () => {
    const { configuration, findings } = readAlertmanagerConfiguration(text);
    expect(findings).toEqual([]);
    const child = configuration?.route.routes[0];
    expect(configuration?.route).toMatchObject({
      receiver: 'a',
      groupBy: ['a', 'b'],
      continues: false,
    });
    expect(child?.matchers.map(({ name, operator, value }) => name + operator + value)).toEqual([
      'z=1',
      'x=2',
      'y=~3|4',
      'w!~5',
    ]);
    expect(child).toMatchObject({
      position: { line: 5, column: 7 },
      groupWaitMs: 90_000,
      muteTimeIntervals: ['t'],
      continues: true,
      labels: { owner: 'a' },
    });
    expect(child?.routes.map(({ groupBy }) => groupBy)).toEqual(['...', []]);
    expect(configuration?.inhibitRules).toMatchObject([
      { name: 'n', sourceMatchers: [{ name: 'a', operator: '=', value: 'b' }], equal: ['e'] },
    ]);
    expect(configuration?.timeIntervals[0]?.specs).toEqual([
      {
        times: [{ begin: 1320, end: 1440 }],
        weekdays: [
          { begin: 1, end: 5 },
          { begin: 0, end: 0 },
        ],
        daysOfMonth: [{ begin: -3, end: -1 }],
        months: [
          { begin: 5, end: 5 },
          { begin: 6, end: 8 },
        ],
        years: [{ begin: 2026, end: 2026 }],
        location: 'Europe/Berlin',
      },
      {
        times: undefined,
        weekdays: undefined,
        daysOfMonth: undefined,
        months: undefined,
        years: undefined,
        location: 'UTC',
      },
    ]);
    expect(configuration?.templates).toEqual(['a/*.tmpl']);
    expect(
      configuration?.receivers[0]?.integrations.map(({ kind, index, sendResolved, settings }) => [
        kind,
        index,
        sendResolved,
        settings,
      ]),
    ).toEqual([
      ['webhook', 0, true, { url: 'http://a' }],
      ['webhook', 1, false, { url: 'http://b', send_resolved: false, max_alerts: 16 }],
      ['email', 0, false, { to: 'x', smarthost: 'a:1', from: 'b', headers: { A: 'b' } }],
    ]);
  });

  it('groups by nothing only since an empty list means that', () => {
    const old = text.replace(/ {6}labels.*\n/, '').replace('name: n, ', '');
    const { configuration } = readAlertmanagerConfiguration(old, '0.25');
    expect(configuration?.route.routes[0]?.routes.map(({ groupBy }) => groupBy)).toEqual([
      '...',
      undefined,
    ]);
  });
});
