import { describe, expect, it } from 'vitest';
import { defineCheck, defineService, heartbeat } from '../../../index.ts';
import {
  awaitsReports,
  createProbes,
  createReportProbe,
  createSurroundings,
  runCheck,
} from '../../../synthetics/index.ts';
import type { LastReport } from '../../../synthetics/probes/report.ts';
import { resolveCheck } from '../../../synthetics/resolve-check.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;
const service = defineService({ name: 'shop', team: 'web' });
const surroundings = createSurroundings('.', {});

function check(probe: ReturnType<typeof heartbeat>) {
  const { value } = resolveCheck(defineCheck({ service, name: 'backup', probe }));
  if (value === undefined) throw new Error('not clean');
  return value;
}

const backup = check(heartbeat({ reports: true, within: '25h' }));

async function look(last: () => Promise<LastReport>) {
  const probes = new Map([['heartbeat', createReportProbe(last, () => NOW)]]);
  return runCheck(backup, { probes, surroundings });
}

describe('a heartbeat that a job sends to the collector', () => {
  it.each([
    ['reported in time', { sinceMs: 0, okAtMs: NOW - 24 * HOUR }, 'passed', undefined],
    ['is awaited, and not late yet', { sinceMs: NOW - 24 * HOUR }, 'passed', undefined],
    [
      'never reported',
      { sinceMs: NOW - 26 * HOUR },
      'failed',
      'expected age seconds is at most 90000, got 93600',
    ],
    [
      'is late',
      { sinceMs: 0, okAtMs: NOW - 26 * HOUR },
      'failed',
      'expected age seconds is at most 90000, got 93600',
    ],
    [
      'failed',
      { sinceMs: 0, okAtMs: NOW - 2 * HOUR, failedAtMs: NOW - HOUR },
      'failed',
      'the job reported at 2026-11-22T11:00:00.000Z that it failed',
    ],
    [
      'succeeded after a failure',
      { sinceMs: 0, okAtMs: NOW - HOUR, failedAtMs: NOW - 2 * HOUR },
      'passed',
      undefined,
    ],
  ] as const)('%s', async (_what, report, verdict, message) => {
    const run = await look(async () => report);
    expect([run.verdict, run.reason?.message]).toEqual([verdict, message]);
  });

  it('tells of a job that began and did not end', async () => {
    const run = await look(async () => ({
      sinceMs: 0,
      okAtMs: NOW - 26 * HOUR,
      startedAtMs: NOW - 2 * HOUR,
    }));
    expect(run.assertions[0]?.excerpt).toBe(
      'last report at 2026-11-21T10:00:00.000Z, began at 2026-11-22T10:00:00.000Z and did not end',
    );
  });

  it('is not known where reports cannot be read, which is no fault of the job', async () => {
    const unread = await look(() => Promise.reject(new Error('disk on fire')));
    expect(unread.verdict).toBe('error');
    const elsewhere = await runCheck(backup, { probes: createProbes(), surroundings });
    expect([elsewhere.verdict, elsewhere.reason?.message]).toEqual([
      'error',
      'jobs report to the collector, which alone can look: let ninefold serve run this check',
    ]);
  });

  it('is told apart from heartbeats that are looked for, and refuses to be both', () => {
    expect(awaitsReports(backup)).toBe(true);
    expect(awaitsReports(check(heartbeat({ file: 'last.txt', within: '1h' })))).toBe(false);
    expect(heartbeat({ reports: true, file: 'last.txt', within: '1h' }).problems).toMatchObject([
      { path: 'reports', code: 'unknown-value' },
    ]);
  });
});
