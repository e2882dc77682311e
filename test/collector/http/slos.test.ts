import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../collector/http/app.ts';
import { silentLog } from '../../../collector/log.ts';
import { budgetOf, listView, NOW, shop, shopSlo } from './list-view.ts';

const app = (data = shop()) => createHttpApp({ view: listView(data), log: silentLog });

describe('GET /api/v1/slos', () => {
  it('gives every SLO with its budget, sorted by id', async () => {
    const { items, nextCursor } = (await app().inject('/api/v1/slos')).json();
    expect(items.map((slo: { id: string }) => slo.id)).toEqual([
      'cart/latency',
      'checkout/availability',
      'search/availability',
    ]);
    expect(nextCursor).toBeNull();
    expect(items[1]).toMatchObject({
      objective: '99.9%',
      window: { kind: 'rolling', seconds: 2_592_000 },
      groups: { count: 1, firing: 1 },
      budget: { total: 100_000, bad: 2000, sli: 0.98, measurement: 'measured', firing: ['page'] },
    });
    expect(items[1].budget.budgetRemaining).toBeCloseTo(-19, 9);
  });

  it('shows of a grouped SLO the group with the least budget', async () => {
    const { items } = (await app().inject('/api/v1/slos?slo=cart/latency')).json();
    expect(items[0].groups).toEqual({ count: 2, firing: 1 });
    expect(items[0].budget.group).toEqual({ zone: 'b' });
  });

  it('shows an SLO without any budget yet', async () => {
    const { items } = (
      await app({ slos: [shopSlo('new', 'slo')], instances: [] }).inject('/api/v1/slos')
    ).json();
    expect(items[0]).toMatchObject({
      id: 'new/slo',
      budget: null,
      groups: { count: 0, firing: 0 },
    });
  });

  it.each([
    ['service=cart', ['cart/latency']],
    ['firing=true', ['cart/latency', 'checkout/availability']],
    ['firing=false', ['search/availability']],
    ['measurement=silent', ['search/availability']],
    ['measurement=stale', []],
    ['slo=checkout/availability&firing=true', ['checkout/availability']],
  ])('filters by %s', async (query, ids) => {
    const { items } = (await app().inject(`/api/v1/slos?${query}`)).json();
    expect(items.map((slo: { id: string }) => slo.id)).toEqual(ids);
  });

  it('pages through all of them, each once, whatever the page size', async () => {
    const slos = Array.from({ length: 23 }, (_, index) => shopSlo(`service-${index}`, 'slo'));
    const many = app({
      slos,
      instances: slos.map((slo) => budgetOf(slo, { total: 10, bad: 1 })),
    });
    for (const limit of [1, 5, 22, 23, 24]) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const url = `/api/v1/slos?limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
        const { items, nextCursor } = (await many.inject(url)).json();
        seen.push(...items.map((slo: { id: string }) => slo.id));
        cursor = nextCursor ?? '';
      } while (cursor !== '');
      expect(seen).toEqual(slos.map(({ id }) => id).sort());
    }
  });

  it.each(['cursor=x', 'cursor=bm8', 'limit=0', 'limit=501', 'limit=x', 'firing=yes', 'typo=1'])(
    'refuses %s and names it',
    async (query) => {
      const answer = await app().inject(`/api/v1/slos?${query}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      const problem = answer.json();
      expect(problem.type).toBe('urn:ninefold:problem:invalid-parameter');
      expect(JSON.stringify(problem)).toContain(query.split('=')[0]);
    },
  );
});

describe('GET /api/v1/slos/{service}/{name}', () => {
  it('gives definition, conditions, forecast and alerts', async () => {
    const slo = (await app().inject('/api/v1/slos/checkout/availability')).json();
    expect(slo.method).toEqual({ kind: 'occurrences' });
    expect(slo.burnPolicy).toEqual({
      evidenceGate: true,
      keepFiringSeconds: { page: 1800, ticket: 0 },
    });
    expect(slo.budget.conditions).toHaveLength(4);
    expect(slo.budget.conditions[0]).toMatchObject({
      severity: 'page',
      longWindowSeconds: 3600,
      shortWindowSeconds: 300,
      burnRateThreshold: 14.4,
      on: true,
    });
    expect(slo.budget.alerts).toMatchObject([{ severity: 'page', phase: 'firing' }]);
  });

  it('answers 404 for an unknown one', async () => {
    const answer = await app().inject('/api/v1/slos/checkout/nope');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toContain('checkout/nope');
  });
});

describe('GET /api/v1/slos/{service}/{name}/groups', () => {
  it('gives each group its own budget', async () => {
    const { items } = (await app().inject('/api/v1/slos/cart/latency/groups')).json();
    expect(items.map((each: { instance: string }) => each.instance)).toEqual([
      'cart/latency{zone="a"}',
      'cart/latency{zone="b"}',
    ]);
  });

  it('finds one group by its instance id, and the firing ones', async () => {
    const url = '/api/v1/slos/cart/latency/groups';
    const one = encodeURIComponent('cart/latency{zone="a"}');
    expect((await app().inject(`${url}?instance=${one}`)).json().items[0].bad).toBe(0);
    expect((await app().inject(`${url}?firing=true`)).json().items).toMatchObject([{ bad: 30 }]);
  });
});

describe('GET /api/v1/slos/{service}/{name}/history', () => {
  const url = '/api/v1/slos/checkout/availability/history';

  it('gives counts, SLI and burn rate of each step', async () => {
    const query = `from=${NOW - 3600}&to=${NOW}&step=60`;
    const history = (await app().inject(`${url}?${query}`)).json();
    expect(history).toMatchObject({ to: NOW, stepSeconds: 60, instance: 'checkout/availability' });
    expect(history.points.at(-1)).toMatchObject({ total: 100, bad: 9, sli: 0.91 });
    expect(history.points.at(-1).burnRate).toBeCloseTo(90, 9);
  });

  it('takes RFC 3339 and durations', async () => {
    const query = 'from=2026-11-18T10:00:00Z&to=2026-11-18T12:00:00%2B01:00&step=5m';
    const history = (await app().inject(`${url}?${query}`)).json();
    expect(history.to - history.from).toBe(3600);
    expect(history.stepSeconds).toBe(300);
  });

  it('chooses window and step by itself', async () => {
    const history = (await app().inject(url)).json();
    expect(history.to).toBe(NOW);
    expect((history.to - history.from) / history.stepSeconds).toBeLessThanOrEqual(301);
  });

  it.each([
    ['from=tomorrow', 'from'],
    ['from=2026-13-45T00:00:00Z', 'from'],
    [`from=${NOW}&to=${NOW - 1}`, 'from'],
    [`from=0&to=${NOW}&step=1`, 'step'],
    ['step=0', 'step'],
    ['step=5y', 'step'],
    ['to=99999999999999999999', 'to'],
  ])('refuses %s', async (query, parameter) => {
    const answer = await app().inject(`${url}?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].parameter).toBe(parameter);
  });

  it('asks for a group of a grouped SLO', async () => {
    const answer = await app().inject('/api/v1/slos/cart/latency/history');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain('grouped');
    const other = await app().inject(
      `${url}?instance=${encodeURIComponent('cart/latency{zone="a"}')}`,
    );
    expect(other.statusCode).toBe(404);
  });
});
