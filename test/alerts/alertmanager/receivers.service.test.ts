import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  integrationKinds,
  type IntegrationKind,
} from '../../../alerts/alertmanager/integrations.ts';
import { generateAlertmanager } from '../../../alerts/generate-alertmanager.ts';
import { discord } from '../../../alerts/receivers/discord.ts';
import { email } from '../../../alerts/receivers/email.ts';
import { incidentio } from '../../../alerts/receivers/incidentio.ts';
import { jira } from '../../../alerts/receivers/jira.ts';
import { mattermost } from '../../../alerts/receivers/mattermost.ts';
import { msteams } from '../../../alerts/receivers/msteams.ts';
import { msteamsv2 } from '../../../alerts/receivers/msteamsv2.ts';
import { opsgenie } from '../../../alerts/receivers/opsgenie.ts';
import { pagerduty } from '../../../alerts/receivers/pagerduty.ts';
import type { ReceiverDefinition } from '../../../alerts/receivers/receiver.ts';
import { rocketchat } from '../../../alerts/receivers/rocketchat.ts';
import { slack } from '../../../alerts/receivers/slack.ts';
import { telegram } from '../../../alerts/receivers/telegram.ts';
import { victorops } from '../../../alerts/receivers/victorops.ts';
import { webex } from '../../../alerts/receivers/webex.ts';
import { webhook } from '../../../alerts/receivers/webhook.ts';
import { wechat } from '../../../alerts/receivers/wechat.ts';
import { fromFile } from '../../../catalog/define-config.ts';
import { alertLabels, ALERTS, ANNOTATIONS } from '../../../slo/names.ts';
import {
  type AlertmanagerVersion,
  type RunningAlertmanager,
  startAlertmanager,
} from '../../services/alertmanager.ts';
import type { ServiceName } from '../../services/service-names.ts';
import { describeWithService, temporaryFolder } from '../../services/services.ts';
import { routing, service, slo, team } from '../team-workspace.ts';
import { type Loopback, startLoopback } from './loopback.ts';

/** Pushover's address cannot be changed, and Amazon's wants signatures; amtool has seen both. */
const UNREACHABLE: readonly IntegrationKind[] = ['pushover', 'sns'];

/** What 0.25 has and can read its secrets from files for. */
const OLD: readonly IntegrationKind[] = [
  'webhook',
  'email',
  'pagerduty',
  'opsgenie',
  'victorops',
  'slack',
  'webex',
];

const versions: readonly [AlertmanagerVersion, ServiceName, readonly IntegrationKind[]][] = [
  ['0.25', 'alertmanager-0.25', OLD],
  ['0.34', 'alertmanager', integrationKinds('0.34').filter((kind) => !UNREACHABLE.includes(kind))],
];

const checkout = { name: 'checkout', team: 'shop' } as const;
const availability = slo(checkout, { runbookUrl: 'https://wiki.example/checkout' });
const SUMMARY = 'checkout/availability burns its error budget at 20x';

for (const [version, need, kinds] of versions) {
  describeWithService([need], `what Alertmanager ${version} tells each receiver`, () => {
    let loopback: Loopback;
    let alertmanager: RunningAlertmanager;
    beforeAll(async () => {
      loopback = await startLoopback();
      alertmanager = await startWith(loopback, version);
      await post(alertmanager);
    });
    afterAll(async () => {
      await loopback.stop();
    });

    it.each(kinds)('%s: what burns, how much is left, and what to do first', async (kind) => {
      const words = [SUMMARY, '63 percent left', 'wiki.example/checkout'];
      const text = await loopback.received(kind, (each) =>
        words.every((word) => each.includes(word)),
      );
      expect(text).not.toContain('&lt;no value');
      expect(text).not.toContain('<no value>');
    });
  });
}

function receivers(loopback: Loopback, folder: string): readonly ReceiverDefinition[] {
  const { url, smarthost } = loopback;
  const secret = (name: string, text: string): ReturnType<typeof fromFile> => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return fromFile(file);
  };
  const key = secret('key', '0123456789abcdef0123456789abcdef\n');
  // 0.25 takes this one with its line end, which the notes tell.
  const bare = secret('bare', 'eb243592-faa2-4ba2-a551-1afdf565c889');
  const at = (name: string): ReturnType<typeof fromFile> => secret(name, `${url}/${name}\n`);
  return [
    discord({ webhookUrl: at('discord') }),
    email({ to: 'shop@example.com', from: 'alerts@example.com', smarthost, requireTls: false }),
    incidentio({ url: `${url}/incidentio`, alertSourceToken: key }),
    jira({ apiUrl: `${url}/jira/rest/api/2`, project: 'SHOP', issueType: 'Incident' }),
    mattermost({ webhookUrl: at('mattermost') }),
    // oxlint-disable-next-line typescript/no-deprecated
    msteams({ webhookUrl: at('msteams') }),
    msteamsv2({ webhookUrl: at('msteamsv2') }),
    // oxlint-disable-next-line typescript/no-deprecated
    opsgenie({ apiKey: bare, apiUrl: `${url}/opsgenie` }),
    pagerduty({ routingKey: key, url: `${url}/pagerduty` }),
    rocketchat({ token: key, tokenId: key, channel: '#shop', apiUrl: `${url}/rocketchat` }),
    slack({ webhookUrl: at('slack') }),
    telegram({ botToken: key, chatId: -1, apiUrl: `${url}/telegram` }),
    victorops({ apiKey: key, routingKey: 'shop', apiUrl: `${url}/victorops` }),
    webex({ botToken: key, roomId: 'room', apiUrl: `${url}/webex` }),
    webhook({ url: `${url}/webhook` }),
    wechat({ apiSecret: key, corpId: 'ww1', agentId: '1', toUser: 'a', apiUrl: `${url}/wechat` }),
  ];
}

async function startWith(
  loopback: Loopback,
  version: AlertmanagerVersion,
): Promise<RunningAlertmanager> {
  const folder = temporaryFolder('receivers');
  const [configuration, templates] = generateAlertmanager({
    services: [service(checkout)],
    slos: [availability],
    teams: [team({ name: 'shop', page: receivers(loopback, folder) })],
    routing: routing({ timers: { page: { groupWait: '0s', groupInterval: '10s' } } }),
    target: version,
  }).files;
  const file = join(folder, 'ninefold.tmpl');
  writeFileSync(file, templates?.text ?? '');
  // The test's server keeps its file in a folder of its own.
  const config = (configuration?.text ?? '').replace('- ninefold.tmpl', `- '${file}'`);
  return startAlertmanager({ version, config });
}

async function post(alertmanager: RunningAlertmanager): Promise<void> {
  const alert = {
    labels: alertLabels(ALERTS.burn, availability, {}, 'page'),
    annotations: {
      [ANNOTATIONS.summary]: SUMMARY,
      [ANNOTATIONS.budgetRemaining]: '63 percent left',
      [ANNOTATIONS.runbook]: availability.runbookUrl,
    },
    generatorURL: 'http://127.0.0.1:9090/graph',
  };
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  expect(response.status, await response.text()).toBe(200);
}
