// What an SLO says, as a key by which thousands of SLOs are told alike.
import type { Slo } from '../../slo/slo.ts';

const written = new WeakMap<object, string>();

/** `JSON.stringify` of something that does not change; made once for each object. */
export function jsonOf(value: object): string {
  const known = written.get(value);
  if (known !== undefined) return known;
  const json = JSON.stringify(value);
  written.set(value, json);
  return json;
}

/** The same for SLOs that say the same. The burn policy is a third of it, and nearly always one object for all. */
export function sloKey({ burnPolicy, ...rest }: Slo): string {
  return `${JSON.stringify(rest)} ${jsonOf(burnPolicy)}`;
}
