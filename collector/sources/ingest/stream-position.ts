// Where an ingest stream stands: measured time, the last request, and the keys of requests already counted.
import type { CoverageWrite } from '../../stores/store.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Classifier } from '../events/classifier.ts';
import type { TimeSpan } from '../events/event-fold.ts';
import type { Heartbeat } from './heartbeat.ts';
import { formatWindow, type KeyedRequest, parseWindow } from './idempotency-window.ts';
import { decidedSlots, readSlotVotes, type SlotVotes, writeSlotVotes } from './slot-votes.ts';

export interface StreamPosition {
  /** By SLO id, up to where it was measured; absent before its first event. */
  readonly through: Readonly<Record<string, EpochSeconds>>;
  /** Arrival of the last counted request. */
  readonly lastRequestAt: EpochSeconds;
  readonly keys: readonly KeyedRequest[];
  /** By SLO id, of those on which places vote. */
  readonly votes: Readonly<Record<string, SlotVotes>>;
}

/** A longer time without any request is not measured, unless a later one brings its events or a heartbeat says so. */
const LONGEST_GAP_SECONDS = 300;

export const NEW_STREAM: StreamPosition = { through: {}, lastRequestAt: 0, keys: [], votes: {} };

export function formatStreamPosition(position: StreamPosition): string {
  const { through, lastRequestAt, keys } = position;
  const votes = Object.entries(position.votes).map(([slo, each]) => [slo, writeSlotVotes(each)]);
  return JSON.stringify({
    through,
    lastRequestAt,
    keys: formatWindow(keys),
    ...(votes.length > 0 && { votes: Object.fromEntries(votes) }),
  });
}

/** @throws RangeError when the text is not a position of this kind */
export function parseStreamPosition(text: string): StreamPosition {
  let value: Partial<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as Partial<Record<string, unknown>>;
  } catch {
    value = {};
  }
  const { through, lastRequestAt, keys, votes = {} } = value;
  if (
    typeof through !== 'object' ||
    through === null ||
    typeof lastRequestAt !== 'number' ||
    typeof keys !== 'string' ||
    typeof votes !== 'object' ||
    votes === null
  )
    throw new RangeError(`not the position of an ingest stream: ${text.slice(0, 200)}`);
  return {
    through: through as StreamPosition['through'],
    lastRequestAt,
    keys: parseWindow(keys),
    votes: Object.fromEntries(
      Object.entries(votes).map(([slo, each]) => [slo, readSlotVotes(each)]),
    ),
  };
}

/** What requests say about time, beside their events. */
export interface TimeReport {
  /** One per timeline. */
  readonly spans: readonly (TimeSpan | undefined)[];
  readonly heartbeats: readonly Heartbeat[];
  /** A request without any event says that there is none up to its arrival. */
  readonly empty: boolean;
  /** The votes as they are now, by SLO id. */
  readonly votes: Readonly<Record<string, SlotVotes>>;
  /** Where slots begin that somebody voted on now, by SLO id. */
  readonly votedOn: Readonly<Record<string, readonly EpochSeconds[]>>;
}

/** The measured time that requests add, and where it then reaches. */
export function measure(
  position: StreamPosition,
  report: TimeReport,
  about: {
    readonly classifier: Classifier;
    readonly latenessSeconds: number;
    /** Arrival, in seconds. */
    readonly now: number;
  },
): { readonly through: StreamPosition['through']; readonly coverage: readonly CoverageWrite[] } {
  const { classifier, latenessSeconds, now } = about;
  const said = Math.max(0, ...report.heartbeats.map(({ through }) => Math.min(through, now)));
  const quiet = report.empty ? now - latenessSeconds : 0;
  const connected = now - position.lastRequestAt <= LONGEST_GAP_SECONDS;
  const through: Record<string, EpochSeconds> = {};
  const coverage: CoverageWrite[] = [];
  for (const [index, { slos }] of classifier.timelines.entries()) {
    const span = report.spans[index];
    const reached = Math.floor(
      Math.max(span === undefined ? 0 : span.last - latenessSeconds, said, quiet),
    );
    const first = Math.floor(
      Math.min(span?.first ?? reached, ...report.heartbeats.map(({ from }) => from ?? Infinity)),
    );
    if (span === undefined && reached === 0) continue;
    for (const slo of slos) {
      const before = position.through[slo];
      if (report.votes[slo] !== undefined) {
        const slots = measuredSlots(slo, reached, { position, report, classifier });
        coverage.push(...slots);
        if (slots.length > 0) through[slo] = Math.max(before ?? 0, ...slots.map(({ to }) => to));
        continue;
      }
      const joined = before !== undefined && (connected || first <= before + LONGEST_GAP_SECONDS);
      const from = joined ? before : Math.max(before ?? 0, first);
      if (from < reached) coverage.push({ slo, from, to: reached });
      through[slo] = Math.max(before ?? first, reached);
    }
  }
  return { through: { ...kept(position, classifier), ...through }, coverage };
}

/** Where places vote, time is measured by slots that were decided, up to where anybody has looked. */
function measuredSlots(
  slo: string,
  reached: EpochSeconds,
  about: {
    readonly position: StreamPosition;
    readonly report: TimeReport;
    readonly classifier: Classifier;
  },
): readonly CoverageWrite[] {
  const { position, report, classifier } = about;
  const votes = report.votes[slo];
  const quorum = classifier.judges.find((judge) => judge.slo.id === slo)?.quorum;
  if (votes === undefined || quorum === undefined) return [];
  const before = position.through[slo] ?? 0;
  const end = Math.max(before, reached);
  const earliest = Math.min(before, ...(report.votedOn[slo] ?? []));
  return decidedSlots(votes, quorum, earliest).flatMap(({ from, to }) =>
    from < end ? [{ slo, from, to: Math.min(to, end) }] : [],
  );
}

/** Those of the SLOs served now: one that pauses begins anew. */
function kept(position: StreamPosition, { judges }: Classifier): StreamPosition['through'] {
  const served = new Set(judges.map(({ slo }) => slo.id));
  return Object.fromEntries(Object.entries(position.through).filter(([slo]) => served.has(slo)));
}
