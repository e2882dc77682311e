// A page end to end on generated files alone: counters, a real Prometheus, a real Alertmanager, PagerDuty's request; and its end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertmanagerTarget } from '../../alerts/alertmanager/capability.ts';
import { readAlertmanagerConfiguration } from '../../alerts/alertmanager/read-configuration.ts';
import {
  createRouting,
  dedupKeyOf,
  groupKeyOf,
  groupLabelsOf,
} from '../../alerts/alertmanager/routing.ts';
import type { Artifact } from '../../catalog/artifact.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { generate, loadWorkspace } from '../../catalog/index.ts';
import { pagerDutyProblems } from '../alerts/alertmanager/pagerduty-rules.ts';
import { type AlertmanagerVersion, startAlertmanager } from '../services/alertmanager.ts';
import {
  type PrometheusVersion,
  type RunningPrometheus,
  startPrometheus,
} from '../services/prometheus.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { startWebhookSink, type WebhookPost, type WebhookSink } from '../services/webhook-sink.ts';
import { type CounterTarget, startCounterTarget } from './counter-target.ts';
import { eventually } from './deployed-files.ts';

const ROUTING_KEY = 'fedcba9876543210fedcba9876543210';

/** Both ends of what is supported; they watch the same service at the same time. */
const PAIRS: readonly (readonly [PrometheusVersion, AlertmanagerVersion])[] = [
  ['3.15', '0.34'],
  ['2.42', '0.25'],
];

const WORKSPACE = (pager: string, tickets: string, secrets: string): string => `
import { defineService, defineSlo, defineTeam, defineRouting, fromEnvironment, pagerduty, prometheusRatio, webhook } from 'ninefold';

export const checkout = defineService({ name: 'checkout', team: 'shop', tier: 'critical' });

export const availability = defineSlo({
  service: checkout,
  name: 'availability',
  description: 'Orders that are taken',
  objective: '99%',
  window: '7d',
  sli: prometheusRatio({ total: 'http_requests_total', bad: 'http_requests_total{code=~"5.."}' }),
  groupBy: ['region'],
  burnPolicy: {
    conditions: [{ longWindow: '5m', shortWindow: '1m', burnRate: '10', severity: 'page' }],
    keepFiring: { page: '30s' },
  },
  runbookUrl: 'https://wiki.example/checkout-availability',
  dashboardUrl: 'https://grafana.example/d/checkout',
});

export const shop = defineTeam({
  name: 'shop',
  page: [pagerduty({ routingKey: fromEnvironment('PAGERDUTY'), url: '${pager}' })],
  ticket: [webhook({ url: '${tickets}' })],
});

export const routing = defineRouting({
  secretsFolder: '${secrets}',
  timers: { page: { groupWait: '0s', groupInterval: '10s', repeatInterval: '1h' } },
});
`;

/** The labels under which the alert must arrive. */
const PAGE = {
  alertname: 'ErrorBudgetBurn',
  slo: 'checkout/availability',
  service: 'checkout',
  team: 'shop',
  tier: 'critical',
  severity: 'page',
  region: 'eu',
};

interface PagerdutyEvent {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload: { readonly summary: string };
}

describeWithService(
  ['prometheus', 'prometheus-2.42', 'alertmanager', 'alertmanager-0.25'],
  'a page on generated rules, through a generated configuration',
  () => {
    let pagers: WebhookSink;
    let target: CounterTarget;
    const files = new Map<PrometheusVersion, readonly Artifact[]>();

    beforeAll(async () => {
      [pagers, target] = await Promise.all([startWebhookSink(), startCounterTarget()]);
      target.send('eu', { succeeding: 20, failing: 0 });
      target.send('us', { succeeding: 20, failing: 0 });
      await Promise.all(
        PAIRS.map(async ([prometheus, alertmanager]) => {
          const made = await generated(pagers.url, prometheus, alertmanager);
          files.set(prometheus, made);
          const server = await startPair(made, prometheus, alertmanager, target);
          await eventually(
            `the budget as Prometheus ${prometheus} keeps it`,
            () => hasSeries(server, 'ninefold_slo_error_budget_remaining_ratio{region="eu"}'),
            100_000,
          );
        }),
      );
    }, 150_000);

    afterAll(async () => {
      await target?.stop();
      await pagers?.stop();
    });

    const ofPager = (version: PrometheusVersion, action: string) => (post: WebhookPost) =>
      post.path === `/${version}` && (post.body as PagerdutyEvent).event_action === action;

    it('reaches PagerDuty as one incident of the right severity, with what to do first', async () => {
      target.send('eu', { succeeding: 0, failing: 20 });
      for (const [version, alertmanager] of PAIRS) {
        const post = await pagers.waitFor(ofPager(version, 'trigger'), 120_000);
        expect(pagerDutyProblems(post)).toEqual([]);
        expect(post.body).toMatchObject({
          routing_key: ROUTING_KEY,
          dedup_key: expectedKey(files.get(version) ?? [], alertmanager),
          client_url: 'https://grafana.example/d/checkout',
          payload: {
            summary: expect.stringMatching(
              /^checkout\/availability\{region="eu"\} burns its error budget at \d+(\.\d+)?×$/,
            ),
            severity: 'critical',
            source: 'checkout',
            component: 'checkout',
            group: 'shop',
            class: 'ErrorBudgetBurn',
            custom_details: {
              fired_by: '5m/1m above 10×; ',
              burn_rates: expect.stringMatching(/5m \d+(\.\d+)?×/),
              budget_remaining: expect.stringMatching(/%$/),
              // Text with a colon in it stays text, although newer Alertmanagers read a detail as YAML.
              description: expect.stringContaining('99% of Orders that are taken in 7d'),
            },
          },
          links: [
            { href: 'https://wiki.example/checkout-availability' },
            { href: 'https://grafana.example/d/checkout' },
            { href: expect.stringContaining('/graph?g0.expr=') },
          ],
        });
      }
    }, 150_000);

    it('is resolved under the same key once the service is well, and nobody else was paged', async () => {
      // So many that the share of failures falls below ten budgets at once.
      target.send('eu', { succeeding: 4000, failing: 0 });
      for (const [version, alertmanager] of PAIRS) {
        const { body } = await pagers.waitFor(ofPager(version, 'resolve'), 150_000);
        const { dedup_key: key, payload } = body as PagerdutyEvent;
        expect(key).toBe(expectedKey(files.get(version) ?? [], alertmanager));
        expect(payload.summary).toMatch(/^Over: checkout\/availability\{region="eu"\} /);
        const events = pagers.posts().filter(({ path }) => path === `/${version}`);
        expect(new Set(events.map((each) => (each.body as PagerdutyEvent).dedup_key))).toEqual(
          new Set([key]),
        );
        expect(pagers.posts().filter(({ path }) => path === '/tickets')).toEqual([]);
      }
    }, 180_000);
  },
);

/** All artifacts of the workspace, loaded and built as on the command line. */
async function generated(
  receivers: string,
  prometheus: PrometheusVersion,
  alertmanager: AlertmanagerTarget,
): Promise<readonly Artifact[]> {
  const folder = temporaryFolder('workspace');
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'PAGERDUTY'), ROUTING_KEY);
  writeFileSync(
    join(folder, 'checkout.alerts.ts'),
    WORKSPACE(`${receivers}/${prometheus}`, `${receivers}/tickets`, secrets),
  );
  const { catalog, diagnostics } = await loadWorkspace(folder);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { artifacts, notes } = generate(catalog as Catalog, {
    kinds: ['prometheus-rules', 'alertmanager'],
    targets: { prometheus, alertmanager },
  });
  expect(notes.filter(({ severity }) => severity !== 'info')).toEqual([]);
  return artifacts;
}

function textOf(artifacts: readonly Artifact[], path: string): string {
  const found = artifacts.find((each) => each.path === path);
  if (found === undefined) throw new Error(`no ${path} was made`);
  return found.text;
}

async function startPair(
  artifacts: readonly Artifact[],
  version: PrometheusVersion,
  alertmanagerVersion: AlertmanagerVersion,
  { address }: CounterTarget,
): Promise<RunningPrometheus> {
  const template = join(temporaryFolder('templates'), 'ninefold.tmpl');
  writeFileSync(template, textOf(artifacts, 'alertmanager/ninefold.tmpl'));
  const alertmanager = await startAlertmanager({
    version: alertmanagerVersion,
    // The test's server keeps its file in a folder of its own.
    config: textOf(artifacts, 'alertmanager/alertmanager.yml').replace(
      '- ninefold.tmpl',
      `- '${template}'`,
    ),
  });
  return startPrometheus({
    version,
    scrapeConfigs: [{ job_name: 'checkout', static_configs: [{ targets: [address] }] }],
    ruleFiles: {
      // Budgets, every two minutes, are not waited for.
      'checkout.yaml': textOf(artifacts, 'prometheus-rules/checkout.rules.yaml').replaceAll(
        'interval: 2m',
        'interval: 15s',
      ),
    },
    alertmanagers: [alertmanager.url],
  });
}

async function hasSeries({ url }: RunningPrometheus, selector: string): Promise<true | undefined> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(selector)}`);
  const { data } = (await response.json()) as { data: { result: readonly unknown[] } };
  return data.result.length > 0 ? true : undefined;
}

/** The key under which the configuration, as our reader understands it, tells PagerDuty of the page. */
function expectedKey(artifacts: readonly Artifact[], target: AlertmanagerTarget): string {
  const text = textOf(artifacts, 'alertmanager/alertmanager.yml');
  const { configuration } = readAlertmanagerConfiguration(text, target);
  if (configuration === undefined) throw new Error('the generated configuration cannot be read');
  const routing = createRouting(configuration, target);
  const routes = routing.match(PAGE);
  expect(routes.length).toBe(1);
  return routes
    .map((route) => groupKeyOf(route, groupLabelsOf(route, PAGE), routing.behaviour))
    .map(dedupKeyOf)
    .join();
}
