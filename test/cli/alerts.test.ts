import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { temporaryFolder } from '../services/started-servers.ts';
import { ninefold } from './ninefold.ts';

const CONFIGURATION = `
route:
  receiver: everybody
  group_by: [alertname, service]
  routes:
    - matchers: ['severity="page"']
      receiver: pager
      group_wait: 10s
      group_interval: 1m
    - matchers: ['severity="ticket"']
      receiver: tickets
      active_time_intervals: [office]
receivers:
  - name: everybody
    webhook_configs: [{ url: 'http://127.0.0.1:1/' }]
  - name: pager
    pagerduty_configs: [{ routing_key: '0123456789abcdef0123456789abcdef' }]
  - name: tickets
    webhook_configs: [{ url: 'http://127.0.0.1:1/' }]
inhibit_rules:
  - source_matchers: ['severity="page"']
    target_matchers: ['severity="ticket"']
    equal: [service]
time_intervals:
  - name: office
    time_intervals: [{ weekdays: ['monday:friday'], times: [{ start_time: '09:00', end_time: '17:00' }], location: Europe/Berlin }]
`;

let folder: string;
const file = (name: string, text: string): string => {
  const written = path.join(folder, name);
  writeFileSync(written, text);
  return written;
};
beforeAll(() => {
  folder = temporaryFolder('alerts');
});

const alerts = (...args: readonly string[]) => ninefold(['alerts', ...args]);

describe('ninefold alerts lint', () => {
  const DOUBTFUL = CONFIGURATION.replace('equal: [service]', 'name: everything');

  it('exits with 0 for a file that loads, whatever it says of it, and with 1 when it is strict', async () => {
    const config = file('doubtful.yml', DOUBTFUL);
    const told = await alerts('lint', config, '--json');
    expect(told.code).toBe(0);
    expect(JSON.parse(told.stdout)).toMatchObject({
      accepted: true,
      findings: [{ code: 'inhibition-without-equal', severity: 'warning', line: 21 }],
    });
    expect((await alerts('lint', config, '--strict')).code).toBe(1);
    const clean = await alerts('lint', file('am.yml', CONFIGURATION), '--strict');
    expect([clean.code, clean.stdout]).toEqual([
      0,
      expect.stringContaining('nothing to complain about'),
    ]);
  });

  it('exits with 1 for what the target refuses, and with 2 when there is nothing to read', async () => {
    const config = file('doubtful.yml', DOUBTFUL);
    const old = await alerts('lint', config, '--target', '0.25');
    expect(old.code).toBe(1);
    expect(old.stdout).toMatch(/doubtful\.yml:\d+:\d+: error: .*name/);
    expect((await alerts('lint', path.join(folder, 'none.yml'))).code).toBe(2);
  });

  it('looks into the template files that the configuration names', async () => {
    const config = file('templated.yml', `${CONFIGURATION}templates: ['*.tmpl', 'none/*.tmpl']\n`);
    file('broken.tmpl', '{{ define "a" }}{{ end }');
    const { stdout } = await alerts('lint', config, '--json');
    const { findings } = JSON.parse(stdout) as { findings: { code: string; message: string }[] };
    expect(findings.some(({ message }) => message.includes('broken.tmpl'))).toBe(true);
    expect(findings.some(({ message }) => message.includes('none/*.tmpl'))).toBe(true);
  });

  it('prints SARIF', async () => {
    const { stdout } = await alerts('lint', file('doubtful.yml', DOUBTFUL), '--sarif');
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: 'inhibition-without-equal' }] }],
    });
  });
});

describe('ninefold alerts route', () => {
  it('says where an alert goes, with keys, timers and what keeps it silent', async () => {
    const config = file('am.yml', CONFIGURATION);
    const firing = file(
      'firing.yaml',
      '- labels: { severity: page, service: shop }\n  startsAt: 2026-03-02T09:00:00Z\n',
    );
    const at = '2026-03-02T07:30:00Z';
    const early = await alerts(
      'route',
      config,
      '--label',
      'severity=ticket',
      'service=shop',
      '--at',
      at,
      '--json',
    );
    expect(early.code).toBe(EXIT_CODES.ok.code);
    expect(JSON.parse(early.stdout)).toMatchObject({
      receivers: ['tickets'],
      routes: [
        {
          receiver: 'tickets',
          groupKey: '{}/{severity="ticket"}:{service="shop"}',
          groupLabels: { service: 'shop' },
          muted: true,
          mutedBy: ['office'],
          inhibitedBy: [],
        },
      ],
    });
    const later = await alerts(
      'route',
      config,
      '--label',
      'severity=ticket',
      'service=shop',
      '--at',
      '2026-03-02T10:30[Europe/Berlin]',
      '--firing',
      firing,
    );
    expect(later.stdout).toMatch(/^tickets inhibited$/m);
    expect(later.stdout).toMatch(/inhibited {3}by .*"service":"shop".*rule 1/);
  });
});

describe('ninefold alerts notifications', () => {
  it('replays alerts under a virtual clock', async () => {
    const config = file('am.yml', CONFIGURATION);
    const list = file(
      'alerts.json',
      JSON.stringify([
        {
          labels: { alertname: 'A', severity: 'page', service: 'shop' },
          startsAt: '2026-03-02T10:00:00Z',
          endsAt: '2026-03-02T10:20:30Z',
        },
      ]),
    );
    const { code, stdout } = await alerts('notifications', config, '--alerts', list, '--json');
    expect(code).toBe(EXIT_CODES.ok.code);
    const { notifications } = JSON.parse(stdout) as {
      notifications: { at: string; receiver: string; status: string; reason: string }[];
    };
    expect(notifications.map(({ at, receiver, status }) => [at, receiver, status])).toEqual([
      ['2026-03-02T10:00:10.000Z', 'pager', 'firing'],
      ['2026-03-02T10:21:10.000Z', 'pager', 'resolved'],
    ]);
  });
});

describe('ninefold alerts test', () => {
  const TESTS = `
- name: a page reaches the pager
  labels: { severity: page }
  expect: { receivers: [pager], resolved: true }
- name: a ticket pages
  labels: { severity: ticket }
  expect: { receivers: [pager] }
`;
  it('exits with 1 when a test fails, says why, and writes JUnit', async () => {
    const config = file('am.yml', CONFIGURATION);
    const tests = file('shop.routes.yaml', TESTS);
    const junit = path.join(folder, 'junit.xml');
    const { code, stdout } = await alerts('test', config, tests, '--junit', junit);
    expect(code).toBe(EXIT_CODES.findings.code);
    expect(stdout).toContain('receivers: expected pager, got tickets');
    expect(stdout).toContain('1 passed, 1 failed.');
    const passing = file('passing.routes.yaml', TESTS.split('- name: a ticket')[0] ?? '');
    expect((await alerts('test', config, passing)).code).toBe(EXIT_CODES.ok.code);
  });

  it('names every mistake of a file of tests', async () => {
    const config = file('am.yml', CONFIGURATION);
    const tests = file(
      'wrong.routes.yaml',
      '- { name: a, labels: {}, expect: { receivers: [pager] } }\n- { name: b, labels: { a: b }, expct: {} }\n',
    );
    const { code, stderr } = await alerts('test', config, tests);
    expect(code).toBe(EXIT_CODES.badData.code);
    expect(stderr).toMatch(/\[0\]\.labels/);
    expect(stderr).toMatch(/expct/);
  });
});

describe('ninefold alerts diff', () => {
  it('tells what changes for whom, and which incidents stay open', async () => {
    const config = file('am.yml', CONFIGURATION);
    const next = file(
      'next.yml',
      CONFIGURATION.replace(`'severity="page"'`, `'severity=~"page|critical"'`),
    );
    const open = file(
      'open.json',
      '[{"labels":{"alertname":"A","severity":"page","service":"shop"},"startsAt":"2026-03-02T10:00:00Z"}]',
    );
    const { code, stdout } = await alerts('diff', config, next, '--alerts', open);
    expect(code).toBe(EXIT_CODES.findings.code);
    expect(stdout).toMatch(/left open.*pager \(pagerduty\)/);
    const same = await alerts('diff', config, config, '--json');
    expect(same.code).toBe(EXIT_CODES.ok.code);
    expect(JSON.parse(same.stdout)).toMatchObject({ changes: [], orphans: [] });
  });
});

describe('a configuration that Alertmanager would refuse', () => {
  it('is told with places and remedies, whatever was asked of it', async () => {
    const config = file('broken.yml', CONFIGURATION.replace('receiver: pager', 'receiver: pagr'));
    const { code, stderr } = await alerts('route', config, '--label', 'severity=page');
    expect(code).toBe(EXIT_CODES.badData.code);
    expect(stderr).toMatch(/broken\.yml:\d+:\d+: error: .*pagr/);
  });

  it('and files that are not there, labels that are none, unknown targets', async () => {
    const config = file('am.yml', CONFIGURATION);
    const codes = await Promise.all(
      [
        ['route', path.join(folder, 'none.yml'), '--label', 'a=b'],
        ['route', config, '--label', 'a'],
        ['route', config, '--label', 'a=b', '--at', 'tomorrow'],
        ['route', config, '--label', 'a=b', '--target', '0.1'],
      ].map(async (args) => (await alerts(...args)).code),
    );
    const { noInput, usage } = EXIT_CODES;
    expect(codes).toEqual([noInput.code, usage.code, usage.code, usage.code]);
  });
});
