import { describe, expect, it } from 'vitest';
import { defineRunbook, type RunbookInput } from '../../runbooks/define-runbook.ts';
import { resolveRunbook } from '../../runbooks/resolve-runbook.ts';
import { defineSlo } from '../../slo/define-slo.ts';
import { prometheusRatio } from '../../slo/sli/prometheus-ratio.ts';
import { checkout } from './runbook-workspace.ts';

const slo = defineSlo({
  service: checkout,
  name: 'availability',
  objective: '99.9%',
  sli: prometheusRatio({ total: 'a_total', bad: 'b_total' }),
});
const shop = { kind: 'team', name: 'shop' } as const;
const base: RunbookInput = {
  name: 'orders',
  title: 'Orders fail',
  alerts: [{ slo }],
  firstFiveMinutes: [{ do: 'Look.' }],
  reviewed: '2026-11-22',
};

/** What is told of a runbook with these properties, whatever they hold. */
function told(more: Readonly<Record<string, unknown>>): readonly string[] {
  const { diagnostics } = resolveRunbook(defineRunbook({ ...base, ...more }), 'it');
  return diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
}

describe('a runbook', () => {
  it('is frozen plain data that survives JSON', () => {
    const definition = defineRunbook(base);
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
    expect(Object.isFrozen(definition.alerts)).toBe(true);
    expect(resolveRunbook(JSON.parse(JSON.stringify(definition))).diagnostics).toEqual([]);
  });

  it('is filled in with defaults', () => {
    expect(resolveRunbook(defineRunbook(base)).value).toEqual({
      kind: 'runbook',
      name: 'orders',
      title: 'Orders fail',
      alerts: [{ slo: 'checkout/availability', alert: 'ErrorBudgetBurn' }],
      symptoms: [],
      firstFiveMinutes: [{ do: 'Look.' }],
      decisions: [],
      verification: [],
      rollBack: [],
      escalation: [],
      dashboards: [],
      incidents: [],
      reviewed: '2026-11-22',
    });
  });

  it('keeps what it was given, incidents newest first, levels 15 minutes apart', () => {
    const { value, diagnostics } = resolveRunbook(
      defineRunbook({
        ...base,
        alerts: [
          { slo, severity: 'page' },
          { slo, alert: 'SliDataMissing' },
          { alert: 'DiskFull' },
        ],
        decisions: [
          { id: 'a', do: 'A?', promql: 'up', expect: '1', next: [{ when: 'yes', step: 'b' }] },
          { id: 'b', do: 'B?', next: [{ when: 'no', do: 'C.' }] },
        ],
        escalation: [{ to: shop }, { to: 'the head' }, { to: 'the board', after: '2h' }],
        incidents: [
          { date: '2025-02-01', title: 'Old' },
          { date: '2026-02-01', title: 'New', url: 'https://wiki.example/1/' },
        ],
        logs: '{app="checkout"} |= "error"',
        owner: shop,
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      alerts: [
        { slo: 'checkout/availability', alert: 'ErrorBudgetBurn', severity: 'page' },
        { slo: 'checkout/availability', alert: 'SliDataMissing' },
        { alert: 'DiskFull' },
      ],
      decisions: [{ run: { in: 'promql', text: 'up' }, next: [{ step: 'b' }] }, { id: 'b' }],
      escalation: [
        { to: 'shop', isTeam: true, afterSeconds: 0 },
        { to: 'the head', isTeam: false, afterSeconds: 900 },
        { afterSeconds: 7200 },
      ],
      incidents: [{ title: 'New', url: 'https://wiki.example/1' }, { title: 'Old' }],
      owner: 'shop',
    });
  });

  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['a name that is none', { name: 'Orders' }, ['error not-a-name it.name']],
    ['no alert', { alerts: [] }, ['error missing-field it.alerts']],
    ['an empty entry', { alerts: [{}] }, ['error missing-field it.alerts[0].alert']],
    [
      'an SLO by name',
      { alerts: [{ slo: 'checkout/availability' }] },
      ['error wrong-type it.alerts[0].slo'],
    ],
    [
      'an alert that is no name',
      { alerts: [{ alert: 'Disk full' }] },
      ['error unknown-alert it.alerts[0].alert'],
    ],
    [
      'an unknown severity',
      { alerts: [{ slo, severity: 'sms' }] },
      ['error unknown-value it.alerts[0].severity'],
    ],
    ['no first step', { firstFiveMinutes: [] }, ['error missing-field it.firstFiveMinutes']],
    [
      'a step without words',
      { firstFiveMinutes: [{ command: 'ls' }] },
      ['error missing-field it.firstFiveMinutes[0].do'],
    ],
    [
      'PromQL that does not parse',
      { verification: [{ do: 'a', promql: 'sum(' }] },
      ['error promql-syntax it.verification[0].promql'],
    ],
    ['LogQL that does not parse', { logs: '{app="a"' }, ['error logql-syntax it.logs']],
    [
      'two things to run',
      { rollBack: [{ do: 'a', command: 'ls', promql: 'up' }] },
      ['error unknown-field it.rollBack[0].promql'],
    ],
    [
      'a check by name',
      { rollBack: [{ do: 'a', check: 'checkout/home' }] },
      ['error wrong-type it.rollBack[0].check'],
    ],
    ['a day that no month has', { reviewed: '2026-02-30' }, ['error not-a-date it.reviewed']],
    [
      'a date without zeros',
      { incidents: [{ date: '2026-3-1', title: 'a' }] },
      ['error not-a-date it.incidents[0].date'],
    ],
    [
      'a decision without an outcome',
      { decisions: [{ id: 'a', do: 'A?', next: [] }] },
      ['error missing-field it.decisions[0].next'],
    ],
    [
      'an outcome that leads nowhere',
      { decisions: [{ id: 'a', do: 'A?', next: [{ when: 'x' }] }] },
      ['error missing-field it.decisions[0].next[0].step'],
    ],
    [
      'a step that is not there',
      { decisions: [{ id: 'a', do: 'A?', next: [{ when: 'x', step: 'b' }] }] },
      ['error unknown-step it.decisions[0].next[0].step'],
    ],
    [
      'an id twice',
      {
        decisions: [
          { id: 'a', do: 'A?', next: [{ when: 'x', do: 'b' }] },
          { id: 'a', do: 'B?', next: [{ when: 'x', do: 'b' }] },
        ],
      },
      ['error duplicate-name it.decisions[1].id'],
    ],
    [
      'a level before the one before',
      {
        escalation: [
          { to: 'a', after: '30m' },
          { to: 'b', after: '15m' },
        ],
      },
      ['error out-of-range it.escalation[1].after'],
    ],
    ['an owner by name', { owner: 'shop' }, ['error wrong-type it.owner']],
    ['a symptom that is no text', { symptoms: [7] }, ['error wrong-type it.symptoms[0]']],
    [
      'an address without a scheme',
      { dashboards: [{ title: 'a', url: 'b' }] },
      ['error not-a-url it.dashboards[0].url'],
    ],
    ['a misspelt property', { rollback: [] }, ['error unknown-field it.rollback']],
    [
      'too many steps',
      { rollBack: Array.from({ length: 51 }, () => ({ do: 'a' })) },
      ['error out-of-range it.rollBack'],
    ],
  ])('with %s is told so', (_, more, expected) => {
    expect(told(more)).toEqual(expected);
  });

  it('tells everything at once, and never throws', () => {
    expect(told({ name: 7, title: '', alerts: 'x', reviewed: null, symptoms: [''] }).length).toBe(
      5,
    );
    for (const each of [undefined, null, 7, 'x', [], { kind: 'runbook' }, { kind: 'slo' }])
      expect(resolveRunbook(each).value).toBeUndefined();
  });
});
