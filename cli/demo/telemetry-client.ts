// Sends the shop's telemetry to a collector over HTTP, as any service would: events as NDJSON, counters by remote write.
import { setTimeout as pause } from 'node:timers/promises';
import { CommandFailure } from '../failure.ts';
import {
  encodeWriteRequest,
  REMOTE_WRITE_HEADERS,
  type WrittenSeries,
} from './remote-write-request.ts';

export interface TelemetryClient {
  /** Resolves once the lines are counted. @throws CommandFailure when the collector refuses them */
  events(stream: string, lines: string): Promise<void>;
  /** Resolves once the samples are counted. @throws CommandFailure when the collector refuses them */
  samples(series: readonly WrittenSeries[]): Promise<void>;
}

/** Answers that promise that nothing was counted and that the same request may be sent again. */
const COME_AGAIN = new Set([429, 503]);
const PAUSE_MS = 200;
const ATTEMPTS = 50;

/** @param signal ends what is under way; calls then reject with its reason */
export function createTelemetryClient(url: string, signal: AbortSignal): TelemetryClient {
  const post = async (
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array<ArrayBuffer>,
  ): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body, signal });
      const text = await answer.text();
      if (answer.status === 200 || answer.status === 204) return;
      if (!COME_AGAIN.has(answer.status) || attempt >= ATTEMPTS)
        throw new CommandFailure(
          'internal',
          `the collector refused the shop's telemetry: POST ${path} answered ${answer.status} ${text.slice(0, 300)}`,
        );
      await pause(PAUSE_MS, undefined, { signal });
    }
  };
  return {
    events: (stream, lines) =>
      post(`/api/v1/ingest/${stream}`, { 'content-type': 'application/x-ndjson' }, lines),
    samples: (series) =>
      post('/api/v1/write', REMOTE_WRITE_HEADERS, Uint8Array.from(encodeWriteRequest(series))),
  };
}
