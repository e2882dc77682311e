// The position of a part that reads counters, as the text that is kept with its counts.
import { hash } from 'node:crypto';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { CounterFeed } from './counter-feed.ts';
import {
  type CounterMemory,
  decodeMemory,
  EMPTY_MEMORY,
  type EncodedMemory,
} from './counter-memory.ts';

export interface CounterPosition {
  /** The SLOs whose counts the part holds, with a digest of their queries as they were last read. */
  readonly slos: Readonly<Record<string, string>>;
  /** Everything up to here has been read. */
  readonly readTo: EpochSeconds;
  readonly memory: CounterMemory;
  /** Whether the part was still reading history for somebody else who takes it over. */
  readonly isHistory: boolean;
}

const FORMAT = 1;

interface Written {
  readonly format: number;
  readonly slos: Readonly<Record<string, string>>;
  readonly history?: true;
  readonly readTo: number;
  readonly memory: EncodedMemory;
}

/** Writes positions of one part; what stays the same from one to the next is written once. */
export function createPositionWriter(
  slos: Readonly<Record<string, string>>,
  isHistory = false,
): (readTo: EpochSeconds, memory: EncodedMemory) => string {
  const history = isHistory ? '"history":true,' : '';
  const fixed = `{"format":${FORMAT},${history}"slos":${JSON.stringify(slos)}`;
  return (readTo, { series, samples, targets, scrapes, surplus }) =>
    // Columns are base64, in which nothing needs an escape.
    `${fixed},"readTo":${readTo},"memory":{"series":"${series}","samples":"${samples}",` +
    `"targets":"${targets}","scrapes":"${scrapes}","surplus":${JSON.stringify(surplus)}}}`;
}

/** @throws PositionError naming the part */
export function parsePosition(part: string, text: string): CounterPosition {
  try {
    const { format, slos, readTo, memory, history } = JSON.parse(text) as Written;
    if (format !== FORMAT) throw new RangeError(`format ${String(format)} is not ${FORMAT}`);
    if (!Number.isSafeInteger(readTo)) throw new RangeError(`readTo ${String(readTo)} is no time`);
    return {
      slos: { ...slos },
      readTo,
      memory: decodeMemory(memory),
      isHistory: history === true,
    };
  } catch (cause) {
    throw new PositionError(part, cause);
  }
}

/** The kept position of a part cannot be read; going on without it would count twice. */
export class PositionError extends Error {
  constructor(part: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `the kept position of part ${part} cannot be read (${reason}): it was written by another version or damaged; restore the store from a copy, or start with an empty one`,
      { cause },
    );
    this.name = 'PositionError';
  }
}

/** A digest of what of an SLO's definition decides which series it counts. */
export function queryDigest({ form }: CounterFeed): string {
  const text = JSON.stringify([form.total, form.counted, form.part]);
  return hash('sha256', text, 'base64').slice(0, 12);
}

/**
 * The memory to go on with. Where a definition changed, series may appear that were there all along: no target counts
 * as known then, so that none of them is taken for newly born.
 */
export function memoryFor(
  feeds: readonly CounterFeed[],
  position: CounterPosition | undefined,
): CounterMemory {
  if (position === undefined) return EMPTY_MEMORY;
  const same = feeds.every((feed) => position.slos[feed.slo.id] === queryDigest(feed));
  return same ? position.memory : { ...position.memory, targets: [] };
}
