// The SLI kind for events posted to the collector's HTTP ingest, each judged by a predicate on its fields.
import type { FieldKinds } from '../event-fields.ts';
import { EVENT_PROPERTIES, type EventInput, lowerEvents } from './event-sli.ts';
import { defineSli, type SliDefinition } from './sli-definition.ts';

export type IngestEventsInput<Kinds extends FieldKinds> = {
  /** The stream that senders name; written like a service name. */
  readonly stream: string;
} & EventInput<Kinds>;

const STREAM = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Events posted to a named stream, JSON objects, counted exactly once.
 * @example
 * ingestEvents({
 *   stream: 'orders', fields: { outcome: 'string' }, bad: (event) => event.outcome.equals('failed'),
 * })
 */
export function ingestEvents<const Kinds extends FieldKinds>(
  input: IngestEventsInput<Kinds>,
): SliDefinition<Extract<keyof Kinds, string>> {
  const shape = {
    known: ['stream', ...EVENT_PROPERTIES],
    needed: ['stream', 'fields'],
    example: `{ stream: 'orders', fields: { status: 'status' }, bad: (event) => event.status.isServerError() }`,
  };
  return defineSli('ingestEvents', input, shape, (reader) => {
    const stream = reader.parsed('stream', {
      code: 'not-a-topic',
      parse: (text) => (STREAM.test(text) ? text : undefined),
      expected: 'a stream name',
      remedy: 'Use 1 to 63 lower-case letters, digits and dashes.',
    });
    return lowerEvents(reader, stream === undefined ? undefined : { ingest: { stream } });
  });
}
