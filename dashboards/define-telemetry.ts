// What a user states about a service's telemetry beyond what its SLIs count: processes, logs, traces.
import type { ServiceDefinition } from '../slo/define-service.ts';
import { frozenCopy, isRecord } from '../slo/plain-data.ts';

export interface TelemetryInput {
  /** The service that it is about: what `defineService` returned. */
  readonly service: ServiceDefinition;
  /** Matchers of its processes' own metrics: `{job="checkout"}`. */
  readonly processes?: `{${string}}`;
  /** LogQL stream selector, with a pipeline if need be: `{app="checkout"} |= "error"`. */
  readonly logs?: `{${string}`;
  /** Its `service.name` in traces. */
  readonly traces?: string;
}

/** Telemetry as written, frozen; checked when its workspace is loaded. */
export interface TelemetryDefinition extends TelemetryInput {
  readonly kind: 'telemetry';
}

/** Telemetry of a service, checked. */
export interface ServiceTelemetry {
  /** Name of the service. */
  readonly service: string;
  readonly processes?: string;
  readonly logs?: string;
  readonly traces?: string;
}

/**
 * States where the rest of a service's telemetry is; its page then shows saturation, logs and traces.
 * @example
 * export const checkoutTelemetry = defineTelemetry({
 *   service: checkout, processes: '{job="checkout"}', logs: '{app="checkout"}', traces: 'checkout',
 * });
 */
export function defineTelemetry(input: TelemetryInput): TelemetryDefinition {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'telemetry' }) as TelemetryDefinition;
}
