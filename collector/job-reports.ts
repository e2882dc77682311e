// What jobs report of themselves: when each began, succeeded and failed last, durable before it is answered.
import { isRecord } from '../slo/plain-data.ts';
import type { Clock } from './clock.ts';
import { StaleReaderError, StoreError, type Store } from './stores/store.ts';

export const JOB_STATES = ['start', 'ok', 'fail'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What is known of a job. Moments in epoch milliseconds, absent before the first. */
export interface JobRecord {
  /** Since when reports of it are awaited. */
  readonly sinceMs: number;
  readonly startedAtMs?: number;
  readonly okAtMs?: number;
  readonly failedAtMs?: number;
  /** Of the last run that ended, in seconds: as it said, or between its start and its end. */
  readonly durationSeconds?: number;
}

export interface JobReport {
  readonly state: JobState;
  /** In seconds. */
  readonly durationSeconds?: number;
}

export interface JobReports {
  /** Keeps a report that arrived now. @throws StoreError */
  report(check: string, report: JobReport): Promise<JobRecord>;
  /** What is known; whoever asks first begins to wait for reports. @throws StoreError */
  last(check: string): Promise<JobRecord>;
}

const MOST_TRIES = 5;

export function createJobReports(options: {
  readonly store: Pick<Store, 'position' | 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
}): JobReports {
  const { store, clock } = options;
  /** Commits of one part must follow one another. */
  const turns = new Map<string, Promise<unknown>>();

  async function change(
    check: string,
    next: (before: JobRecord | undefined) => JobRecord,
  ): Promise<JobRecord> {
    const part = `heartbeat/${check}`;
    for (let tried = 1; ; tried += 1) {
      const stored = await store.position(part);
      const before = stored === undefined ? undefined : parseJobRecord(stored.position);
      const record = next(before);
      if (record === before) return record;
      try {
        const version = stored?.version ?? 0;
        await store.commit({ part, version, position: JSON.stringify(record) });
        return record;
      } catch (error) {
        // Another collector took a report of the same job.
        if (!(error instanceof StaleReaderError) || tried === MOST_TRIES) throw error;
      }
    }
  }

  async function inTurn<T>(check: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(check) ?? Promise.resolve();
    const now = before.then(work, work);
    turns.set(check, now);
    try {
      return await now;
    } finally {
      if (turns.get(check) === now) turns.delete(check);
    }
  }

  return {
    report: async (check, report) =>
      inTurn(check, async () =>
        change(check, (before) => withReport(before, report, Math.floor(clock.now()))),
      ),
    last: async (check) =>
      inTurn(check, async () =>
        change(check, (before) => before ?? { sinceMs: Math.floor(clock.now()) }),
      ),
  };
}

/** The record after a report that arrived at `atMs`. */
function withReport(
  before: JobRecord | undefined,
  { state, durationSeconds }: JobReport,
  atMs: number,
): JobRecord {
  const record = before ?? { sinceMs: atMs };
  if (state === 'start') return { ...record, startedAtMs: atMs };
  const began = record.startedAtMs ?? 0;
  const ended = Math.max(record.okAtMs ?? 0, record.failedAtMs ?? 0);
  // A start that was already answered by an end says nothing about this one.
  const measured = began > ended ? (atMs - began) / 1000 : undefined;
  const duration = durationSeconds ?? measured;
  const { durationSeconds: _before, ...rest } = record;
  return {
    ...rest,
    ...(state === 'ok' ? { okAtMs: atMs } : { failedAtMs: atMs }),
    ...(duration === undefined ? {} : { durationSeconds: duration }),
  };
}

/** @throws StoreError when the text is no record */
function parseJobRecord(text: string): JobRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isRecord(value) && typeof value['sinceMs'] === 'number') return value as unknown as JobRecord;
  throw new StoreError(`not a record of a job: ${text.slice(0, 200)}`, { retryable: false });
}
