// Notices when two servers deliver the same series under their own names: every event would count twice.
import type { LabelSet } from './label-matcher.ts';
import { replicaKey } from './series-key.ts';

export interface ReplicaWatch {
  note(labels: LabelSet): void;
  /** Pairs of replica labels that were seen on otherwise equal series, at most twenty. */
  readonly found: ReadonlySet<string>;
}

const MOST_FOUND = 20;

/** @param most series remembered at most */
export function createReplicaWatch(most: number): ReplicaWatch {
  const replicaOf = new Map<string, string>();
  const found = new Set<string>();
  return {
    found,
    note(labels) {
      const seen = replicaKey(labels);
      if (seen === undefined || replicaOf.size >= most) return;
      const other = replicaOf.get(seen.key);
      if (other !== undefined && other !== seen.replica && found.size < MOST_FOUND)
        found.add(`${other} and ${seen.replica}`);
      replicaOf.set(seen.key, seen.replica);
    },
  };
}
