// Teams, services and SLOs of tests, resolved as the catalog would.
import { fromEnvironment, fromFile } from '../../catalog/define-config.ts';
import { defineRouting, type RoutingInput } from '../../alerts/define-routing.ts';
import { defineTeam, type TeamInput } from '../../alerts/define-team.ts';
import { discord } from '../../alerts/receivers/discord.ts';
import { email } from '../../alerts/receivers/email.ts';
import { incidentio } from '../../alerts/receivers/incidentio.ts';
import { jira } from '../../alerts/receivers/jira.ts';
import { mattermost } from '../../alerts/receivers/mattermost.ts';
import { msteams } from '../../alerts/receivers/msteams.ts';
import { msteamsv2 } from '../../alerts/receivers/msteamsv2.ts';
import { opsgenie } from '../../alerts/receivers/opsgenie.ts';
import { pagerduty } from '../../alerts/receivers/pagerduty.ts';
import { pushover } from '../../alerts/receivers/pushover.ts';
import type { ReceiverDefinition } from '../../alerts/receivers/receiver.ts';
import { rocketchat } from '../../alerts/receivers/rocketchat.ts';
import { slack } from '../../alerts/receivers/slack.ts';
import { sns } from '../../alerts/receivers/sns.ts';
import { telegram } from '../../alerts/receivers/telegram.ts';
import { victorops } from '../../alerts/receivers/victorops.ts';
import { webex } from '../../alerts/receivers/webex.ts';
import { webhook } from '../../alerts/receivers/webhook.ts';
import { wechat } from '../../alerts/receivers/wechat.ts';
import { resolveRouting } from '../../alerts/resolve-routing.ts';
import { resolveTeam } from '../../alerts/resolve-team.ts';
import type { Routing } from '../../alerts/routing.ts';
import type { Team } from '../../alerts/team.ts';
import { defineService, type ServiceInput } from '../../slo/define-service.ts';
import { defineSlo, type SloInput } from '../../slo/define-slo.ts';
import type { Resolved } from '../../slo/resolved.ts';
import { resolveService } from '../../slo/resolve-service.ts';
import { resolveSlo } from '../../slo/resolve-slo.ts';
import { prometheusRatio } from '../../slo/sli/prometheus-ratio.ts';
import type { Service } from '../../slo/service.ts';
import type { Slo } from '../../slo/slo.ts';

const http = {
  basic: { user: 'ninefold', password: fromFile('/run/secrets/password') },
  proxyUrl: 'http://proxy.example:3128',
  followRedirects: false,
  tls: { ca: '/etc/ssl/ours.pem', serverName: 'them.example', verify: true },
} as const;

/** One receiver of each kind with every property that it has. */
export const EVERY_KIND: readonly ReceiverDefinition[] = [
  discord({ webhookUrl: fromFile('/run/secrets/discord'), sendResolved: false, http }),
  email({
    to: 'shop@example.com, boss@example.com',
    from: 'alerts@example.com',
    smarthost: 'mail.example:587',
    user: 'alerts',
    password: fromEnvironment('SMTP_PASSWORD'),
    requireTls: true,
    tls: { serverName: 'mail.example' },
    subject: 'Budget: {{ template "ninefold.title" . }}',
  }),
  incidentio({
    url: 'https://api.incident.example/v2/alert_events/alertmanager/01',
    alertSourceToken: fromFile('/run/secrets/incidentio'),
    maxAlerts: 10,
  }),
  jira({
    apiUrl: 'https://example.atlassian.net/rest/api/3',
    project: 'SHOP',
    issueType: 'Incident',
    labels: ['ninefold'],
    resolveTransition: 'Done',
    reopenTransition: 'To Do',
    http,
  }),
  mattermost({ webhookUrl: fromFile('/run/secrets/mattermost'), channel: 'shop', http }),
  // oxlint-disable-next-line typescript/no-deprecated
  msteams({ webhookUrl: fromFile('/run/secrets/msteams'), http }),
  msteamsv2({ webhookUrl: fromFile('/run/secrets/msteamsv2'), http }),
  // oxlint-disable-next-line typescript/no-deprecated
  opsgenie({
    apiKey: fromFile('/run/secrets/opsgenie'),
    apiUrl: 'https://api.eu.opsgenie.example',
    priority: 'P2',
    responders: [
      { type: 'team', name: 'shop' },
      { type: 'user', name: 'a@example.com' },
    ],
    tags: 'a,b',
    updateAlerts: true,
    http,
  }),
  pagerduty({
    routingKey: fromEnvironment('PAGERDUTY_SHOP'),
    url: 'https://events.pagerduty.example/v2/enqueue',
    severity: 'error',
    summary: 'Budget: {{ template "ninefold.title" . }}',
    details: { region: '{{ .CommonLabels.region }}' },
    timeout: '30s',
    http,
  }),
  pushover({
    userKey: fromFile('/run/secrets/pushover-user'),
    token: fromFile('/run/secrets/pushover-token'),
    device: 'phone',
    sound: 'siren',
    priority: -1,
    http,
  }),
  rocketchat({
    token: fromFile('/run/secrets/rocket'),
    tokenId: fromFile('/run/secrets/rocket-id'),
    channel: '#shop',
    apiUrl: 'https://rocket.example/',
    http,
  }),
  slack({
    webhookUrl: fromFile('/run/secrets/slack'),
    channel: '#shop',
    username: 'budget',
    title: '{{ .Status }}',
    text: 'x',
    http,
  }),
  slack({
    appToken: fromFile('/run/secrets/slack-app'),
    appUrl: 'https://slack.example/api/chat.postMessage',
    channel: '#shop',
  }),
  sns({
    topicArn: 'arn:aws:sns:eu-central-1:123456789012:shop',
    region: 'eu-central-1',
    profile: 'alerts',
    roleArn: 'arn:aws:iam::123456789012:role/alerts',
    apiUrl: 'https://sns.example',
  }),
  telegram({
    botToken: fromFile('/run/secrets/telegram'),
    chatId: -100_123_456_789,
    messageThreadId: 7,
    apiUrl: 'https://telegram.example',
    http,
  }),
  victorops({
    apiKey: fromFile('/run/secrets/victorops'),
    routingKey: 'shop',
    apiUrl: 'https://victorops.example/',
    messageType: 'WARNING',
    http,
  }),
  webex({
    botToken: fromFile('/run/secrets/webex'),
    roomId: 'Y2lzY29',
    apiUrl: 'https://webex.example/v1/messages',
  }),
  webhook({
    url: 'https://bridge.example/alerts',
    maxAlerts: 10,
    timeout: '90s',
    http: { bearer: fromFile('/run/secrets/bridge') },
  }),
  webhook({ url: fromFile('/run/secrets/hook') }),
  wechat({
    apiSecret: fromFile('/run/secrets/wechat'),
    corpId: 'ww1',
    agentId: '1000002',
    toUser: 'a',
    toParty: '2',
    toTag: '3',
    apiUrl: 'https://wechat.example/cgi-bin/',
    http,
  }),
];

export function team(input: TeamInput): Team {
  return valueOf(resolveTeam(defineTeam(input), input.name));
}

export function routing(input: RoutingInput): Routing {
  return valueOf(resolveRouting(defineRouting(input), 'routing'));
}

export function service(input: ServiceInput): Service {
  return valueOf(resolveService(defineService(input), input.name));
}

/** An SLO of 99.9 % called `availability`, unless the input says otherwise. */
export function slo(owner: ServiceInput, input: Partial<SloInput> = {}): Slo {
  const definition = defineSlo({
    service: defineService(owner),
    name: 'availability',
    objective: '99.9%',
    sli: prometheusRatio({ total: 'requests_total', bad: 'requests_total{code="500"}' }),
    ...input,
  });
  return valueOf(resolveSlo(definition, owner.name));
}

function valueOf<T>({ value, diagnostics }: Resolved<T>): T {
  if (value === undefined) throw new Error(JSON.stringify(diagnostics, undefined, 1));
  return value;
}
