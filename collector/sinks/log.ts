// Writes each alert to the log: the sink that is always there.
import type { Log } from '../log.ts';
import type { Sink } from './sink.ts';

export function createLogSink(log: Log): Sink {
  return {
    name: 'log',
    repeat: false,
    batch: 64,
    send(alerts) {
      for (const alert of alerts) {
        const { labels, annotations, startsAt, status } = alert;
        const message = `${labels['alertname']} ${status}: ${annotations['summary'] ?? ''}`;
        if (status === 'firing' && labels['severity'] === 'page')
          log.error({ labels, annotations, startsAt }, message);
        else log.warn({ labels, annotations, startsAt }, message);
      }
      return Promise.resolve();
    },
  };
}
