// The SLI kind for events in a Kafka topic, each judged by a predicate on its fields.
import type { FieldKinds } from '../event-fields.ts';
import { EVENT_PROPERTIES, type EventInput, lowerEvents } from './event-sli.ts';
import { defineSli, type SliDefinition } from './sli-definition.ts';

export type KafkaEventsInput<Kinds extends FieldKinds> = {
  readonly topic: string;
  /** @default 'default' */
  readonly connection?: string;
} & EventInput<Kinds>;

const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/**
 * Events of a topic, JSON objects, counted exactly once.
 * @example
 * kafkaEvents({
 *   topic: 'access-log', fields: { status: 'status', latency: 'seconds' },
 *   bad: (event) => any(event.status.isServerError(), event.latency.greaterThan('500ms')),
 * })
 */
export function kafkaEvents<const Kinds extends FieldKinds>(
  input: KafkaEventsInput<Kinds>,
): SliDefinition<Extract<keyof Kinds, string>> {
  const shape = {
    known: ['topic', ...EVENT_PROPERTIES, 'connection'],
    needed: ['topic', 'fields'],
    example: `{ topic: 'access-log', fields: { status: 'status' }, bad: (event) => event.status.isServerError() }`,
  };
  return defineSli('kafkaEvents', input, shape, (reader) => {
    const topic = reader.parsed('topic', {
      code: 'not-a-topic',
      parse: (text) => (TOPIC.test(text) ? text : undefined),
      expected: 'a topic name',
      remedy: 'Use 1 to 249 letters, digits, dots, _ and -.',
    });
    return lowerEvents(reader, topic === undefined ? undefined : { kafka: { topic } });
  });
}
