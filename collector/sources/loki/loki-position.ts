// What a Loki part keeps as its position.
import { createHash } from 'node:crypto';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { LogForm } from '../../../slo/sli.ts';
import type { Slo } from '../../../slo/slo.ts';

export interface LokiPosition {
  /** Identifies the queries that were counted: with others, everything is read anew. */
  readonly queries: string;
  /** Every cell before was counted at least once. */
  readonly through: EpochSeconds;
  /** History is read back to here. */
  readonly since: EpochSeconds;
  /** Measured time begins here: the first line found, or the first live poll. */
  readonly covered: EpochSeconds;
}

export function lokiPart(connection: string, slo: string): string {
  return `loki/${connection}/${slo}`;
}

export function queriesDigest(form: LogForm, groupBy: Slo['groupBy']): string {
  const text = JSON.stringify([form.total, form.part, form.counted, groupBy?.labels ?? []]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** @throws RangeError when the text is not a position of this kind */
export function parseLokiPosition(text: string): LokiPosition {
  let value: Partial<Record<keyof LokiPosition, unknown>> = {};
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    // Said below.
  }
  const { queries, through, since, covered } = value;
  const whole = [through, since, covered].every(Number.isSafeInteger);
  if (typeof queries !== 'string' || !whole)
    throw new RangeError(`not the position of a Loki query: ${text.slice(0, 200)}`);
  return value as LokiPosition;
}
