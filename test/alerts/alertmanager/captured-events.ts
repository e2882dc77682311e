/** What receivers got, and what the simulator says that they get, in one form; and alerts posted to a real Alertmanager. */
import { expect } from 'vitest';
import type { TimedAlert } from '../../../alerts/alertmanager/alert-list.ts';
import type { Notification } from '../../../alerts/alertmanager/notification.ts';
import type { WebhookPost } from '../../services/webhook-sink.ts';

/** One notification, as far as its kind of receiver shows it. */
export interface SentEvent {
  readonly receiver: string;
  readonly kind: string;
  /** Not shown by chats. */
  readonly status?: string;
  /** Of webhooks: group key, reason where the version tells it, and the alerts with their status. */
  readonly groupKey?: string;
  readonly alerts?: readonly string[];
  /** Of pagers. */
  readonly dedupKey?: string;
}

/** Kinds that know an incident by the hash of the group key. */
const PAGERS = ['pagerduty', 'opsgenie', 'victorops'];

export function eventOf(notification: Notification): SentEvent {
  const { receiver, status, groupKey, dedupKey, alerts } = notification;
  const { kind } = notification.integration;
  if (PAGERS.includes(kind)) return { receiver, kind, status, dedupKey };
  if (kind === 'jira') return { receiver, kind, dedupKey };
  if (kind === 'email') return { receiver, kind, status };
  if (kind !== 'webhook') return { receiver, kind };
  return {
    receiver,
    kind,
    status,
    groupKey,
    alerts: alerts.map((each) => `${each.fingerprint} ${each.status}`),
  };
}

/** What came to `<folder>/<receiver>/<kind>…`; undefined elsewhere. */
export function eventOfPost(folder: string, post: WebhookPost): SentEvent | undefined {
  if (!post.path.startsWith(`${folder}/`)) return undefined;
  // Wechat asks for a token first, and Jira is asked for an issue before one is made.
  if (post.path.includes('/gettoken') || post.path.endsWith('/jira/issue')) return undefined;
  const [receiver = '', kind = ''] = post.path.slice(folder.length + 1).split(/[/?]/);
  const read = READERS[kind];
  return { receiver, kind, ...read?.(post.body as Body, post.path) };
}

/** The mails that a receiver was sent, by the subject that Alertmanager gives them. */
export function mailEvents(receiver: string, mails: readonly string[]): SentEvent[] {
  return mails.map((mail) => ({
    receiver,
    kind: 'email',
    status: /^Subject: \[FIRING/m.test(mail) ? 'firing' : 'resolved',
  }));
}

type Body = Readonly<Record<string, unknown>>;

const READERS: Readonly<Record<string, (body: Body, path: string) => Partial<SentEvent>>> = {
  webhook: (body) => ({
    status: String(body['status']),
    groupKey: String(body['groupKey']),
    alerts: (body['alerts'] as readonly { fingerprint: string; status: string }[]).map(
      (each) => `${each.fingerprint} ${each.status}`,
    ),
  }),
  pagerduty: (body) => ({
    status: body['event_action'] === 'resolve' ? 'resolved' : 'firing',
    dedupKey: String(body['dedup_key']),
  }),
  opsgenie: (body, path) => {
    const closed = /\/v2\/alerts\/([^/]+)\/close/.exec(path);
    return closed === null
      ? { status: 'firing', dedupKey: String(body['alias']) }
      : { status: 'resolved', dedupKey: closed[1] ?? '' };
  },
  jira: (body) => ({ dedupKey: /ALERT\{(\w+)\}/.exec(String(body['jql']))?.[1] ?? '' }),
  victorops: (body) => ({
    status: body['message_type'] === 'RECOVERY' ? 'resolved' : 'firing',
    dedupKey: String(body['entity_id']),
  }),
};

/** Posts alerts as they are: those without an end fire for the resolve timeout, 5 minutes. */
export async function postAlerts(url: string, alerts: readonly TimedAlert[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      alerts.map(({ labels, annotations, startsAtMs, endsAtMs }) => ({
        labels,
        annotations,
        startsAt: new Date(startsAtMs).toISOString(),
        ...(endsAtMs === undefined ? {} : { endsAt: new Date(endsAtMs).toISOString() }),
      })),
    ),
  });
  const text = await response.text();
  expect({ status: response.status, text }).toEqual({ status: 200, text: '' });
}
