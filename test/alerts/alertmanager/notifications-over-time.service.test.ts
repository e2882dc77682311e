import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { replayNotifications } from '../../../alerts/alertmanager/notifications.ts';
import type { ResendPolicy } from '../../../alerts/alertmanager/alert-groups.ts';
import type { Replay } from '../../../alerts/alertmanager/notifications.ts';
import type { TimedAlert } from '../../../alerts/alertmanager/alert-list.ts';
import type { AlertmanagerConfiguration } from '../../../alerts/alertmanager/configuration.ts';
import { startAlertmanager } from '../../services/alertmanager.ts';
import type { AlertmanagerVersion } from '../../services/alertmanager.ts';
import { describeWithService } from '../../services/services.ts';
import { startWebhookSink } from '../../services/webhook-sink.ts';
import type { WebhookPost } from '../../services/webhook-sink.ts';
import { eventOf, eventOfPost, mailEvents, postAlerts } from './captured-events.ts';
import type { SentEvent } from './captured-events.ts';
import { startMailSink } from './mail-sink.ts';
import { pagerDutyProblems } from './pagerduty-rules.ts';
import { configuration, fileOf } from './written-configuration.ts';
import type { ShortIntegration } from './written-configuration.ts';

/** Groups notify 2.5, 8.5, 14.5 … units of time after their first alert, and all that the scenarios do happens in whole ones. */
const GROUP_WAIT = 2.5;
const GROUP_INTERVAL = 6;
const REPEAT = 8;
const END = 43;

/** On a busy machine half a second is too little, and everything is done again slower: a difference that is one stays. */
const SOON_MS = 1000;
const SLOWLY_MS = 3000;

/** An alert of a scenario: units of time from the beginning at which it starts and ends. */
type Step = readonly [labels: Readonly<Record<string, string>>, start: number, end?: number];

const lifeA = { scenario: 'life', alertname: 'A' };
const lifeB = { scenario: 'life', alertname: 'B' };

const steps: readonly Step[] = [
  // A second alert joins, the first ends, then the second; both come again when the group is empty or gone.
  [lifeA, 0, 11],
  [lifeB, 5, 17],
  [lifeA, 22],
  [lifeB, 25, 35],
  // Repeats wait for the next interval of the group.
  [{ scenario: 'repeat' }, 0],
  // Gone before anybody was told.
  [{ scenario: 'flash' }, 0, 1],
  [{ scenario: 'muted' }, 0, 17],
  [{ scenario: 'inactive' }, 0, 17],
  [{ scenario: 'active' }, 0, 17],
  // Told only when what inhibits it has ended.
  [{ scenario: 'source', zone: 'a' }, 0, 17],
  [{ scenario: 'target', zone: 'a' }, 0],
  [{ scenario: 'target', zone: 'b' }, 0, 17],
  // Told, inhibited, resolved meanwhile: its receiver hears of the end only when its sender repeats it.
  [{ scenario: 'target', zone: 'c' }, 0, 11],
  [{ scenario: 'source', zone: 'c' }, 5, 24],
  // Two receivers by `continue`.
  [{ scenario: 'both' }, 0, 11],
];

/** Senders that say once that an alert has ended, and senders that repeat it as Prometheus does, so many times. */
const runs = [
  ['0.34', 'once', 0],
  ['0.25', 'once', 0],
  ['0.34', 'again and again', 9],
  ['0.25', 'again and again', 9],
] as const;

/** Units of time between one end that is told and the next. */
const RESEND_EVERY = 2;

/** Kinds that can be pointed at loopback by their settings. */
function integrations(
  url: (kind: string) => string,
  smarthost: string,
  version: AlertmanagerVersion,
): ShortIntegration[] {
  const both: ShortIntegration[] = [
    ['webhook', { url: url('webhook') }],
    ['pagerduty', { url: url('pagerduty'), routing_key: '0123456789abcdef0123456789abcdef' }],
    ['opsgenie', { api_url: url('opsgenie'), api_key: 'key' }],
    ['victorops', { api_url: `${url('victorops')}/`, api_key: 'key', routing_key: 'team' }],
    ['slack', { api_url: url('slack'), channel: '#slo' }, false],
    ['discord', { webhook_url: url('discord') }],
    [
      'webex',
      {
        api_url: url('webex'),
        room_id: 'room',
        http_config: { authorization: { credentials: 'x' } },
      },
    ],
  ];
  const chats: ShortIntegration[] = [
    [
      'sns',
      {
        api_url: url('sns'),
        topic_arn: 'arn:aws:sns:us-east-1:123456789012:slo',
        sigv4: { region: 'us-east-1', access_key: 'key', secret_key: 'secret' },
      },
    ],
    ['email', { to: 'a@example.org', from: 'b@example.org', smarthost, require_tls: false }],
    ['telegram', { api_url: url('telegram'), bot_token: '1:token', chat_id: 1 }],
    [
      'wechat',
      { api_url: `${url('wechat')}/`, api_secret: 'secret', corp_id: 'corp', to_user: 'all' },
      false,
    ],
  ];
  const recent: ShortIntegration[] = [
    ['msteams', { webhook_url: url('msteams') }],
    ['msteamsv2', { webhook_url: url('msteamsv2') }],
    ['incidentio', { url: url('incidentio'), alert_source_token: 'token' }],
    ['mattermost', { webhook_url: url('mattermost') }],
    ['jira', { api_url: `${url('jira')}/`, project: 'SLO', issue_type: 'Bug' }],
    [
      'rocketchat',
      { api_url: `${url('rocketchat')}/`, token: 'token', token_id: 'id', channel: '#slo' },
    ],
  ];
  return [...both, ...chats, ...(version === '0.25' ? [] : recent)];
}

/** What receivers answer that read more than the status; Slack's answer is as good as any for the others. */
function answer({ path }: WebhookPost): string {
  if (path.includes('/telegram/'))
    return JSON.stringify({
      ok: true,
      result: { message_id: 1, date: 0, chat: { id: 1, type: 'private' } },
    });
  if (path.includes('/wechat/')) return JSON.stringify({ errcode: 0, access_token: 'token' });
  if (path.includes('/jira/')) return JSON.stringify({ issues: [], id: '1', key: 'SLO-1' });
  if (path.includes('/sns'))
    return '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
  if (path.includes('/rocketchat/')) return JSON.stringify({ success: true });
  return 'ok';
}

function configurationFor(
  base: string,
  smarthost: string,
  version: AlertmanagerVersion,
  unitMs: number,
): AlertmanagerConfiguration {
  const url = (receiver: string) => (kind: string) => `${base}/${receiver}/${kind}`;
  const webhook = (receiver: string): ShortIntegration[] => [
    ['webhook', { url: url(receiver)('webhook') }],
  ];
  return configuration({
    route: {
      receiver: 'root',
      groupBy: ['scenario', 'zone'],
      groupWaitMs: GROUP_WAIT * unitMs,
      groupIntervalMs: GROUP_INTERVAL * unitMs,
      repeatIntervalMs: 3_600_000,
      routes: [
        { matchers: ['scenario="life"'], receiver: 'everything' },
        { matchers: ['scenario="repeat"'], receiver: 'again', repeatIntervalMs: REPEAT * unitMs },
        { matchers: ['scenario="muted"'], receiver: 'muted', muteTimeIntervals: ['always'] },
        { matchers: ['scenario="inactive"'], receiver: 'inactive', activeTimeIntervals: ['never'] },
        {
          matchers: ['scenario="active"'],
          receiver: 'active',
          activeTimeIntervals: ['never', 'today in Kathmandu'],
          muteTimeIntervals: ['never'],
        },
        { matchers: ['scenario="both"'], receiver: 'first', continues: true },
        { matchers: ['scenario=~"both|none"'], receiver: 'second' },
      ],
    },
    receivers: {
      root: webhook('root'),
      everything: integrations(url('everything'), smarthost, version),
      again: webhook('again'),
      muted: webhook('muted'),
      inactive: webhook('inactive'),
      active: webhook('active'),
      first: webhook('first'),
      second: [['webhook', { url: url('second')('webhook') }, false]],
    },
    inhibitRules: [
      { source: ['scenario="source"'], target: ['scenario=~"target|source"'], equal: ['zone'] },
    ],
    timeIntervals: {
      always: [{}],
      never: [{ years: [{ begin: 1990, end: 1990 }] }],
      'today in Kathmandu': [{ location: 'Asia/Kathmandu', daysOfMonth: daysAround() }],
    },
  });
}

/** Today's day of the month in Kathmandu and tomorrow's, should the day end meanwhile. */
function daysAround(): { begin: number; end: number }[] {
  const day = (atMs: number): number =>
    Number(
      new Intl.DateTimeFormat('en', { day: 'numeric', timeZone: 'Asia/Kathmandu' }).format(atMs),
    );
  return [Date.now(), Date.now() + 60_000].map(day).map((day) => ({ begin: day, end: day }));
}

describeWithService(['alertmanager', 'alertmanager-0.25'], 'what groups send over time', () => {
  it.concurrent.each(runs)(
    'by %s is what the simulator says, to every kind of receiver, with ends told %s',
    async (version, _, repeats) => {
      let run = await captured(version, repeats, SOON_MS);
      if (!isDeepStrictEqual(run.sent, run.meant))
        run = await captured(version, repeats, SLOWLY_MS);
      expect(run.sent).toEqual(run.meant);
      expectEvents(run.posts);
      expectReasons(run, version);
    },
  );
});

/** What came to the receivers, and what the simulator says should have come. */
interface Captured {
  readonly sent: Readonly<Record<string, readonly SentEvent[]>>;
  readonly meant: Readonly<Record<string, readonly SentEvent[]>>;
  readonly replay: Replay;
  readonly posts: readonly WebhookPost[];
  readonly base: string;
}

async function captured(
  version: AlertmanagerVersion,
  repeats: number,
  unitMs: number,
): Promise<Captured> {
  const sink = await startWebhookSink({ answer });
  const mail = await startMailSink();
  try {
    const base = `/${version}`;
    const resolved = configurationFor(`${sink.url}${base}`, mail.smarthost, version, unitMs);
    const server = await startAlertmanager({ version, config: fileOf(resolved) });
    const startMs = Date.now();
    const at = (units: number): number => startMs + units * unitMs;
    const alerts = steps.map(([labels, start, end]): TimedAlert => ({
      labels,
      annotations: { summary: 'a summary' },
      startsAtMs: at(start),
      endsAtMs: end === undefined ? undefined : at(end),
    }));
    const everyMs = RESEND_EVERY * unitMs;
    const resend = repeats === 0 ? 'never' : { everyMs, forMs: repeats * everyMs };
    await postOverTime(server.url, alerts, at(END), resend);
    await server.stop();
    const replay = replayNotifications(resolved, alerts, {
      target: version,
      untilMs: at(END),
      resend,
    });
    const posts = sink.posts();
    const mails = mailEvents('everything', mail.mails());
    return {
      sent: inOrderByReceiver([...sentTo(posts, base), ...mails]),
      meant: inOrderByReceiver(replay.notifications.map(eventOf)),
      replay,
      posts,
      base,
    };
  } finally {
    await Promise.all([sink.stop(), mail.stop()]);
  }
}

const sentTo = (posts: readonly WebhookPost[], base: string): SentEvent[] =>
  posts.flatMap((post) => eventOfPost(base, post) ?? []);

function expectEvents(posts: readonly WebhookPost[]): void {
  const events = posts.filter(({ path }) => path.includes('/pagerduty'));
  expect(events.length).toBeGreaterThan(0);
  expect(events.flatMap(pagerDutyProblems)).toEqual([]);
}

/** From 0.32 on the webhook says why it is called. */
function expectReasons({ replay, posts, base }: Captured, version: AlertmanagerVersion): void {
  for (const post of posts.filter(({ path }) => path.endsWith('/webhook'))) {
    const { notification_reason: reason } = post.body as { notification_reason?: string };
    const sent = JSON.stringify(eventOfPost(base, post));
    const fitting = replay.notifications.filter((each) => JSON.stringify(eventOf(each)) === sent);
    const reasons = version === '0.25' ? [undefined] : fitting.map((each) => each.reason);
    expect(reasons).toContain(reason);
  }
}

/** Integrations are called side by side, each one in order. */
function inOrderByReceiver(events: readonly SentEvent[]): Record<string, readonly SentEvent[]> {
  const groups = Map.groupBy(events, ({ receiver, kind, groupKey }) =>
    [receiver, kind, groupKey ?? ''].join(' '),
  );
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Posts each alert when it starts and when it ends, and its end again and again until it starts anew; then waits for the end. */
async function postOverTime(
  url: string,
  alerts: readonly TimedAlert[],
  untilMs: number,
  resend: ResendPolicy | 'never',
): Promise<void> {
  const posts = alerts.flatMap((alert) => [
    { atMs: alert.startsAtMs, alert: { ...alert, endsAtMs: undefined } },
    ...endsOf(alert, alerts, resend).map((atMs) => ({ atMs, alert })),
  ]);
  const byTime = Map.groupBy(posts, ({ atMs }) => atMs);
  for (const [atMs, due] of [...byTime].sort(([a], [b]) => a - b)) {
    if (atMs > untilMs) break;
    await sleep(Math.max(0, atMs - Date.now()));
    await postAlerts(
      url,
      due.map(({ alert }) => alert),
    );
  }
  await sleep(Math.max(0, untilMs - Date.now()));
}

function endsOf(
  { labels, startsAtMs, endsAtMs }: TimedAlert,
  alerts: readonly TimedAlert[],
  resend: ResendPolicy | 'never',
): number[] {
  if (endsAtMs === undefined) return [];
  const next = alerts.find((each) => each.labels === labels && each.startsAtMs > startsAtMs);
  const times = resend === 'never' ? 0 : resend.forMs / resend.everyMs;
  return Array.from({ length: times + 1 }, (_, count) =>
    resend === 'never' ? endsAtMs : endsAtMs + count * resend.everyMs,
  ).filter((atMs) => atMs < (next?.startsAtMs ?? Infinity));
}
