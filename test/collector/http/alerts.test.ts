import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../collector/http/app.ts';
import { silentLog } from '../../../collector/log.ts';
import { listView, NOW, shop } from './list-view.ts';

const app = createHttpApp({ view: listView(shop()), log: silentLog });
const get = async (url: string) => (await app.inject(url)).json();

describe('GET /api/v1/alerts', () => {
  it('gives each firing alert with labels and the conditions of its severity', async () => {
    const { items } = await get('/api/v1/alerts');
    expect(items.map((alert: { slo: string }) => alert.slo)).toEqual([
      'cart/latency',
      'checkout/availability',
    ]);
    expect(items[1].labels).toMatchObject({ alertname: 'ErrorBudgetBurn', severity: 'page' });
    expect(items[1].conditions.map((each: { severity: string }) => each.severity)).toEqual([
      'page',
      'page',
    ]);
  });

  it.each([
    ['service=cart', 1],
    ['slo=checkout/availability', 1],
    ['severity=ticket', 0],
    ['phase=firing', 2],
    ['phase=pending', 0],
  ])('filters by %s', async (query, count) => {
    expect((await get(`/api/v1/alerts?${query}`)).items).toHaveLength(count);
  });
});

describe('GET /api/v1/alerts/history', () => {
  it('gives changes newest first, with the evidence as data', async () => {
    const { items } = await get('/api/v1/alerts/history');
    expect(items).toHaveLength(7);
    expect(items[0]).toMatchObject({ at: NOW - 760, transition: 'firing', evidence: { index: 6 } });
  });

  it('pages through changes of the same second without losing or repeating one', async () => {
    for (const limit of [1, 2, 3, 4, 7]) {
      const seen: number[] = [];
      let cursor = '';
      do {
        const page = await get(
          `/api/v1/alerts/history?limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        seen.push(
          ...page.items.map((each: { evidence: { index: number } }) => each.evidence.index),
        );
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
      expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
  });

  it('takes a range and an instance', async () => {
    const range = `from=${NOW - 1000}&to=${NOW - 999}`;
    expect((await get(`/api/v1/alerts/history?${range}`)).items).toHaveLength(3);
    expect((await get('/api/v1/alerts/history?instance=a/b')).items).toHaveLength(0);
  });

  it('shows evidence that is not JSON as it is', async () => {
    const data = shop();
    const event = { ...data.events![0]!, evidence: 'plain words' };
    const other = createHttpApp({
      view: listView({ ...data, events: [event] }),
      log: silentLog,
    });
    const { items } = (await other.inject('/api/v1/alerts/history')).json();
    expect(items[0].evidence).toBe('plain words');
  });
});
