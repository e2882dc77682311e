// Which SLOs a kept part holds counts of, whatever kind of part it is: every position begins with that.
import { PositionError } from './counter-position.ts';

/** @throws PositionError */
export function readSloIds(part: string, position: string): readonly string[] {
  try {
    const { slos } = JSON.parse(position) as { readonly slos: Readonly<Record<string, unknown>> };
    return Object.keys(slos);
  } catch (cause) {
    throw new PositionError(part, cause);
  }
}
