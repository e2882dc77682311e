// The kafkajs module as we use it: loaded so that it is traced, cured of its busy timer, its Fetch answers read by us.
import { createRequire } from 'node:module';
import type * as KafkaJs from 'kafkajs';
import { decodeFetchResponse, type FetchResponse } from './fetch-response.ts';

// An ESM import of this CommonJS package would never be traced: instrumentation hooks into require.
const require = createRequire(import.meta.url);

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}
interface RequestQueueClass {
  prototype: { scheduleCheckPendingRequests: (this: RequestQueue) => void };
}
interface FetchResponseModule {
  decode: (bytes: Buffer) => Promise<FetchResponse>;
}

// Where kafkajs 2.2.4 keeps what is patched; the version is pinned and tests hold the patches to it.
const REQUEST_QUEUE = 'kafkajs/src/network/requestQueue';
const FETCH_RESPONSE = 'kafkajs/src/protocol/requests/fetch/v11/response';

/** kafkajs, loaded once by the process and patched before anything is connected. */
export function loadKafkaJs(): typeof KafkaJs {
  const kafkajs = require('kafkajs') as typeof KafkaJs;
  stopIdleTimer(require(REQUEST_QUEUE) as RequestQueueClass);
  // kafkajs decodes every record into an object, cannot skip a batch that it fails to decompress, and has no bound on
  // what comes out. Brokers since 2.3 answer with this version; the reader refuses older ones.
  const fetch = require(FETCH_RESPONSE) as FetchResponseModule;
  fetch.decode = (bytes) => Promise.resolve().then(() => decodeFetchResponse(bytes));
  return kafkajs;
}

const PATCHED = Symbol.for('ninefold.kafkajs.idle-timer');

/**
 * kafkajs re-arms a timer for ever on every connection, about 800 wake-ups a second, even when nothing waits
 * (tulios/kafkajs#1751). With nothing pending and no throttling there is nothing to check.
 */
function stopIdleTimer(queue: RequestQueueClass): void {
  const { prototype } = queue;
  const original = prototype.scheduleCheckPendingRequests;
  if (PATCHED in original) return;
  const patched = function scheduleCheckPendingRequests(this: RequestQueue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
  prototype.scheduleCheckPendingRequests = Object.assign(patched, { [PATCHED]: true });
}
