// The store: counts, reading positions, coverage and alert states, kept durably. Implementations are the sibling files.
import type { AlertState, AlertTransition } from '../../slo/alert-state.ts';
import type { Cell, EpochSeconds } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';
import type { Interval } from '../../slo/interval.ts';
import type { AlertName } from '../../slo/names.ts';
import type { Severity } from '../../slo/burn-policy.ts';

/**
 * What one reader owns: a Kafka partition, a Prometheus query shard, a Loki query, an ingest stream. Counts are kept
 * under (instance, part, cell) and summed over parts, so replacing one reader's cells never touches another's.
 */
export type PartId = string;

/** How far a reader has read. `version` counts its commits; `position` is the reader's own text, opaque here. */
export interface PartPosition {
  readonly version: number;
  readonly position: string;
}

/** Counts of one instance in one cell. */
export interface CellWrite extends Cell {
  readonly instance: InstanceId;
}

/** All that a part holds for an instance in `[from, to)` is replaced by `cells`, which lie inside it. */
export interface Replacement {
  readonly instance: InstanceId;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly cells: readonly Cell[];
}

/** A stretch of time in which an SLO was measured, whatever was counted in it. */
export interface CoverageWrite extends Interval {
  readonly slo: string;
}

/** One reader's progress: counts and the position that goes with them, applied in one transaction or not at all. */
export interface Commit {
  readonly part: PartId;
  /** The version of the part that this commit was computed from; 0 when the part has never committed. */
  readonly version: number;
  readonly position: string;
  readonly add?: readonly CellWrite[];
  readonly replace?: readonly Replacement[];
  readonly coverage?: readonly CoverageWrite[];
}

/** What a commit changed: differences to add to the sums of each instance; may be negative. */
export type CountDelta = CellWrite;

/** One alert's identity. */
export interface AlertKey {
  readonly name: AlertName;
  readonly instance: InstanceId;
  readonly severity: Severity;
}

/** One alert's state with the facts that its last transition rested on. */
export interface AlertRecord extends AlertKey {
  readonly state: AlertState;
  /** Annotations as last computed; plain text by name. */
  readonly annotations: Readonly<Record<string, string>>;
  /** When it was last handed to the sinks, for resending. */
  readonly lastSentAt?: EpochSeconds;
}

/** One change of an alert, kept with the counts that caused it. */
export interface AlertEvent extends AlertKey {
  readonly at: EpochSeconds;
  readonly transition: AlertTransition;
  /** JSON of the evaluation: windows, counts, burn rates, evidence. */
  readonly evidence: string;
}

export interface AlertEventQuery {
  readonly instance?: InstanceId;
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  /** Newest first, at most this many. */
  readonly limit: number;
}

/** How long cells stay as fine as they came: older ones are merged into the next width, the oldest dropped. */
export interface Retention {
  /** Cells of width 1 stay for this long, then 10, then 60, then 900. In seconds, ascending. */
  readonly fine: Readonly<Record<1 | 10 | 60, number>>;
  /** Nothing older than this many seconds is kept. */
  readonly total: number;
  /** The widest cell an SLO may be merged into, when narrower than 900: its time slices need it. */
  readonly widest: ReadonlyMap<string, 1 | 10 | 60 | 900>;
}

/**
 * Every method may reject with StoreError. Methods may be called at the same time; commits of one part never are.
 * A commit that was resolved survives kill −9; one that was not is applied wholly or not at all.
 */
export interface Store {
  /** Where a part stands; undefined when it has never committed. */
  position(part: PartId): Promise<PartPosition | undefined>;
  /** All positions whose part begins with the prefix. */
  positions(prefix: string): Promise<ReadonlyMap<PartId, PartPosition>>;
  /** Applies the commit and returns what changed. @throws StaleReaderError when the version is not the part's own. */
  commit(commit: Commit): Promise<readonly CountDelta[]>;
  /** Visits all cells, summed or not over parts, in batches, in any order: what an engine starts from. */
  readCells(
    visit: (cells: readonly CellWrite[]) => void,
    filter?: { readonly slo?: string; readonly from?: EpochSeconds; readonly to?: EpochSeconds },
  ): Promise<void>;
  /** Measured time of every SLO, as disjoint sorted intervals. */
  coverage(): Promise<ReadonlyMap<string, readonly Interval[]>>;
  alerts(): Promise<readonly AlertRecord[]>;
  /** Saves states and appends events in one transaction. A record whose phase is inactive and that needs no more sending may be dropped. */
  saveAlerts(records: readonly AlertRecord[], events: readonly AlertEvent[]): Promise<void>;
  alertEvents(query: AlertEventQuery): Promise<readonly AlertEvent[]>;
  /** Merges and drops old cells, coverage and alert events. Sums over any window of whole target cells stay the same. */
  compact(now: EpochSeconds, retention: Retention): Promise<void>;
  /** Proves that the store answers; rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The store failed; `retryable` says whether the same call may succeed later (full disk, lost connection). */
export class StoreError extends Error {
  readonly retryable: boolean;
  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'StoreError';
    this.retryable = options.retryable;
  }
}

/** Somebody else committed for the part: the reader must read its position again and start from there. */
export class StaleReaderError extends StoreError {
  constructor(part: PartId, expected: number, found: number) {
    super(
      `part ${part} is at version ${found}, not ${expected}: another reader has committed for it`,
      {
        retryable: false,
      },
    );
    this.name = 'StaleReaderError';
  }
}
