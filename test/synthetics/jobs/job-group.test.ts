// How checks become jobs: periods that cron can keep, groups of a period and a place, and what they need from outside.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contract, fromEnvironment, fromFile, heartbeat, http } from '../../../index.ts';
import type { Check } from '../../../synthetics/check.ts';
import { jobGroups, systemdUnits } from '../../../synthetics/index.ts';
import { cronSchedule, jobPeriod } from '../../../synthetics/jobs/job-period.ts';
import { withFilesIn } from '../../../synthetics/jobs/job-needs.ts';
import { checkOf } from '../run-probe.ts';

const probe = http({ url: 'http://shop.example/' });
const named = (name: string, more: Parameters<typeof checkOf>[1] = {}): Check =>
  checkOf(probe, { name, ...more });

const FOLDERS = { secrets: '/secrets', documents: '/documents', reports: '/reports' };
const atHand = (): boolean => true;

/** The minutes since midnight of a day's starts, by the five fields of a schedule that names no day. */
function startsOf(cron: string): number[] {
  const [minute = '', hour = ''] = cron.split(' ');
  const values = (field: string, count: number): number[] => {
    const all = Array.from({ length: count }, (_, value) => value);
    if (field === '*') return all;
    const [, from = '0', last = '0', step = '1'] = /^(\d+)-(\d+)\/(\d+)$/.exec(field) ?? [
      '',
      field,
      field,
      '1',
    ];
    return all.filter(
      (value) =>
        value >= Number(from) &&
        value <= Number(last) &&
        (value - Number(from)) % Number(step) === 0,
    );
  };
  return values(hour, 24).flatMap((h) => values(minute, 60).map((m) => 60 * h + m));
}

describe('the period of a job', () => {
  it('is never shorter than the check wants, and comes at equal distances over midnight', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400 }), fc.string(), (every, name) => {
        const period = jobPeriod(every);
        expect(period.seconds).toBeGreaterThanOrEqual(every);
        const starts = startsOf(cronSchedule(period, name));
        expect(starts).toHaveLength(86_400 / period.seconds);
        const next = [...starts.slice(1), (starts[0] ?? 0) + 1440];
        for (const [index, start] of starts.entries())
          expect((next[index] ?? 0) - start).toBe(period.seconds / 60);
      }),
    );
  });

  it('of a week names one day', () => {
    expect(cronSchedule(jobPeriod(604_800), 'x')).toMatch(/^\d+ \d+ \* \* [0-6]$/);
  });
});

describe('the groups of checks', () => {
  it('are one for each period and place', () => {
    const groups = jobGroups([
      named('a', { locations: ['eu', 'us'] }),
      named('b'),
      named('c', { every: '5m' }),
      named('d', { locations: ['eu'], every: '5m' }),
      named('e', { every: '45s' }),
    ]);
    expect(groups.map(({ name, checks }) => [name, checks.map((check) => check.name)])).toEqual([
      ['ninefold-probe-1m', ['b', 'e']],
      ['ninefold-probe-5m', ['c']],
      ['ninefold-probe-eu-1m', ['a']],
      ['ninefold-probe-eu-5m', ['d']],
      ['ninefold-probe-us-1m', ['a']],
    ]);
    expect(groups[0]?.rarer).toEqual(['shop/e']);
    expect(groups[0]?.checks.map(({ everySeconds }) => everySeconds)).toEqual([60, 60]);
  });

  it('end before the next begins, and say whose tries do not fit', () => {
    const [tight] = jobGroups([named('slow', { timeout: '55s' }), named('quick')]);
    expect(tight).toMatchObject({ deadlineSeconds: 54, cut: ['shop/slow'] });
    const [hourly] = jobGroups([named('hourly', { every: '1h', jitter: '50%' })]);
    expect(hourly).toMatchObject({ deadlineSeconds: 90, cut: [] });
    expect((hourly?.checks[0]?.jitter ?? 1) * 3600).toBeLessThanOrEqual(20);
  });

  it('have names that Kubernetes takes, also for places with long names', () => {
    const [one, other] = jobGroups([
      named('a', { locations: [`${'x'.repeat(62)}a`, `${'x'.repeat(62)}b`], every: '30m' }),
    ]);
    for (const group of [one, other]) expect(group?.name).toMatch(/^[a-z0-9-]{1,52}$/);
    expect(one?.name).not.toBe(other?.name);
  });
});

describe('what checks need from outside', () => {
  it('is found wherever it stands, and files are read where the job has them', () => {
    const check = checkOf(
      http({
        url: 'https://shop.example/',
        method: 'POST',
        auth: { bearer: fromFile('/run/secrets/token') },
        json: { password: fromEnvironment('SHOP_PASSWORD'), tls: { ca: 'of the user' } },
        tls: { ca: 'certs/ca.pem' },
      }),
    );
    const { checks, needs } = withFilesIn([check], FOLDERS, atHand);
    expect(needs.variables).toEqual(['SHOP_PASSWORD']);
    expect([...needs.secrets]).toEqual([['run.secrets.token', '/run/secrets/token']]);
    expect([...needs.documents]).toEqual([['certs.ca.pem', 'certs/ca.pem']]);
    const text = JSON.stringify(checks);
    expect(text).toContain('"/secrets/run.secrets.token"');
    expect(text).toContain('"/documents/certs.ca.pem"');
    expect(text).toContain('"of the user"');
    expect(text).not.toContain('/run/secrets');
  });

  it.each([
    { openapi: 'api/shop.yaml', operation: 'getOne' },
    { schema: 'api/shop.yaml#/$defs/One' },
  ] as const)('is also what an answer is held against: $openapi$schema', (document) => {
    const check = checkOf(contract({ url: 'https://shop.example/', ...document }));
    const { checks, needs } = withFilesIn([check], FOLDERS, atHand);
    expect([...needs.documents]).toEqual([['api.shop.yaml', 'api/shop.yaml']]);
    expect(JSON.stringify(checks)).toContain('"/documents/api.shop.yaml"');
  });

  it('is what another job writes, for a heartbeat', () => {
    const check = checkOf(heartbeat({ file: '/var/lib/backup/last', within: '25h' }));
    const { checks, needs } = withFilesIn([check], FOLDERS, atHand);
    expect([...needs.reports]).toEqual([['var.lib.backup.last', '/var/lib/backup/last']]);
    expect(JSON.stringify(checks[0]?.probe.settings)).toContain('/reports/var.lib.backup.last');
    expect(needs.documents.size + needs.secrets.size).toBe(0);
  });

  it('must be brought with the secrets when the text of a document is not at hand', () => {
    const check = checkOf(http({ url: 'https://shop.example/', tls: { ca: '/etc/ssl/own.pem' } }));
    const { needs } = withFilesIn([check], FOLDERS, () => false);
    expect([...needs.secrets]).toEqual([['etc.ssl.own.pem', '/etc/ssl/own.pem']]);
  });

  it('is kept apart when two paths differ in what a key cannot hold, and from the definitions', () => {
    const checks = ['a/b', 'a.b', 'probe.checks.json'].map((ca, index) =>
      checkOf(http({ url: 'https://shop.example/', tls: { ca } }), { name: `c${index}` }),
    );
    const { documents } = withFilesIn(checks, FOLDERS, atHand).needs;
    expect([...documents.values()].sort()).toEqual(['a.b', 'a/b', 'probe.checks.json']);
    expect([...documents.keys()]).not.toContain('probe.checks.json');
  });
});

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe.skipIf(!analyze)('the timers', () => {
  it.each(['1m', '5m', '1h', '6h', '1d', '7d'] as const)(
    'of %s are read by systemd, with the period that was meant',
    (every) => {
      const [group] = jobGroups([named('a', { every })]);
      if (group === undefined) throw new Error('no group');
      const { timer } = systemdUnits(group, {
        pushUrl: 'http://ninefold:9999',
        image: 'x',
        secret: 'x',
      });
      const calendar = /^OnCalendar=(.*)$/m.exec(timer)?.[1] ?? '';
      const { status, stdout } = spawnSync(
        'systemd-analyze',
        ['calendar', '--iterations=2', calendar],
        { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } },
      );
      expect(status).toBe(0);
      const moments = [...stdout.matchAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g)].map(([text]) =>
        Date.parse(`${text.replace(' ', 'T')}Z`),
      );
      const distances = moments.slice(1).map((at, index) => (at - (moments[index] ?? 0)) / 1000);
      expect(distances).toContain(group.periodSeconds);
    },
  );
});
