// A process that reads one topic into a SQLite store until it is killed: `node killed-collector.ts '{"path", "settings", "topic"}'`.
import type { KafkaConnection } from '../../../../slo/connection.ts';
import { createKafkaSource } from '../../../../collector/sources/kafka/kafka-source.ts';
import { createSqliteStore } from '../../../../collector/stores/sqlite.ts';
import { eventSlo } from '../event-slo.ts';
import { createTestLedger, testContext } from '../test-ledger.ts';

const { path, settings, topic } = JSON.parse(process.argv[2] ?? '{}') as {
  path: string;
  settings: KafkaConnection;
  topic: string;
};
const source = createKafkaSource({
  connection: 'default',
  settings,
  slos: [eventSlo({ origin: { kafka: { topic } } })],
});
const report = setInterval(() => {
  process.stdout.write(`${source.status().counters['events'] ?? 0}\n`);
}, 20);
await source.run(
  testContext(createTestLedger(createSqliteStore({ path }))),
  new AbortController().signal,
);
clearInterval(report);
