// What jobs report: kept before it is answered, over restarts and beside other collectors.
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../collector/clock.ts';
import { createJobReports } from '../../collector/job-reports.ts';
import { createMemoryStore } from '../../collector/stores/memory.ts';

const START = 1_800_000_000_000;

function open(store = createMemoryStore()) {
  const clock = createManualClock(START);
  return { store, clock, reports: createJobReports({ store, clock }) };
}

describe('reports of a job', () => {
  it('tell when it began, succeeded and failed last, and how long it took', async () => {
    const { clock, reports } = open();
    expect(await reports.last('shop/backup')).toEqual({ sinceMs: START });
    await clock.advance(1000);
    await reports.report('shop/backup', { state: 'start' });
    await clock.advance(90_000);
    expect(await reports.report('shop/backup', { state: 'ok' })).toEqual({
      sinceMs: START,
      startedAtMs: START + 1000,
      okAtMs: START + 91_000,
      durationSeconds: 90,
    });
    await clock.advance(1000);
    expect(await reports.report('shop/backup', { state: 'fail', durationSeconds: 7 })).toEqual({
      sinceMs: START,
      startedAtMs: START + 1000,
      okAtMs: START + 91_000,
      failedAtMs: START + 92_000,
      durationSeconds: 7,
    });
    // Nobody said when this one began.
    expect(await reports.report('shop/backup', { state: 'ok' })).not.toHaveProperty(
      'durationSeconds',
    );
  });

  it('are the same for whoever opens the store next', async () => {
    const { store, reports } = open();
    const record = await reports.report('shop/backup', { state: 'ok' });
    expect(await open(store).reports.last('shop/backup')).toEqual(record);
    expect(await open(store).reports.last('shop/other')).toEqual({ sinceMs: START });
  });

  it('are all kept when two collectors and many jobs report at once', async () => {
    const { store, reports } = open();
    const other = open(store).reports;
    await Promise.all([
      ...Array.from({ length: 20 }, () => reports.report('shop/backup', { state: 'start' })),
      other.report('shop/backup', { state: 'fail' }),
      other.report('shop/mail', { state: 'ok' }),
    ]);
    expect(await reports.last('shop/backup')).toMatchObject({
      startedAtMs: START,
      failedAtMs: START,
    });
    expect(await reports.last('shop/mail')).toMatchObject({ okAtMs: START });
  });
});
