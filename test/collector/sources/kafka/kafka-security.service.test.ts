// The Kafka source over TLS with SASL, as most real clusters want it.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { KafkaConnection, SaslSettings } from '../../../../slo/connection.ts';
import {
  createKafkaSource,
  type KafkaSource,
} from '../../../../collector/sources/kafka/kafka-source.ts';
import { startKafka } from '../../../services/kafka.ts';
import { freePorts } from '../../../services/free-port.ts';
import { describeWithService } from '../../../services/services.ts';
import { temporaryFolder } from '../../../services/started-servers.ts';
import { eventSlo } from '../event-slo.ts';
import { createTestLedger, testContext, type TestLedger, until } from '../test-ledger.ts';
import { createEventProducer } from './event-producer.ts';

/** A self-signed certificate for 127.0.0.1 and its key, as files. */
function selfSigned(): {
  readonly certificate: string;
  readonly key: string;
  readonly folder: string;
} {
  const folder = temporaryFolder('kafka-tls');
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  return { certificate, key, folder };
}

const inProperties = (file: string): string =>
  readFileSync(file, 'utf8').trim().replaceAll('\n', '\\n');

describeWithService(['kafka'], 'the Kafka source on a guarded cluster', () => {
  it('reads over TLS with a password from a file, and says what is wrong without them', async () => {
    const [plain, controller, guarded] = (await freePorts(3)) as [number, number, number];
    const { certificate, key, folder } = selfSigned();
    await startKafka({
      properties: {
        'controller.quorum.voters': `1@127.0.0.1:${controller}`,
        listeners: `PLAINTEXT://127.0.0.1:${plain},CONTROLLER://127.0.0.1:${controller},GUARDED://127.0.0.1:${guarded}`,
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},GUARDED://127.0.0.1:${guarded}`,
        'listener.security.protocol.map':
          'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,GUARDED:SASL_SSL',
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.guarded.plain.sasl.jaas.config':
          'org.apache.kafka.common.security.plain.PlainLoginModule required user_shop="open sesame";',
        'listener.name.guarded.ssl.keystore.type': 'PEM',
        'listener.name.guarded.ssl.keystore.certificate.chain': inProperties(certificate),
        'listener.name.guarded.ssl.keystore.key': inProperties(key),
      },
    });
    const producer = await createEventProducer([`127.0.0.1:${plain}`]);
    onTestFinished(() => producer.close());
    await producer.topic('shop');
    const time = Date.now() / 1000;
    await producer.send('shop', [
      { time, status: 200 },
      { time, status: 500 },
    ]);
    const password = join(folder, 'password');
    writeFileSync(password, 'open sesame\n');
    const sasl: SaslSettings = {
      mechanism: 'plain',
      user: 'shop',
      password: { kind: 'secret', file: password },
    };

    const run = (ledger: TestLedger, rest: Partial<KafkaConnection>): KafkaSource => {
      const settings: KafkaConnection = {
        brokers: [`127.0.0.1:${guarded}`],
        clientId: 'test',
        groupId: 'test',
        startAt: 'earliest',
        latenessSeconds: 0,
        idleSeconds: 3,
        ...rest,
      };
      const source = createKafkaSource({
        connection: 'default',
        settings,
        slos: [eventSlo({ origin: { kafka: { topic: 'shop' } } })],
      });
      const stopping = new AbortController();
      const running = source.run(testContext(ledger), stopping.signal);
      onTestFinished(async () => {
        stopping.abort();
        await running;
      });
      return source;
    };
    const ledger = createTestLedger();
    run(ledger, { tls: { verify: true, ca: certificate }, sasl });
    await until(async () => (await ledger.totals('shop/availability'))[0] === 2);

    const untrusting = run(createTestLedger(), { tls: { verify: true }, sasl });
    await until(() => untrusting.status().lastError !== undefined);
    expect(untrusting.status()).toMatchObject({
      state: 'failing',
      lastError: { message: expect.stringMatching(/self-signed certificate/) as string },
    });
    const wrong = join(folder, 'wrong');
    writeFileSync(wrong, 'guess');
    const guessing = run(createTestLedger(), {
      tls: { verify: true, ca: certificate },
      sasl: { ...sasl, password: { kind: 'secret', file: wrong } },
    });
    await until(() => guessing.status().lastError !== undefined);
    expect(guessing.status().lastError?.message).toMatch(/[Aa]uthentication/);
    expect(JSON.stringify(guessing.status())).not.toContain('guess');
  });
});
