// Sinks against what they are made for: a real Alertmanager, and a web server that refuses, stalls and asks who calls.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertmanagerSink } from '../../../collector/sinks/alertmanager.ts';
import { createWebhookSink } from '../../../collector/sinks/webhook.ts';
import type { OutgoingAlert } from '../../../collector/sinks/sink.ts';
import { type RunningAlertmanager, startAlertmanager } from '../../services/alertmanager.ts';
import { describeWithService } from '../../services/services.ts';
import { startWebhookSink, type WebhookSink } from '../../services/webhook-sink.ts';

const never = new AbortController().signal;
const now = (): number => Math.floor(Date.now() / 1000);

function alert(status: 'firing' | 'resolved', labels: Record<string, string> = {}): OutgoingAlert {
  return {
    labels: { alertname: 'ErrorBudgetBurn', slo: 'shop/availability', severity: 'page', ...labels },
    annotations: { summary: 'burns at 14.4×' },
    startsAt: now() - 60,
    endsAt: status === 'firing' ? now() + 240 : now() - 1,
    status,
    generatorUrl: 'http://127.0.0.1:9999/api/v1/slos/shop/availability',
  };
}

const endpoint = (url: string) => ({ url, headers: {}, timeoutSeconds: 2 });

describeWithService(['alertmanager'], 'the Alertmanager sink', () => {
  let capture: WebhookSink;
  let alertmanager: RunningAlertmanager;

  beforeAll(async () => {
    capture = await startWebhookSink();
    alertmanager = await startAlertmanager({
      config: {
        route: {
          receiver: 'capture',
          group_by: ['alertname', 'slo'],
          group_wait: '100ms',
          group_interval: '500ms',
        },
        receivers: [
          {
            name: 'capture',
            webhook_configs: [{ url: `${capture.url}/hook`, send_resolved: true }],
          },
        ],
      },
    });
  });
  afterAll(() => capture.stop());

  it('delivers a firing alert and its resolution, with labels and annotations whole', async () => {
    const sink = createAlertmanagerSink(endpoint(alertmanager.url));
    await sink.send([alert('firing')], never);
    const fired = await capture.waitFor((post) => statusOf(post.body) === 'firing');
    expect(fired.body).toMatchObject({
      alerts: [
        {
          labels: { alertname: 'ErrorBudgetBurn', slo: 'shop/availability', severity: 'page' },
          annotations: { summary: 'burns at 14.4×' },
          generatorURL: 'http://127.0.0.1:9999/api/v1/slos/shop/availability',
        },
      ],
    });
    await sink.send([alert('resolved')], never);
    const resolved = await capture.waitFor((post) => statusOf(post.body) === 'resolved');
    expect(resolved.body).toMatchObject({ status: 'resolved' });
    sink.close?.();
  });

  it('counts the same alert sent again as the same', async () => {
    const sink = createAlertmanagerSink(endpoint(alertmanager.url));
    for (let i = 0; i < 3; i += 1) await sink.send([alert('firing', { slo: 'shop/same' })], never);
    const held = (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as {
      labels: Record<string, string>;
    }[];
    expect(held.filter((each) => each.labels['slo'] === 'shop/same')).toHaveLength(1);
    sink.close?.();
  });

  it('tells a refusal from a failure that a retry may mend', async () => {
    const sink = createAlertmanagerSink(endpoint(alertmanager.url));
    await expect(
      sink.send([alert('firing', { '': 'a label without a name' })], never),
    ).rejects.toMatchObject({
      name: 'SinkError',
      retryable: false,
      message: expect.stringContaining('answered 400'),
    });
    const gone = createAlertmanagerSink(endpoint('http://127.0.0.1:1'));
    await expect(gone.send([alert('firing')], never)).rejects.toMatchObject({
      name: 'SinkError',
      retryable: true,
    });
    sink.close?.();
    gone.close?.();
  });
});

function statusOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
}

describe('the webhook sink', () => {
  it('posts to the address as it is, with credentials read when they are used', async () => {
    const capture = await startWebhookSink();
    process.env['NINEFOLD_TEST_WEBHOOK_TOKEN'] = 'secret-1';
    const sink = createWebhookSink({
      ...endpoint(`${capture.url}/hook/?team=web`),
      name: 'chat',
      auth: { bearer: { kind: 'secret', environment: 'NINEFOLD_TEST_WEBHOOK_TOKEN' } },
    });
    const firing = alert('firing');
    await sink.send([firing], never);
    process.env['NINEFOLD_TEST_WEBHOOK_TOKEN'] = 'secret-2';
    await sink.send([firing], never);
    const [first, second] = capture.posts();
    expect(first?.path).toBe('/hook/?team=web');
    expect([first, second].map((post) => post?.headers['authorization'])).toEqual([
      'Bearer secret-1',
      'Bearer secret-2',
    ]);
    expect(first?.headers['idempotency-key']).toBe(second?.headers['idempotency-key']);
    expect(first?.body).toMatchObject({ version: 1, status: 'firing', labels: firing.labels });
    sink.close?.();
    await capture.stop();
  });

  it.each([
    [503, true],
    [429, true],
    [400, false],
    [401, false],
    [301, false],
  ])('takes an answer of %d as retryable: %s', async (status, retryable) => {
    const capture = await startWebhookSink({ status });
    const sink = createWebhookSink({ ...endpoint(capture.url), name: 'chat' });
    await expect(sink.send([alert('firing')], never)).rejects.toMatchObject({ retryable });
    sink.close?.();
    await capture.stop();
  });
});
