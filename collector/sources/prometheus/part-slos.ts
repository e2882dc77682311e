// Which SLOs the kept parts hold counts of, and up to when: every position of this room begins with that.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Ledger } from '../source.ts';
import { PositionError } from './counter-position.ts';

export interface HeldPart {
  readonly part: string;
  readonly slos: ReadonlySet<string>;
  readonly readTo: EpochSeconds;
}

/** Names of parts begin so, by what reads them. */
export const PULLED = 'prometheus/';
const WRITTEN = 'remote-write/';

/** All parts that Prometheus telemetry of any connection is kept under. @throws PositionError, StoreError */
export async function heldParts(ledger: Ledger): Promise<readonly HeldPart[]> {
  const kept = await Promise.all([PULLED, WRITTEN].map((prefix) => ledger.positions(prefix)));
  return kept.flatMap((positions) =>
    [...positions].map(([part, { position }]) => readHeld(part, position)),
  );
}

function readHeld(part: string, position: string): HeldPart {
  try {
    const { slos, readTo } = JSON.parse(position) as {
      readonly slos: Readonly<Record<string, unknown>>;
      readonly readTo: number;
    };
    if (!Number.isSafeInteger(readTo)) throw new RangeError(`readTo ${String(readTo)} is no time`);
    return { part, slos: new Set(Object.keys(slos)), readTo };
  } catch (cause) {
    throw new PositionError(part, cause);
  }
}

/** Up to when an SLO is counted already under parts that `isOwn` does not claim; -Infinity when it is not. */
export function countedTo(
  held: readonly HeldPart[],
  slo: string,
  isOwn: (part: string) => boolean,
): EpochSeconds {
  return Math.max(
    -Infinity,
    ...held.filter(({ part, slos }) => slos.has(slo) && !isOwn(part)).map(({ readTo }) => readTo),
  );
}
