import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineRouting } from '../../alerts/define-routing.ts';
import { defineTeam } from '../../alerts/define-team.ts';
import { webhook } from '../../alerts/receivers/webhook.ts';
import { resolveRouting } from '../../alerts/resolve-routing.ts';
import { DEFAULT_ROUTING } from '../../alerts/routing.ts';
import { fromEnvironment } from '../../catalog/define-config.ts';
import { defineService } from '../../slo/define-service.ts';
import type { Diagnostic } from '../../slo/diagnostic.ts';
import { routing } from './team-workspace.ts';

const receiver = webhook({ url: 'https://bridge.example' });
const [checkout, payments, ledger] = ['checkout', 'payments', 'ledger'].map((name) =>
  defineService({ name, team: 'shop' }),
) as [
  ReturnType<typeof defineService>,
  ReturnType<typeof defineService>,
  ReturnType<typeof defineService>,
];
const during = { zone: 'UTC', days: 'sunday' } as const;

function told(input: object): readonly Diagnostic[] {
  return resolveRouting(defineRouting(input), 'routing').diagnostics;
}

function codes(input: object): readonly string[] {
  return told(input).map(({ code, path }) => `${code} ${path}`);
}

describe('routing', () => {
  it('needs nothing, and is then the default', () => {
    expect(routing({})).toEqual(DEFAULT_ROUTING);
  });

  it('takes timers that agree with each other, the rest by default', () => {
    expect(routing({ timers: { page: { groupWait: '0s', repeatInterval: '1h' } } }).timers).toEqual(
      {
        page: { groupWait: 0, groupInterval: 60, repeatInterval: 3600 },
        ticket: DEFAULT_ROUTING.timers.ticket,
      },
    );
    expect(codes({ timers: { page: { groupInterval: '5s', groupWait: '0s' } } })).toEqual([
      'out-of-range routing.timers.page.groupInterval',
    ]);
    expect(codes({ timers: { page: { groupWait: '2m' } } })).toEqual([
      'out-of-range routing.timers.page.groupWait',
    ]);
    expect(codes({ timers: { ticket: { repeatInterval: '6d' } } })).toEqual([
      'out-of-range routing.timers.ticket.repeatInterval',
    ]);
    const [odd] = told({ timers: { page: { groupInterval: '7m', repeatInterval: '1h' } } });
    expect(odd?.remedy).toBe("Write '1h3m'.");
  });

  it('keeps maintenance from muting pages unless told to', () => {
    const { maintenance } = routing({
      maintenance: [
        { name: 'patch-night', during },
        {
          name: 'move',
          during,
          mutes: ['ticket', 'page'],
          services: [checkout, payments],
          teams: [defineTeam({ name: 'shop', page: [receiver] })],
        },
      ],
    });
    expect(maintenance).toMatchObject([
      { name: 'patch-night', mutes: ['ticket'] },
      {
        name: 'move',
        mutes: ['page', 'ticket'],
        services: ['checkout', 'payments'],
        teams: ['shop'],
      },
    ]);
    expect(
      codes({
        maintenance: [
          { name: 'a', during },
          { name: 'a', during },
        ],
      }),
    ).toEqual(['duplicate-name routing.maintenance[1].name']);
    expect(codes({ maintenance: [{ name: 'a', during, services: ['checkout'] }] })).toEqual([
      'wrong-type routing.maintenance[0].services[0]',
    ]);
    expect(codes({ maintenance: [{ name: 'a', during, services: [] }] })).toEqual([
      'missing-field routing.maintenance[0].services',
    ]);
    expect(codes({ maintenance: [{ name: 'a', during, mutes: ['pages'] }] })).toEqual([
      'unknown-value routing.maintenance[0].mutes',
    ]);
    expect(codes({ maintenance: [{ name: 'a', during, mutes: [] }] })).toEqual([
      'missing-field routing.maintenance[0].mutes',
    ]);
  });

  it('refuses services that need each other in a circle, naming the way round', () => {
    const needs = (service: typeof checkout, ...others: (typeof checkout)[]): object => ({
      service,
      needs: others,
    });
    expect(
      codes({ dependencies: [needs(checkout, payments, ledger), needs(payments, ledger)] }),
    ).toEqual([]);
    const [circle] = told({
      dependencies: [needs(checkout, payments), needs(payments, ledger), needs(ledger, checkout)],
    });
    expect(circle?.message).toContain('ledger needs checkout needs payments needs ledger');
    expect(told({ dependencies: [needs(checkout, checkout)] })[0]?.message).toContain(
      'checkout needs checkout',
    );
    expect(
      codes({ dependencies: [{ ...needs(checkout, payments), equal: ['region', 'slo'] }] }),
    ).toEqual(['not-a-label routing.dependencies[0].equal']);
  });

  it('finds secrets of the environment in a folder that is absolute', () => {
    expect(routing({ secretsFolder: '/run/secrets/' }).secretsFolder).toBe('/run/secrets');
    expect(codes({ secretsFolder: 'secrets' })).toEqual(['unknown-value routing.secretsFolder']);
    const smtp = { smarthost: 'mail.example:587', from: 'a@example.com' };
    expect(
      routing({ smtp: { ...smtp, user: 'a', password: fromEnvironment('SMTP') } }).smtp,
    ).toMatchObject(smtp);
    expect(codes({ smtp: { ...smtp, password: 'hunter2' } })).toEqual([
      'secret-in-text routing.smtp.password',
    ]);
  });

  it('is read whatever it holds, without an exception', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.anything(),
        fc.anything(),
        (maintenance, dependencies, timers) => {
          const { value, diagnostics } = resolveRouting({
            kind: 'routing',
            maintenance,
            dependencies,
            timers,
            unowned: maintenance,
            smtp: timers,
          });
          expect(value !== undefined || diagnostics.length > 0).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    expect(told({ unowned: [receiver, 'x'] }).map(({ path }) => path)).toEqual([
      'routing.unowned[1]',
    ]);
  });
});
