// What a user writes to define a service.
import { frozenCopy, isRecord } from './plain-data.ts';
import type { Tier } from './service.ts';

/** A web address as text. */
export type UrlText = `http://${string}` | `https://${string}`;

export interface ServiceInput {
  /** Lower-case letters, digits and dashes, at most 63 characters; unique in the workspace. */
  readonly name: string;
  /** The team that is paged; written like a name. */
  readonly team: string;
  /** How much the business depends on it. @default 'standard' */
  readonly tier?: Tier;
  /** One sentence for people. */
  readonly description?: string;
  /** Extra labels on every alert and series of the service. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where its documentation, source or dashboards live, by any name. @default {} */
  readonly links?: Readonly<Record<string, UrlText>>;
}

/** A service as written, frozen; checked when its workspace is loaded. */
export interface ServiceDefinition extends ServiceInput {
  readonly kind: 'service';
}

/**
 * Defines a service. Never throws: what is wrong with it is told, with all else, when the workspace is validated.
 * @example const checkout = defineService({ name: 'checkout', team: 'shop' });
 */
export function defineService(input: ServiceInput): ServiceDefinition {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'service' }) as ServiceDefinition;
}
