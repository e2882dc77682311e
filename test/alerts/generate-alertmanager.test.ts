import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALERTMANAGER_TARGETS,
  type AlertmanagerTarget,
} from '../../alerts/alertmanager/capability.ts';
import { readAlertmanagerConfiguration } from '../../alerts/alertmanager/read-configuration.ts';
import { createRouteDecisions } from '../../alerts/alertmanager/route-decision.ts';
import type { AlertmanagerNote } from '../../alerts/alertmanager/tree.ts';
import { generateAlertmanager } from '../../alerts/generate-alertmanager.ts';
import { email } from '../../alerts/receivers/email.ts';
import { incidentio } from '../../alerts/receivers/incidentio.ts';
import { opsgenie } from '../../alerts/receivers/opsgenie.ts';
import { pagerduty } from '../../alerts/receivers/pagerduty.ts';
import { pushover } from '../../alerts/receivers/pushover.ts';
import type { ReceiverDefinition } from '../../alerts/receivers/receiver.ts';
import { telegram } from '../../alerts/receivers/telegram.ts';
import { webhook } from '../../alerts/receivers/webhook.ts';
import { fromEnvironment, fromFile } from '../../catalog/define-config.ts';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { defineService } from '../../slo/define-service.ts';
import { alertLabels, ALERTS } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { randomWorkspace } from './random-workspace.ts';
import { EVERY_KIND, routing, service, slo, team } from './team-workspace.ts';

const checkout = { name: 'checkout', team: 'shop', tier: 'critical' } as const;
const payments = { name: 'payments', team: 'shop' } as const;
const page = [pagerduty({ routingKey: fromEnvironment('PAGERDUTY_SHOP') })];
const ticket = [webhook({ url: 'https://bridge.example' })];

/** The configuration of one team, without what its receivers say. */
function routesOf(text: string): string {
  return text.slice(text.indexOf('route:'), text.indexOf('receivers:'));
}

function notesOf(receiver: ReceiverDefinition, target: AlertmanagerTarget): readonly string[] {
  const { notes } = generateAlertmanager({
    services: [service(checkout)],
    slos: [],
    teams: [team({ name: 'shop', page: [receiver], ticket })],
    target,
  });
  return notes.map(({ severity, message }: AlertmanagerNote) => `${severity}: ${message}`);
}

describe('the default tree', () => {
  it('needs a team and a service, and no route', () => {
    const { files, notes } = generateAlertmanager({
      services: [service(checkout)],
      slos: [slo(checkout)],
      teams: [team({ name: 'shop', page, ticket })],
      target: '0.34',
    });
    expect(files.map(({ path }) => path)).toEqual([
      'alertmanager.yml',
      'ninefold.tmpl',
      'tests/checkout.routes.yaml',
    ]);
    expect(routesOf(files[0]?.text ?? '')).toBe(
      `route:
  receiver: unowned
  group_by:
    - alertname
    - service
    - severity
    - slo
  group_wait: '1m'
  group_interval: '5m'
  repeat_interval: '1d'
  routes:
    - receiver: team-shop-ticket
      matchers:
        - 'team="shop"'
      routes:
        - receiver: team-shop-page
          matchers:
            - 'severity="page"'
          group_wait: '10s'
          group_interval: '1m'
          repeat_interval: '4h'
        - receiver: team-shop-ticket
          matchers:
            - 'severity="ticket"'
          group_wait: '1m'
          group_interval: '5m'
          repeat_interval: '1d'
`,
    );
    expect(notes).toEqual([
      {
        severity: 'info',
        about: 'team-shop-page',
        message:
          'Alertmanager reads no environment variables: it reads PAGERDUTY_SHOP from the file /etc/alertmanager/secrets/PAGERDUTY_SHOP.',
        remedy: `Put the secret there, or write fromFile('/path/of/the/secret').`,
      },
    ]);
  });

  it('inhibits the ticket under a page of the same SLO instance, what was declared, and nothing else', () => {
    const text = generateAlertmanager({
      services: [service(checkout), service(payments)],
      slos: [slo(checkout, { groupBy: ['region'] }), slo(payments)],
      teams: [team({ name: 'shop', page, ticket })],
      routing: routing({
        dependencies: [
          { service: defineService(checkout), needs: [defineService(payments)], equal: ['region'] },
        ],
      }),
      target: '0.34',
    }).files[0]?.text;
    expect(text?.slice(text.indexOf('inhibit_rules:'))).toBe(
      `inhibit_rules:
  - name: page-over-ticket-of-the-same-slo
    source_matchers:
      - 'alertname="ErrorBudgetBurn"'
      - 'severity="page"'
    target_matchers:
      - 'alertname="ErrorBudgetBurn"'
      - 'severity="ticket"'
    equal:
      - region
      - slo
  - name: what-checkout-needs
    source_matchers:
      - 'alertname="ErrorBudgetBurn"'
      - 'severity="page"'
      - 'service="payments"'
    target_matchers:
      - 'alertname="ErrorBudgetBurn"'
      - 'severity=~"page|ticket"'
      - 'service="checkout"'
    equal:
      - alertname
      - region
`,
    );
  });

  it('leaves the routes of pages as they are when maintenance of one service is added, so that no incident is orphaned', () => {
    const build = (maintenance: boolean): readonly string[] => {
      const { files } = generateAlertmanager({
        services: [service(checkout)],
        slos: [],
        teams: [team({ name: 'shop', page, ticket })],
        routing: routing({
          maintenance: maintenance
            ? [
                {
                  name: 'move',
                  during: { zone: 'UTC', dates: '2026-12-24' },
                  services: [defineService(checkout)],
                },
              ]
            : [],
        }),
        target: '0.34',
      });
      return (files[0]?.text ?? '').split('\n');
    };
    const added = build(true).filter((line) => line.includes('service="checkout"'));
    expect(added).toHaveLength(1);
    expect(build(true).filter((line) => line.includes('receiver: team-shop-page'))).toEqual(
      build(false).filter((line) => line.includes('receiver: team-shop-page')),
    );
  });

  it('gives a new SLO a key of its own and leaves the keys of all others as they are', () => {
    const inEurope = { ...checkout, labels: { region: 'eu' } };
    const keysOf = (slos: readonly Slo[]): readonly string[] => {
      const { files } = generateAlertmanager({
        services: [service(inEurope), service(payments)],
        slos,
        teams: [team({ name: 'shop', page, ticket })],
        target: '0.34',
      });
      const { configuration } = readAlertmanagerConfiguration(files[0]?.text ?? '');
      const decide = configuration && createRouteDecisions(configuration);
      return [slo(inEurope), slo(payments)].flatMap((each) =>
        SEVERITIES.map((severity) => {
          const labels = alertLabels(ALERTS.burn, each, {}, severity);
          return decide?.({ labels }).routes[0]?.groupKey ?? '';
        }),
      );
    };
    const before = keysOf([slo(inEurope), slo(payments)]);
    expect(new Set(before).size).toBe(4);
    expect(before[0]).toContain('region="eu"');
    const added = slo(payments, { name: 'latency', groupBy: ['region', 'tenant'] });
    expect(keysOf([slo(inEurope), slo(payments), added])).toEqual(before);
  });

  it('is the same bytes for the same workspace, in whatever order it comes', () => {
    fc.assert(
      fc.property(randomWorkspace, fc.constantFrom(...ALERTMANAGER_TARGETS), (each, target) => {
        const turned = {
          ...each,
          services: each.services.toReversed(),
          slos: each.slos.toReversed(),
          teams: each.teams.toReversed(),
        };
        expect(generateAlertmanager({ ...turned, target })).toEqual(
          generateAlertmanager({ ...each, target }),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('never holds a secret, only the path to it', () => {
    const { text = '' } =
      generateAlertmanager({
        services: [],
        slos: [],
        teams: [team({ name: 'shop', page: EVERY_KIND })],
        target: '0.34',
      }).files[0] ?? {};
    const secrets =
      /^\s+(?:- )?(?:routing_key|service_key|api_key|api_secret|token|token_id|bot_token|app_token|user_key|webhook_url|password|auth_password|credentials|alert_source_token): .*/gm;
    // VictorOps' routing key names a team and is no secret.
    expect(text.match(secrets)).toEqual(['        routing_key: shop']);
    expect(text.match(/_file: /g)?.length).toBeGreaterThan(20);
  });
});

describe('what a target lacks is told', () => {
  it('as an error when somebody is not told at all', () => {
    const bot = telegram({ botToken: fromFile('/run/secrets/telegram'), chatId: -1 });
    expect(notesOf(bot, '0.28')).toEqual([]);
    expect(notesOf(bot, '0.25')).toEqual([
      'error: Alertmanager 0.25 cannot read telegram.bot_token from a file: telegram is left out, and tells nobody.',
      'error: Nobody is left in the receiver team-shop-page: its alerts reach nobody.',
    ]);
    const incident = incidentio({ url: 'https://i.example', alertSourceToken: fromFile('/t') });
    expect(notesOf(incident, '0.28')[0]).toBe(
      'error: Alertmanager 0.28 has no incidentio: it is left out, and tells nobody.',
    );
    expect(notesOf(email({ to: 'a@example.com' }), '0.34')[0]).toContain('email lacks smarthost');
  });

  it('as a warning when only a setting is dropped', () => {
    const slow = pagerduty({ routingKey: fromFile('/k'), timeout: '30s' });
    expect(notesOf(slow, '0.31')).toEqual([]);
    expect(notesOf(slow, '0.28')).toEqual([
      'warning: Alertmanager 0.28 does not know pagerduty.timeout: it is left out.',
    ]);
  });

  it('as a warning when the file of a secret must not end with a line end', () => {
    const mail = email({
      to: 'a@example.com',
      from: 'b@example.com',
      smarthost: 'mail.example:587',
      password: fromFile('/p'),
    });
    expect(notesOf(mail, '0.28')).toEqual([]);
    expect(notesOf(mail, '0.25')).toEqual([
      'warning: Alertmanager 0.25 takes the file of email.auth_password as it is: with a line end in it, nothing would be delivered.',
    ]);
    const phone = pushover({ userKey: fromFile('/u'), token: fromFile('/t') });
    expect(notesOf(phone, '0.34').map((note) => note.slice(0, 65))).toEqual([
      'warning: Alertmanager 0.34 takes the file of pushover.user_key as',
      'warning: Alertmanager 0.34 takes the file of pushover.token as it',
    ]);
  });

  it('and so is what ends', () => {
    // oxlint-disable-next-line typescript/no-deprecated
    expect(notesOf(opsgenie({ apiKey: fromFile('/k') }), '0.34')).toEqual([
      'warning: Opsgenie ends on 2027-04-05; from then on it tells nobody.',
    ]);
  });

  it('and so are services whose team nobody defined, and teams that are defined twice', () => {
    const twice = team({ name: 'shop', page, ticket });
    const notes = (unowned: readonly ReceiverDefinition[]): readonly string[] =>
      generateAlertmanager({
        services: [service({ name: 'search', team: 'finders' })],
        slos: [],
        teams: [twice, twice],
        routing: routing({ unowned }),
        target: '0.34',
      })
        .notes.filter(({ severity }) => severity !== 'info')
        .map(({ severity, about }) => `${severity} ${about}`);
    expect(notes([])).toEqual(['error search', 'error shop']);
    expect(notes(ticket)).toEqual(['error shop', 'warning search']);
  });
});
