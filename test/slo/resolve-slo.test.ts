// An SLO as written becomes an SLO as computed, or tells everything that is wrong with it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calendar,
  defineService,
  defineSlo,
  ingestEvents,
  prometheusGauge,
  prometheusRatio,
  timeSlices,
} from '../../index.ts';
import { DIAGNOSTIC_CODES } from '../../slo/diagnostic.ts';
import { resolveService } from '../../slo/resolve-service.ts';
import { resolveSlo } from '../../slo/resolve-slo.ts';

const service = defineService({ name: 'checkout', team: 'shop' });
const sli = prometheusRatio({ total: 'a', bad: 'b' });
const minimal = { service, name: 'availability', objective: '99.9%', sli } as const;

/** Resolves a definition as JavaScript may write it. */
function resolve(changes: Readonly<Record<string, unknown>>): ReturnType<typeof resolveSlo> {
  const input: unknown = { ...minimal, ...changes };
  return resolveSlo(defineSlo(input as typeof minimal), 'it');
}

function told(changes: Readonly<Record<string, unknown>>): string[] {
  return resolve(changes).diagnostics.map((each) => `${each.severity} ${each.code} ${each.path}`);
}

describe('defaults', () => {
  it('are a window of 30 days, every event, the four pairs of the Workbook and no labels', () => {
    const { value, diagnostics } = resolve({});
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      id: 'checkout/availability',
      window: { kind: 'rolling', seconds: 2_592_000 },
      method: { kind: 'occurrences' },
      labels: {},
      burnPolicy: { evidenceGate: true, keepFiring: { page: 1800, ticket: 0 } },
    });
    expect(
      value?.burnPolicy.conditions.map((each) => each.burnRate.num / each.burnRate.den),
    ).toEqual([14.4, 6, 3, 1]);
    expect(value).not.toHaveProperty('groupBy');
  });

  it('of a service are the tier standard, no labels and no links', () => {
    expect(resolveService(service).value).toEqual({
      kind: 'service',
      name: 'checkout',
      team: 'shop',
      tier: 'standard',
      labels: {},
      links: {},
    });
  });
});

describe('what is written', () => {
  it('is taken over in full', () => {
    const { value, diagnostics } = resolve({
      description: 'Orders that go through.',
      objective: '99.5%',
      window: calendar('quarter', 'Europe/Berlin'),
      method: timeSlices({ slice: '30s', maxBadRatio: '2.5%', emptySlice: 'bad' }),
      groupBy: { labels: ['region', 'country'], limit: 20 },
      burnPolicy: {
        conditions: [{ longWindow: '2h', shortWindow: '10m', burnRate: '7.2', severity: 'page' }],
        evidenceGate: false,
        keepFiring: { page: '0s', ticket: '1h' },
      },
      runbookUrl: 'https://wiki.example/checkout/',
      dashboardUrl: 'http://grafana.example/d/1',
      labels: { environment: 'production' },
    });
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      description: 'Orders that go through.',
      objective: { text: '99.5%', budget: { num: 1, den: 200 } },
      window: { kind: 'calendar', unit: 'quarter', zone: 'Europe/Berlin' },
      method: {
        kind: 'time-slices',
        sliceSeconds: 30,
        maxBadRatio: { num: 1, den: 40 },
        emptySlice: 'bad',
      },
      groupBy: { labels: ['country', 'region'], limit: 20 },
      burnPolicy: {
        conditions: [
          { longWindow: 7200, shortWindow: 600, burnRate: { num: 36, den: 5 }, severity: 'page' },
        ],
        evidenceGate: false,
        keepFiring: { page: 0, ticket: 3600 },
      },
      runbookUrl: 'https://wiki.example/checkout',
      dashboardUrl: 'http://grafana.example/d/1',
      labels: { environment: 'production' },
    });
  });

  it.each(['1h', '7d', '28d', '4w', '90d', '366d'])('takes a rolling window of %s', (window) => {
    expect(told({ window })).toEqual([]);
  });

  it('makes a gauge an SLO of time slices of its own length', () => {
    const gauge = prometheusGauge({ expression: 'up', goodWhen: '== 1', slice: '30s' });
    expect(resolve({ sli: gauge, objective: '99%' }).value?.method).toEqual({
      kind: 'time-slices',
      sliceSeconds: 30,
      maxBadRatio: { num: 0, den: 1 },
      emptySlice: 'ignore',
    });
    const other = timeSlices({ slice: '1m', maxBadRatio: '0%' });
    expect(told({ sli: gauge, method: other, objective: '99%' })).toEqual([
      'error slice-length it.method.slice',
    ]);
  });

  it('survives a JSON round trip before it is resolved, and means the same', () => {
    const definition = defineSlo({
      ...minimal,
      groupBy: ['route'],
      window: calendar('month', 'UTC'),
    });
    const again: unknown = JSON.parse(JSON.stringify(definition));
    expect(again).toEqual(definition);
    expect(resolveSlo(again)).toEqual(resolveSlo(definition));
  });

  it('is frozen to the bottom, and is a copy', () => {
    const labels = { region: 'eu' };
    const definition = defineSlo({ ...minimal, labels });
    labels.region = 'us';
    expect(definition.labels).toEqual({ region: 'eu' });
    expect(Object.isFrozen(definition.labels)).toBe(true);
    expect(Object.isFrozen(definition.service)).toBe(true);
    expect(Object.isFrozen(resolveSlo(definition).value?.burnPolicy.conditions[0])).toBe(true);
  });
});

describe('burn rates', () => {
  const condition = { longWindow: '1h', shortWindow: '5m', burnRate: '14.4', severity: 'page' };
  const policy = (changes: object): Readonly<Record<string, unknown>> => ({
    burnPolicy: { conditions: [{ ...condition, ...changes }] },
  });

  it('that need as many errors as there are events, or more, are refused with the highest that can be exceeded', () => {
    expect(told({ objective: '90%', ...policy({ burnRate: '9.99' }) })).toEqual([]);
    for (const burnRate of ['10', '14.4'])
      expect(told({ objective: '90%', ...policy({ burnRate }) })).toEqual([
        'error unreachable-burn-rate it.burnPolicy.conditions[0].burnRate',
      ]);
    const [diagnostic] = resolve({ objective: '90%', ...policy({}) }).diagnostics;
    expect(diagnostic?.remedy).toContain('below 10');
    expect(diagnostic?.message).toContain('144%');
  });

  it('of the default policy that cannot be exceeded are left out, and said to be', () => {
    const { value, diagnostics } = resolve({ objective: '90%' });
    expect(value?.burnPolicy.conditions.map((each) => each.longWindow)).toEqual([
      21_600, 86_400, 259_200,
    ]);
    expect(diagnostics.map((each) => `${each.severity} ${each.code}`)).toEqual([
      'warning unreachable-burn-rate',
    ]);
  });

  it('of which none can be exceeded are an error', () => {
    const none = { objective: '80%', window: '1d' };
    expect(told(none)).toEqual([
      'error unreachable-burn-rate it.objective',
      'error unreachable-burn-rate it.objective',
    ]);
    expect(told({ ...none, objective: '85%' })).toEqual([
      'warning unreachable-burn-rate it.objective',
    ]);
  });

  it.each([
    [
      'a short window as long as the long one',
      { shortWindow: '1h' },
      'short-window-not-shorter',
      'shortWindow',
    ],
    [
      'a long window as long as the compliance window',
      { longWindow: '30d' },
      'long-window-not-shorter',
      'longWindow',
    ],
    ['a burn rate of zero', { burnRate: '0' }, 'burn-rate-not-positive', 'burnRate'],
    ['a negative burn rate', { burnRate: '-1' }, 'burn-rate-not-positive', 'burnRate'],
    ['a burn rate as a number', { burnRate: 14.4 }, 'wrong-type', 'burnRate'],
    ['an unknown severity', { severity: 'pager' }, 'unknown-value', 'severity'],
    ['a window in words', { longWindow: 'an hour' }, 'not-a-duration', 'longWindow'],
  ])('refuse %s', (_, changes, code, property) => {
    expect(told(policy(changes))).toEqual([
      `error ${code} it.burnPolicy.conditions[0].${property}`,
    ]);
  });

  it('need at least one condition', () => {
    expect(told({ burnPolicy: { conditions: [] } })).toEqual([
      'error no-conditions it.burnPolicy.conditions',
    ]);
  });
});

describe('time slices', () => {
  // Slices of a minute that one page pair of the Workbook's four needs: theory, 99 % 9, 99.5 % 5, 99.9 % and 99.99 % 1.
  it.each([
    ['99%', '1m', false],
    ['99.5%', '1m', false],
    ['99.9%', '1m', true],
    ['99.9%', '30s', false],
    ['99.99%', '1m', true],
  ])('at %s of %s pages on one bad slice: %s', (objective, slice, warned) => {
    const method = timeSlices({ slice: slice as '1m', maxBadRatio: '5%' });
    expect(told({ objective, method })).toEqual(
      warned ? ['warning slice-burns-at-once it.method'] : [],
    );
  });

  it.each(['5s', '7s', '7m', '2d', 'x'])('refuse a slice of %s', (slice) => {
    expect(told({ method: timeSlices({ slice: slice as '1m', maxBadRatio: '5%' }) })).toEqual([
      'error slice-length it.method.slice',
    ]);
  });
});

describe('mistakes', () => {
  const events = ingestEvents({
    stream: 'orders',
    fields: { country: 'string', ok: 'boolean' },
    good: (event) => event.ok.equals(true),
  });
  it.each([
    ['an objective as a float', { objective: 0.999 }, ['error wrong-type it.objective']],
    ['an objective above 100%', { objective: '101%' }, ['error not-an-objective it.objective']],
    ['an objective of 100%', { objective: '100%' }, ['error not-an-objective it.objective']],
    ['an objective without %', { objective: '99.9' }, ['error not-an-objective it.objective']],
    [
      'an objective of ten digits',
      { objective: '99.99999999%' },
      ['error not-an-objective it.objective'],
    ],
    ['a name in capitals', { name: 'Availability' }, ['error not-a-name it.name']],
    ['no name', { name: undefined }, ['error missing-field it.name']],
    ['a name for a service', { service: 'checkout' }, ['error wrong-type it.service']],
    ['an SLO for a service', { service: { kind: 'slo' } }, ['error wrong-type it.service']],
    ['a query for an SLI', { sli: 'a / b' }, ['error wrong-type it.sli']],
    [
      'an SLI of no known form',
      { sli: { kind: 'x', connection: 'default', form: { form: 'x' }, written: {}, problems: [] } },
      ['error wrong-type it.sli'],
    ],
    ['a minute for a window', { window: '1m' }, ['error window-too-short it.window']],
    ['two years for a window', { window: '730d' }, ['error window-too-long it.window']],
    ['months for a window', { window: '1M' }, ['error not-a-duration it.window']],
    [
      'a zone that is none',
      { window: calendar('month', 'Europe/Berlim') },
      ['error not-a-zone it.window.zone'],
    ],
    [
      'an offset for a zone',
      { window: calendar('month', '+01:00') },
      ['error not-a-zone it.window.zone'],
    ],
    [
      'a decade for a unit',
      { window: { kind: 'calendar', unit: 'decade', zone: 'UTC' } },
      ['error unknown-value it.window.unit'],
    ],
    [
      'a reserved label',
      { labels: { severity: 'page' } },
      ['error not-a-label it.labels.severity'],
    ],
    ['a label with a dash', { labels: { 'a-b': 'c' } }, ['error not-a-label it.labels["a-b"]']],
    ['a label value that is a number', { labels: { a: 1 } }, ['error wrong-type it.labels.a']],
    ['grouping by nothing', { groupBy: [] }, ['error group-limit it.groupBy']],
    [
      'grouping without end',
      { groupBy: { labels: ['a'], limit: 10_001 } },
      ['error group-limit it.groupBy.limit'],
    ],
    ['grouping by a reserved label', { groupBy: ['service'] }, ['error not-a-label it.groupBy[0]']],
    [
      'grouping by an undeclared field',
      { sli: events, groupBy: ['contry'] },
      ['error unknown-event-field it.groupBy[0]'],
    ],
    [
      'a label both fixed and grouped by',
      { labels: { a: 'b' }, groupBy: ['a'] },
      ['error duplicate-label it.groupBy[0]'],
    ],
    [
      'a runbook that is no address',
      { runbookUrl: 'wiki/checkout' },
      ['error not-a-url it.runbookUrl'],
    ],
    [
      'an address with a password',
      { runbookUrl: 'https://me:secret@wiki.example' },
      ['error not-a-url it.runbookUrl'],
    ],
    ['a misspelt property', { objetive: '99%' }, ['error unknown-field it.objetive']],
    ['a method in words', { method: 'slices' }, ['error wrong-type it.method']],
    ['no list of problems', { sli: { form: {} } }, ['error wrong-type it.sli']],
  ])('tell of %s', (_, changes, expected) => {
    expect(told(changes)).toEqual(expected);
    expect(resolve(changes).value).toBeUndefined();
  });

  it('are all told at once, a misspelt property with the name that was meant', () => {
    const { diagnostics } = resolveSlo(
      defineSlo({
        service: { kind: 'service', name: 'Check Out', team: '' },
        nam: 'a',
        objective: '99,9%',
        window: '1x',
        sli: prometheusRatio({ total: '', bad: 'b' }),
        groupBy: ['slo'],
        labels: { __a: 'b' },
        burnPolicy: { conditions: [] },
      } as never),
    );
    expect(diagnostics.map((each) => `${each.code} ${each.path}`)).toEqual([
      'unknown-field nam',
      'not-a-name service.name',
      'not-a-name service.team',
      'not-an-objective objective',
      'not-a-duration window',
      'out-of-range sli.total',
      'no-conditions burnPolicy.conditions',
      'not-a-label labels.__a',
      'not-a-label groupBy[0]',
    ]);
    expect(diagnostics[0]?.message).toContain("Did you mean 'name'?");
  });

  it('never print a password', () => {
    const { diagnostics } = resolve({ runbookUrl: 'ftp://me:hunter2@wiki.example' });
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});

it('takes anything at all without throwing, and says what to write for each mistake', () => {
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    fc.record(
      {
        service: fc.anything(),
        name: fc.oneof(fc.string(), fc.anything()),
        objective: fc.oneof(fc.string(), fc.float()),
        window: fc.oneof(fc.string(), fc.anything()),
        sli: fc.oneof(fc.constant(sli), fc.anything()),
        method: fc.anything(),
        groupBy: fc.anything(),
        burnPolicy: fc.oneof(fc.record({ conditions: fc.array(fc.anything()) }), fc.anything()),
        labels: fc.dictionary(fc.string(), fc.anything()),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(anything, (input) => {
      const definition = defineSlo(input as never);
      expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
      const { value, diagnostics } = resolveSlo(definition, 'it');
      expect(value === undefined || resolveSlo(definition, 'it').value !== undefined).toBe(true);
      expect(value !== undefined || diagnostics.length > 0).toBe(true);
      for (const each of diagnostics) {
        expect(Object.hasOwn(DIAGNOSTIC_CODES, each.code)).toBe(true);
        expect(each.path.startsWith('it')).toBe(true);
        expect(each.value.length).toBeLessThanOrEqual(200);
        expect(each.message).not.toBe('');
        expect(each.remedy).not.toBe('');
      }
    }),
    { numRuns: 300, endOnFailure: true },
  );
});
