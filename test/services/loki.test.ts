import { beforeAll, expect, it } from 'vitest';
import { startLoki } from './loki.ts';
import type { RunningServer } from './running-server.ts';
import { describeWithService } from './services.ts';
import { startWebhookSink } from './webhook-sink.ts';
import type { WebhookSink } from './webhook-sink.ts';

const RULES = `groups:
  - name: checkout
    rules:
      - alert: CheckoutLogsErrors
        expr: sum(count_over_time({app="checkout"} |= "error" [1h])) > 0
        labels: { severity: page }
`;

describeWithService(['loki'], 'loki', () => {
  let sink: WebhookSink;
  let loki: RunningServer;
  beforeAll(async () => {
    sink = await startWebhookSink();
    loki = await startLoki({ alertmanagerUrl: sink.url, rules: { 'checkout.yaml': RULES } });
  });

  it('answers a query with what was pushed, also after it was killed', async () => {
    await push(loki, 'error: card declined');
    expect(await lines(loki)).toEqual(['error: card declined']);
    await loki.kill();
    await loki.restart();
    expect(await lines(loki)).toEqual(['error: card declined']);
  });

  it('sends the alerts of its rules', async () => {
    const post = await sink.waitFor(({ text }) => text.includes('CheckoutLogsErrors'));
    expect(post.path).toBe('/api/v2/alerts');
    expect(post.body).toMatchObject([{ labels: { severity: 'page' } }]);
  });

  it('is gone after stop', async () => {
    await loki.stop();
    await sink.stop();
    await expect(fetch(`${loki.url}/ready`)).rejects.toThrow('fetch failed');
  });
});

async function push(loki: RunningServer, line: string): Promise<void> {
  const response = await fetch(`${loki.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      streams: [{ stream: { app: 'checkout' }, values: [[`${Date.now()}000000`, line]] }],
    }),
  });
  expect(response.status).toBe(204);
}

async function lines(loki: RunningServer): Promise<string[]> {
  const query = encodeURIComponent('{app="checkout"}');
  const response = await fetch(`${loki.url}/loki/api/v1/query_range?query=${query}`);
  const answer = (await response.json()) as {
    data: { result: { values: [time: string, line: string][] }[] };
  };
  return answer.data.result.flatMap(({ values }) => values.map(([, line]) => line));
}
