import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../collector/clock.ts';
import { createHttpApp } from '../../../collector/http/app.ts';
import { createJobReports } from '../../../collector/job-reports.ts';
import { silentLog } from '../../../collector/log.ts';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import { StoreError } from '../../../collector/stores/store.ts';
import { listView, shop } from './list-view.ts';

const START = 1_800_000_000;

function app(store: Parameters<typeof createJobReports>[0]['store'] = createMemoryStore()) {
  const reports = createJobReports({ store, clock: createManualClock(START * 1000) });
  return createHttpApp({
    view: listView(shop()),
    log: silentLog,
    heartbeats: { ...reports, checks: () => ['shop/backup'] },
  });
}

const url = '/api/v1/heartbeats/shop/backup';

describe('POST /api/v1/heartbeats', () => {
  it('takes a success without a body, and states with durations', async () => {
    const served = app();
    const first = await served.inject({ method: 'POST', url });
    expect([first.statusCode, first.json()]).toEqual([
      200,
      {
        check: 'shop/backup',
        awaitedSince: START,
        startedAt: null,
        okAt: START,
        failedAt: null,
        durationSeconds: null,
      },
    ]);
    const payload = { state: 'fail', durationSeconds: 12.5 };
    const second = await served.inject({ method: 'POST', url, payload });
    expect(second.json()).toMatchObject({ failedAt: START, durationSeconds: 12.5 });
    const { items } = (await served.inject('/api/v1/heartbeats')).json();
    expect(items).toEqual([second.json()]);
  });

  it.each([
    ['another check', { url: '/api/v1/heartbeats/shop/other' }, 404, 'not-found'],
    [
      'a name that is too long',
      { url: `/api/v1/heartbeats/shop/${'a'.repeat(64)}` },
      400,
      'invalid-parameter',
    ],
    ['an unknown state', { payload: { state: 'fine' } }, 400, 'invalid-body'],
    ['a negative duration', { payload: { durationSeconds: -1 } }, 400, 'invalid-body'],
    ['a property that nobody reads', { payload: { duration: 1 } }, 400, 'invalid-body'],
    ['a body that is too large', { payload: { state: 'x'.repeat(5000) } }, 413, 'too-large'],
  ])('refuses %s with a problem', async (_what, request, status, problem) => {
    const answer = await app().inject({ method: 'POST', url, ...request });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json().type).toBe(`urn:ninefold:problem:${problem}`);
  });

  it('names the checks that await reports', async () => {
    const answer = await app().inject({ method: 'POST', url: '/api/v1/heartbeats/shop/other' });
    expect(answer.json().detail).toBe(
      'No check shop/other awaits reports of a job; known: shop/backup.',
    );
  });

  it('takes nothing that it cannot keep', async () => {
    const store = createMemoryStore();
    const commit = () => Promise.reject(new StoreError('disk full', { retryable: true }));
    const answer = await app({ position: (part) => store.position(part), commit }).inject({
      method: 'POST',
      url,
    });
    expect([answer.statusCode, answer.json().type]).toEqual([
      503,
      'urn:ninefold:problem:unavailable',
    ]);
  });
});
