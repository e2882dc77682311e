// The patches of kafkajs: they must apply to the pinned version, and do what they are for.
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { loadKafkaJs } from '../../../../collector/sources/kafka/kafkajs-module.ts';

const require = createRequire(import.meta.url);

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}

it('is the version that the patches were written for', () => {
  expect((require('kafkajs/package.json') as { version: string }).version).toBe('2.2.4');
});

it('arms no timer while a connection has nothing to send', () => {
  loadKafkaJs();
  loadKafkaJs();
  const RequestQueue = require('kafkajs/src/network/requestQueue') as new (
    options: object,
  ) => Queue;
  const queue = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1,
    clientId: 'a',
    broker: 'b',
    logger: {},
  });
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.throttledUntil = Date.now() + 60_000;
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.destroy();
});

it('leaves the records of Fetch answers to us', async () => {
  loadKafkaJs();
  const { versions, protocol } = require('kafkajs/src/protocol/requests/fetch') as {
    versions: string[];
    protocol: (options: {
      version: string;
    }) => (options: object) => { response: { decode(bytes: Buffer): Promise<object> } };
  };
  const newest = versions.at(-1) ?? '';
  expect(newest).toBe('11');
  const { response } = protocol({ version: newest })({
    topics: [],
    maxWaitTime: 1,
    minBytes: 1,
    maxBytes: 1,
  });
  await expect(response.decode(Buffer.alloc(14))).resolves.toMatchObject({ responses: [] });
  await expect(response.decode(Buffer.alloc(3))).rejects.toThrow(RangeError);
});
