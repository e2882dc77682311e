// Keeps alerts in a list, for the demo's terminal, replays and tests.
import type { OutgoingAlert, Sink } from './sink.ts';

export interface ListSink extends Sink {
  /** Everything sent, oldest first. */
  readonly sent: readonly OutgoingAlert[];
}

/** @param onSend called after each delivery with what was delivered */
export function createListSink(onSend?: (alerts: readonly OutgoingAlert[]) => void): ListSink {
  const sent: OutgoingAlert[] = [];
  return {
    name: 'list',
    repeat: false,
    batch: 64,
    sent,
    send(alerts) {
      sent.push(...alerts);
      onSend?.(alerts);
      return Promise.resolve();
    },
  };
}
