/** The rules of PagerDuty's Events API v2 for a request, from its published description. */
import type { WebhookPost } from '../../services/webhook-sink.ts';

const ACTIONS = ['trigger', 'acknowledge', 'resolve'];
const SEVERITIES = ['critical', 'error', 'warning', 'info'];
const LARGEST_EVENT = 512 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** What PagerDuty would refuse or cut; empty when nothing. */
export function pagerDutyProblems({ method, headers, text, body }: WebhookPost): string[] {
  const event = body as Fields;
  const problems: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) problems.push(rule);
  };
  const isText = (value: unknown, longest: number): boolean =>
    typeof value === 'string' && value.length > 0 && value.length <= longest;
  must(method === 'POST', 'events are posted');
  must(headers['content-type']?.startsWith('application/json') === true, 'the body is JSON');
  must(Buffer.byteLength(text) <= LARGEST_EVENT, 'an event has at most 512 KB');
  must(isText(event['routing_key'], 32), 'routing_key has 32 characters');
  must(String(event['routing_key']).length === 32, 'routing_key has 32 characters');
  must(ACTIONS.includes(String(event['event_action'])), 'event_action is a known one');
  must(isText(event['dedup_key'], 255), 'dedup_key has 1 to 255 characters');
  if (event['event_action'] === 'trigger') {
    const payload = (event['payload'] ?? {}) as Fields;
    must(isText(payload['summary'], 1024), 'summary has 1 to 1024 characters');
    must(isText(payload['source'], Infinity), 'source is not empty');
    must(SEVERITIES.includes(String(payload['severity'])), 'severity is a known one');
  }
  for (const image of (event['images'] ?? []) as readonly Fields[])
    must(String(image['src']).startsWith('https://'), 'images come over https');
  for (const link of (event['links'] ?? []) as readonly Fields[])
    must(isText(link['href'], Infinity), 'links have a href');
  return problems;
}
