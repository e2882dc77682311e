import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTEGRATIONS } from '../../alerts/alertmanager/integrations.ts';
import { defineTeam } from '../../alerts/define-team.ts';
import { email } from '../../alerts/receivers/email.ts';
import { jira } from '../../alerts/receivers/jira.ts';
import { pagerduty } from '../../alerts/receivers/pagerduty.ts';
import { slack } from '../../alerts/receivers/slack.ts';
import { sns } from '../../alerts/receivers/sns.ts';
import { telegram } from '../../alerts/receivers/telegram.ts';
import { webhook } from '../../alerts/receivers/webhook.ts';
import { resolveTeam } from '../../alerts/resolve-team.ts';
import { fromEnvironment, fromFile } from '../../catalog/define-config.ts';
import type { Diagnostic } from '../../slo/diagnostic.ts';
import { EVERY_KIND, team } from './team-workspace.ts';

const page = [pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })];

/** What is told of a team that is written wrongly in one place. */
function told(changes: object): readonly Diagnostic[] {
  const definition = defineTeam({ name: 'shop', page, ...changes });
  return resolveTeam(definition, 'shop').diagnostics;
}

function codes(changes: object): readonly string[] {
  return told(changes).map(({ code, path }) => `${code} ${path}`);
}

describe('a team', () => {
  it('needs a name and somebody to page', () => {
    expect(team({ name: 'shop', page })).toMatchObject({
      kind: 'team',
      name: 'shop',
      ticket: [],
      tiers: {},
    });
    expect(codes({ name: 'Shop' })).toEqual(['not-a-name shop.name']);
    expect(codes({ page: [] })).toEqual(['missing-field shop.page']);
    expect(codes({ tiers: { critical: { page: [] } } })).toEqual([
      'missing-field shop.tiers.critical.page',
    ]);
    expect(resolveTeam({ kind: 'team' }, 'shop').diagnostics.map(({ path }) => path)).toEqual([
      'shop.name',
      'shop.page',
    ]);
    expect(resolveTeam('shop', 'it').diagnostics[0]?.message).toBe("'shop' is not a team.");
  });

  it('may have recipients of its own for a tier, and a mistake in them is found', () => {
    expect(codes({ tiers: { critcal: { page } } })).toEqual(['unknown-field shop.tiers.critcal']);
    expect(codes({ tiers: { low: { page, tickets: [] } } })).toEqual([
      'unknown-field shop.tiers.low.tickets',
    ]);
    expect(team({ name: 'shop', page, tiers: { low: { ticket: [] } } }).tiers).toEqual({
      low: { ticket: [] },
    });
  });

  it('is frozen plain data that survives JSON, as written and as resolved', () => {
    const definition = defineTeam({
      name: 'shop',
      page: EVERY_KIND,
      hours: { zone: 'UTC', days: 'monday' },
    });
    const { value, diagnostics } = resolveTeam(definition, 'shop');
    expect(diagnostics).toEqual([]);
    for (const each of [definition, value]) {
      expect(JSON.parse(JSON.stringify(each))).toEqual(each);
      expect(Object.isFrozen(each?.page[0])).toBe(true);
    }
    expect(resolveTeam(JSON.parse(JSON.stringify(definition)), 'shop').value).toEqual(value);
  });

  it('is read whatever it holds, without an exception', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (pages, tiers, hours) => {
        const { value, diagnostics } = resolveTeam({
          kind: 'team',
          name: 'shop',
          page: pages,
          tiers,
          hours,
        });
        expect(value !== undefined || diagnostics.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('receivers', () => {
  it('are of all kinds that Alertmanager has', () => {
    const kinds = new Set(EVERY_KIND.map(({ integration }) => integration));
    expect([...kinds].sort()).toEqual(Object.keys(INTEGRATIONS).sort());
    expect(kinds.size).toBe(18);
  });

  it('take secrets as references only, and never print one', () => {
    const secret = 'R0123456789abcdef0123456789abcde';
    const wrong = [
      secret,
      12_345,
      { kind: 'secret', environment: `${secret}!` },
      { kind: 'secret', file: secret },
      { kind: 'secret' },
      fromFile('pagerduty'),
      null,
    ];
    for (const routingKey of wrong) {
      const receiver = pagerduty({ routingKey } as never);
      const diagnostics = told({ page: [receiver] });
      expect(diagnostics.map(({ path }) => path)).toEqual([
        expect.stringMatching(/^shop\.page\[0\]\.routingKey(?:\.environment|\.file)?$/),
      ]);
      expect(diagnostics[0]?.remedy).toContain('fromFile(');
      expect(JSON.stringify([diagnostics, receiver])).not.toContain(secret);
    }
    expect(codes({ page: [pagerduty({ routingKey: fromEnvironment('KEY') })] })).toEqual([]);
  });

  it('are written by their functions', () => {
    expect(codes({ page: ['pagerduty'] })).toEqual(['wrong-type shop.page[0]']);
    expect(
      codes({ page: [{ kind: 'receiver', integration: 'pager', fields: {}, problems: [] }] }),
    ).toEqual(['wrong-type shop.page[0]']);
    expect(codes({ page: pagerduty })).toEqual(['wrong-type shop.page']);
  });

  it('say what is missing, misspelt or contradicts itself', () => {
    const receivers: readonly (readonly [unknown, string])[] = [
      [pagerduty({} as never), 'missing-field shop.page[0].routingKey'],
      [pagerduty({ routingkey: fromFile('/k') } as never), 'unknown-field shop.page[0].routingkey'],
      [
        pagerduty({ routingKey: fromFile('/k'), severity: 'high' } as never),
        'unknown-value shop.page[0].severity',
      ],
      [
        pagerduty({ routingKey: fromFile('/k'), timeout: '2h' }),
        'out-of-range shop.page[0].timeout',
      ],
      [slack({}), 'missing-field shop.page[0].webhookUrl'],
      [
        slack({ webhookUrl: fromFile('/a'), appToken: fromFile('/b') }),
        'missing-field shop.page[0].webhookUrl',
      ],
      [sns({}), 'missing-field shop.page[0].topicArn'],
      [sns({ topicArn: 'a', phoneNumber: '+49' }), 'missing-field shop.page[0].phoneNumber'],
      [webhook({ url: 'ftp://bridge.example' } as never), 'not-a-url shop.page[0].url'],
      [webhook({ url: 'https://b.example', maxAlerts: 0 }), 'out-of-range shop.page[0].maxAlerts'],
      [
        email({ to: 'a@example.com', smarthost: 'mail.example' }),
        'not-an-address shop.page[0].smarthost',
      ],
      [
        telegram({ botToken: fromFile('/t'), chatId: 'shop' } as never),
        'wrong-type shop.page[0].chatId',
      ],
      [
        jira({ apiUrl: 'https://j.example', project: 'A', issueType: 'B', labels: [1] } as never),
        'wrong-type shop.page[0].labels',
      ],
      [
        webhook({ url: 'https://b.example', http: { bearer: 'token' } } as never),
        'secret-in-text shop.page[0].http.bearer',
      ],
      [
        webhook({ url: 'https://b.example', http: { tls: { key: '/k' } } }),
        'missing-field shop.page[0].http.tls.certificate',
      ],
    ];
    for (const [receiver, expected] of receivers)
      expect(codes({ page: [receiver] })).toEqual([expected]);
  });

  it('always tell a pager that an alert is over', () => {
    const pagers = ['pagerduty', 'opsgenie', 'victorops', 'incidentio', 'jira'];
    const resolving = EVERY_KIND.filter(({ fields }) => fields['send_resolved'] === true);
    expect(resolving.map(({ integration }) => integration)).toEqual(expect.arrayContaining(pagers));
    const deaf = pagerduty({ routingKey: fromFile('/k'), sendResolved: false } as never);
    expect(codes({ page: [deaf] })).toEqual(['unknown-field shop.page[0].sendResolved']);
  });
});
