import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pagerduty } from '../../../alerts/receivers/pagerduty.ts';
import { slack } from '../../../alerts/receivers/slack.ts';
import { webhook } from '../../../alerts/receivers/webhook.ts';
import { generateAlertmanager } from '../../../alerts/generate-alertmanager.ts';
import { fromEnvironment, fromFile } from '../../../catalog/define-config.ts';
import type { Severity } from '../../../slo/burn-policy.ts';
import type { UrlText } from '../../../slo/define-service.ts';
import { alertLabels, ALERTS, ANNOTATIONS } from '../../../slo/names.ts';
import {
  type AlertmanagerVersion,
  type RunningAlertmanager,
  startAlertmanager,
} from '../../services/alertmanager.ts';
import type { ServiceName } from '../../services/service-names.ts';
import { describeWithService, temporaryFolder } from '../../services/services.ts';
import {
  startWebhookSink,
  type WebhookPost,
  type WebhookSink,
} from '../../services/webhook-sink.ts';
import { routing, service, slo, team } from '../team-workspace.ts';

const versions: readonly [AlertmanagerVersion, ServiceName][] = [
  ['0.25', 'alertmanager-0.25'],
  ['0.34', 'alertmanager'],
];

const checkout = { name: 'checkout', team: 'shop', tier: 'critical' } as const;
const search = { name: 'search', team: 'finders' } as const;
const availability = slo(checkout, {
  groupBy: ['region'],
  runbookUrl: 'https://wiki.example/checkout-availability',
  dashboardUrl: 'https://grafana.example/d/checkout',
});
const ROUTING_KEY = '0123456789abcdef0123456789abcdef';

interface PagerdutyEvent {
  readonly routing_key: string;
  readonly event_action: string;
  readonly dedup_key: string;
  readonly client: string;
  readonly client_url: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly component: string;
    readonly group: string;
    readonly class: string;
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
}

for (const [version, need] of versions) {
  describeWithService([need], `a page through Alertmanager ${version}`, () => {
    let sink: WebhookSink;
    let alertmanager: RunningAlertmanager;
    beforeAll(async () => {
      sink = await startWebhookSink();
      alertmanager = await startWith(version, sink);
    });
    afterAll(async () => {
      await sink.stop();
    });

    const to = (path: string) => (post: WebhookPost) => post.path === path;
    const pageOf = (action: string, region: string) => (post: WebhookPost) =>
      post.path === '/pagerduty' &&
      (post.body as PagerdutyEvent).event_action === action &&
      (post.body as PagerdutyEvent).payload.summary.includes(region);

    it('becomes one PagerDuty event for each SLO instance, and its end the same one’s resolve', async () => {
      await post(alertmanager, [burn('page', 'eu'), burn('page', 'us')]);
      const eu = (await sink.waitFor(pageOf('trigger', 'eu'))).body as PagerdutyEvent;
      const us = (await sink.waitFor(pageOf('trigger', 'us'))).body as PagerdutyEvent;
      expect(eu).toMatchObject({
        routing_key: ROUTING_KEY,
        client: 'Ninefold',
        client_url: 'https://grafana.example/d/checkout',
        payload: {
          summary: 'checkout/availability in eu burns its error budget at 20×, 63 % left',
          severity: 'critical',
          source: 'checkout',
          component: 'checkout',
          group: 'shop',
          class: 'ErrorBudgetBurn',
        },
        links: [
          { href: 'https://wiki.example/checkout-availability', text: 'Runbook: what to do first' },
          { href: 'https://grafana.example/d/checkout', text: 'Dashboard' },
          { href: 'http://127.0.0.1:9090/graph?g0.expr=1&g0.tab=1', text: 'Query' },
        ],
      });
      // Beside ours stand Alertmanager’s own details, whose shape differs by version.
      expect(eu.payload.custom_details).toMatchObject({
        fired_by: '1h/5m above 14.4×',
        budget_remaining: '63 %',
        evidence: '200 of 10,000 events bad in 1h',
        // With a space that is none to YAML, as which newer Alertmanagers read a detail.
        description: '99.9% of orders in 30d:\u00A0200 of 10,000 were bad\u00A0# in eu',
      });
      expect(eu.dedup_key).toBe(dedupKey('eu'));
      expect(us.dedup_key).toBe(dedupKey('us'));

      await post(alertmanager, [{ ...burn('page', 'eu'), endsAt: now() }]);
      const over = (await sink.waitFor(pageOf('resolve', 'eu'))).body as PagerdutyEvent;
      expect(over.dedup_key).toBe(eu.dedup_key);
      expect(over.payload.summary).toMatch(/^Over: checkout/);
      expect(sink.posts().some(pageOf('resolve', 'us'))).toBe(false);
    });

    it('inhibits the ticket of the same SLO instance, and no other', async () => {
      await post(alertmanager, [burn('ticket', 'us'), burn('ticket', 'apac')]);
      const told = (await sink.waitFor(to('/slack'))).body as { attachments: { title: string }[] };
      expect(told.attachments[0]?.title).toContain('in apac');
      const alerts = await fetch(`${alertmanager.url}/api/v2/alerts?inhibited=true&active=false`);
      const muted = (await alerts.json()) as { labels: Record<string, string> }[];
      expect(muted.map(({ labels }) => `${labels['severity']} ${labels['region']}`)).toEqual([
        'ticket us',
      ]);
      const titles = sink
        .posts()
        .filter(to('/slack'))
        .map(({ text }) => text);
      expect(titles.filter((text) => text.includes('in us'))).toEqual([]);
    });

    it('of a team that is not defined reaches whoever hears of what nobody owns', async () => {
      const lost = slo(search);
      await post(alertmanager, [
        { labels: alertLabels(ALERTS.missing, lost, {}, 'page'), annotations: {} },
      ]);
      const told = await sink.waitFor(to('/unowned'));
      expect(told.body).toMatchObject({
        receiver: 'unowned',
        alerts: [{ labels: { slo: 'search/availability' } }],
      });
    });
  });
}

/** SHA-256 of the group key, as facts about Alertmanager say it. */
function dedupKey(region: string): string {
  const key = `{}/{team="shop"}/{severity="page"}:{alertname="ErrorBudgetBurn", region="${region}", service="checkout", severity="page", slo="checkout/availability"}`;
  return createHash('sha256').update(key).digest('hex');
}

let secrets: string | undefined;

function configFiles(
  sink: WebhookSink,
  version: AlertmanagerVersion,
): ReturnType<typeof generateAlertmanager> {
  secrets ??= temporaryFolder('secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'PAGERDUTY'), `${ROUTING_KEY}\n`);
  writeFileSync(join(secrets, 'slack'), `${sink.url}/slack\n`);
  const url = sink.url as UrlText;
  return generateAlertmanager({
    services: [service(checkout), service(search)],
    slos: [availability, slo(search)],
    teams: [
      team({
        name: 'shop',
        page: [pagerduty({ routingKey: fromEnvironment('PAGERDUTY'), url: `${url}/pagerduty` })],
        ticket: [slack({ webhookUrl: fromFile(join(secrets, 'slack')), channel: '#shop' })],
      }),
    ],
    routing: routing({
      unowned: [webhook({ url: `${url}/unowned` })],
      secretsFolder: secrets,
      timers: {
        page: { groupWait: '0s', groupInterval: '10s', repeatInterval: '1h' },
        ticket: { groupWait: '1s', groupInterval: '10s', repeatInterval: '1h' },
      },
    }),
    target: version,
  });
}

function configText(sink: WebhookSink, version: AlertmanagerVersion): string {
  const [configuration, templates] = configFiles(sink, version).files;
  const folder = secrets ?? '';
  const file = join(folder, 'ninefold.tmpl');
  writeFileSync(file, templates?.text ?? '');
  // The test's server keeps its file in a folder of its own.
  return (configuration?.text ?? '').replace('- ninefold.tmpl', `- '${file}'`);
}

function startWith(version: AlertmanagerVersion, sink: WebhookSink): Promise<RunningAlertmanager> {
  return startAlertmanager({ version, config: configText(sink, version) });
}

function now(): string {
  return new Date().toISOString();
}

interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
  readonly endsAt?: string;
}

function burn(severity: Severity, region: string): PostedAlert {
  return {
    labels: alertLabels(ALERTS.burn, availability, { region }, severity),
    annotations: {
      [ANNOTATIONS.summary]: `checkout/availability in ${region} burns its error budget at 20×, 63 % left`,
      [ANNOTATIONS.description]: '99.9% of orders in 30d: 200 of 10,000 were bad # in eu',
      [ANNOTATIONS.firedBy]: '1h/5m above 14.4×',
      [ANNOTATIONS.budgetRemaining]: '63 %',
      [ANNOTATIONS.evidence]: '200 of 10,000 events bad in 1h',
      [ANNOTATIONS.runbook]: availability.runbookUrl ?? '',
      [ANNOTATIONS.dashboard]: availability.dashboardUrl ?? '',
    },
    generatorURL: 'http://127.0.0.1:9090/graph?g0.expr=1&g0.tab=1',
  };
}

async function post(
  alertmanager: RunningAlertmanager,
  alerts: readonly PostedAlert[],
): Promise<void> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(response.status, await response.text()).toBe(200);
}
