import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from './alertmanager.ts';
import type { AlertmanagerVersion, RunningAlertmanager } from './alertmanager.ts';
import type { ServiceName } from './service-names.ts';
import { describeWithService } from './services.ts';
import { startWebhookSink } from './webhook-sink.ts';
import type { WebhookSink } from './webhook-sink.ts';

const versions: readonly [AlertmanagerVersion, ServiceName[]][] = [
  ['0.34', ['alertmanager', 'amtool']],
  ['0.25', ['alertmanager-0.25', 'amtool-0.25']],
];

describe.each(versions)('version %s', (version, needs) => {
  describeWithService(needs, 'alertmanager', () => {
    let sink: WebhookSink;
    let alertmanager: RunningAlertmanager;
    beforeAll(async () => {
      sink = await startWebhookSink();
      alertmanager = await startAlertmanager({ version, config: configFor(sink) });
    });
    afterAll(() => sink.stop());

    it('delivers a posted alert to the webhook', async () => {
      await postAlert(alertmanager, 'BudgetBurnsFast');
      const post = await sink.waitFor(({ text }) => text.includes('BudgetBurnsFast'));
      expect(post.path).toBe('/pager');
      expect(post.body).toMatchObject({
        status: 'firing',
        alerts: [{ labels: { alertname: 'BudgetBurnsFast', severity: 'page' } }],
      });
    });

    it('keeps a silence over a restart', async () => {
      const id = await silence(alertmanager, 'Quiet');
      await alertmanager.restart();
      const response = await fetch(`${alertmanager.url}/api/v2/silence/${id}`);
      expect(await response.json()).toMatchObject({ comment: 'over a restart' });
    });

    it('refuses a wrong configuration and says why', async () => {
      await expect(alertmanager.reload({ route: {} })).rejects.toThrow('receiver');
    });

    it('comes with the amtool that accepts its configuration', () => {
      const file = join(alertmanager.folder, 'alertmanager.yml');
      const checked = spawnSync(alertmanager.amtool, ['check-config', file], { encoding: 'utf8' });
      expect(checked.stdout).toContain('SUCCESS');
    });

    it('is gone after stop', async () => {
      await alertmanager.stop();
      await expect(fetch(alertmanager.url)).rejects.toThrow('fetch failed');
    });
  });
});

function configFor(sink: WebhookSink): object {
  return {
    route: { receiver: 'pager', group_wait: '0s', group_interval: '1s' },
    receivers: [{ name: 'pager', webhook_configs: [{ url: `${sink.url}/pager` }] }],
  };
}

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function postAlert(alertmanager: RunningAlertmanager, name: string): Promise<void> {
  const alert = { labels: { alertname: name, severity: 'page' } };
  expect((await post(`${alertmanager.url}/api/v2/alerts`, [alert])).status).toBe(200);
}

async function silence(alertmanager: RunningAlertmanager, name: string): Promise<string> {
  const response = await post(`${alertmanager.url}/api/v2/silences`, {
    matchers: [{ name: 'alertname', value: name, isRegex: false }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: 'test',
    comment: 'over a restart',
  });
  return ((await response.json()) as { silenceID: string }).silenceID;
}
