import { describe, expect, it } from 'vitest';
import { readAlertList, readFiringAlerts } from '../../../alerts/alertmanager/alert-list.ts';
import { readRouteTests } from '../../../alerts/alertmanager/route-test.ts';
import { junitSuite, runRouteTests } from '../../../alerts/alertmanager/route-tests.ts';
import { configuration } from './written-configuration.ts';

const paging = configuration({
  route: {
    receiver: 'tickets',
    routes: [
      { matchers: ['severity="page"'], receiver: 'pager', continues: true },
      { matchers: ['severity="page"'], receiver: 'chat', muteTimeIntervals: ['nights'] },
    ],
  },
  receivers: {
    pager: [['pagerduty', { routing_key: 'x' }]],
    chat: [['slack', {}, false]],
    tickets: [['opsgenie', {}, false]],
  },
  inhibitRules: [{ source: ['severity="page"'], target: ['severity="ticket"'], equal: ['slo'] }],
  timeIntervals: { nights: [{ times: [{ begin: 0, end: 360 }], location: 'Europe/Berlin' }] },
});

const page = { severity: 'page', slo: 'a' };
const ticket = { severity: 'ticket', slo: 'a' };

function results(tests: readonly object[]) {
  const read = readRouteTests({ tests });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return runRouteTests(paging, read.tests);
}

describe('route tests', () => {
  it('pass where all that they ask for holds', () => {
    const passed = results([
      {
        name: 'a page by night',
        labels: page,
        at: '2026-03-02T03:00[Europe/Berlin]',
        expect: { receivers: ['pager', 'chat'], muted: ['chat'], inhibited: false, resolved: true },
      },
      {
        name: 'a page by day',
        labels: page,
        at: '2026-03-02T12:00:00Z',
        expect: { receivers: ['pager', 'chat'], muted: false },
      },
      {
        name: 'a ticket beside its page',
        labels: ticket,
        firing: [page],
        expect: { receivers: ['tickets'], inhibited: true, resolved: false },
      },
    ]);
    expect(passed.map(({ passed, failures }) => ({ passed, failures }))).toEqual(
      passed.map(() => ({ passed: true, failures: [] })),
    );
  });

  it('fail with what was expected and what came', () => {
    const [failed] = results([
      {
        name: 'wrong in everything',
        labels: ticket,
        at: '2026-03-02T03:00[Europe/Berlin]',
        expect: { receivers: ['pager'], muted: true, inhibited: true, resolved: true },
      },
    ]);
    expect(failed).toMatchObject({
      passed: false,
      failures: [
        { about: 'receivers', expected: 'pager', actual: 'tickets' },
        { about: 'muted', expected: 'tickets', actual: 'nobody' },
        { about: 'inhibited', expected: 'yes', actual: 'no' },
        { about: 'resolved', expected: 'yes', actual: 'no' },
      ],
    });
    expect(junitSuite('a.routes.yaml', failed === undefined ? [] : [failed]).cases).toEqual([
      {
        name: 'wrong in everything',
        file: 'a.routes.yaml',
        failures: [
          'receivers: expected pager, got tickets',
          'muted: expected tickets, got nobody',
          'inhibited: expected yes, got no',
          'resolved: expected yes, got no',
          'route {} (line 1) → tickets',
        ],
      },
    ]);
  });
});

describe('a file of route tests', () => {
  const pathsOf = (data: unknown): string[] => {
    const read = readRouteTests(data);
    return 'problems' in read ? read.problems.map(({ path, code }) => `${path} ${code}`) : [];
  };

  it('may be a list, or tests by name', () => {
    const test = { name: 'x', labels: page, expect: { receivers: [] } };
    expect(readRouteTests([test])).toEqual(readRouteTests({ tests: [test] }));
    expect(pathsOf([test])).toEqual([]);
  });

  it('is told all its mistakes at once', () => {
    expect(
      pathsOf({
        tests: [
          { name: 'x', lables: page, expect: { receivers: 'pager', muted: 1 } },
          { name: 7, labels: { severity: 1 }, at: '2026-03-02', expect: {} },
          { name: 'y', labels: { a: '' }, firing: [{ a: 1 }, 'x'], expect: { receivers: [1] } },
          { name: 'z', labels: page, expect: { receivers: ['pager'], muted: true } },
          'test',
        ],
      }),
    ).toEqual([
      'tests[0].lables unknown-field',
      'tests[0].expect.receivers wrong-type',
      'tests[0].expect.muted wrong-type',
      'tests[1].name wrong-type',
      'tests[1].labels wrong-type',
      'tests[1].at wrong-type',
      'tests[1].expect.receivers missing-field',
      'tests[2].labels missing-field',
      'tests[2].firing[0] wrong-type',
      'tests[2].firing[1] wrong-type',
      'tests[2].expect.receivers wrong-type',
      'tests[3].at missing-field',
      'tests[4] wrong-type',
    ]);
  });

  it.each([[[]], [{ tests: [] }], [{}], [undefined], ['tests']])('is none: %j', (data) => {
    expect(pathsOf(data)).toHaveLength(1);
  });
});

describe('a list of alerts', () => {
  it('is read as Alertmanager prints it', () => {
    const printed = {
      labels: { alertname: 'A', empty: '' },
      annotations: { summary: 's' },
      startsAt: '2026-03-02T03:00:00.5Z',
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: 'x',
      status: { state: 'active' },
      receivers: [{ name: 'x' }],
      updatedAt: '2026-03-02T03:00:00Z',
      generatorURL: '',
    };
    expect(readAlertList([printed])).toEqual({
      alerts: [
        {
          labels: { alertname: 'A' },
          annotations: { summary: 's' },
          startsAtMs: Date.parse('2026-03-02T03:00:00.500Z'),
          endsAtMs: undefined,
        },
      ],
    });
  });

  it('is told all its mistakes at once', () => {
    const read = readAlertList([
      { labels: {}, startsAt: '2026-03-02T03:00:00Z' },
      { labels: page, startsAt: '2026-03-02T03:00:00Z', endsAt: '2026-03-02T02:00:00Z' },
      { labels: page, startsAt: 'yesterday' },
      { labels: page },
    ]);
    expect('problems' in read ? read.problems.map(({ path }) => path) : []).toEqual([
      '[0].labels',
      '[1].endsAt',
      '[2].startsAt',
      '[3].startsAt',
    ]);
  });

  it('has at most 100,000', () => {
    const read = readAlertList(Array.from({ length: 100_001 }, () => ({})));
    expect('problems' in read ? read.problems.length : 0).toBe(1);
  });
});

describe('alerts that fire beside another one', () => {
  it('may be labels, or alerts with or without times', () => {
    const startsAt = '2026-03-02T03:00:00Z';
    expect(readFiringAlerts([page, { labels: page }, { labels: page, startsAt }])).toEqual({
      alerts: [
        { labels: page, startsAtMs: undefined, endsAtMs: undefined },
        { labels: page, startsAtMs: undefined, endsAtMs: undefined },
        { labels: page, startsAtMs: Date.parse(startsAt), endsAtMs: undefined },
      ],
    });
    expect(readFiringAlerts([{ labels: 'x' }])).toMatchObject({
      alerts: [{ labels: { labels: 'x' } }],
    });
  });

  it('are told all their mistakes at once', () => {
    const read = readFiringAlerts([{}, { a: 1 }, { labels: page, startsAt: 'x' }, 'y']);
    expect('problems' in read ? read.problems.map(({ path }) => path) : []).toEqual([
      '[0]',
      '[1]',
      '[2].startsAt',
      '[3]',
    ]);
  });
});
