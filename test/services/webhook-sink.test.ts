import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWebhookSink } from './webhook-sink.ts';
import type { WebhookSink } from './webhook-sink.ts';

describe('webhook sink', () => {
  let sink: WebhookSink;
  beforeEach(async () => {
    sink = await startWebhookSink({ status: ({ path }) => (path === '/broken' ? 503 : 200) });
  });
  afterEach(() => sink.stop());

  it('keeps path, headers and body of what was posted, JSON parsed and other text as it is', async () => {
    await post('/a', '{"status":"firing"}');
    await post('/b', 'plain');
    expect(sink.posts().map(({ path, body }) => [path, body])).toEqual([
      ['/a', { status: 'firing' }],
      ['/b', 'plain'],
    ]);
    expect(sink.posts()[0]?.headers['x-sender']).toBe('test');
  });

  it('waits for a post that is still to come, and finds one that came before', async () => {
    const coming = sink.waitFor(({ text }) => text === 'two');
    await post('/', 'one');
    await post('/', 'two');
    expect((await coming).text).toBe('two');
    expect((await sink.waitFor(({ text }) => text === 'one')).text).toBe('one');
  });

  it('says what came instead when nothing fits in time', async () => {
    await post('/wrong', 'other');
    await expect(sink.waitFor(() => false, 20)).rejects.toThrow('POST /wrong other');
  });

  it('answers with the status that the test chose', async () => {
    expect(await post('/broken', '')).toBe(503);
    expect(await post('/', '')).toBe(200);
  });

  it('gives a mistake of the waiting test to that test, not to the sender', async () => {
    const waiting = sink.waitFor(() => {
      throw new TypeError('wrong field');
    });
    await Promise.all([
      expect(waiting).rejects.toThrow('wrong field'),
      expect(post('/', '')).resolves.toBe(200),
    ]);
  });

  async function post(path: string, body: string): Promise<number> {
    const headers = { 'x-sender': 'test' };
    return (await fetch(`${sink.url}${path}`, { method: 'POST', headers, body })).status;
  }
});
