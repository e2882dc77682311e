// The collector's own metrics: what it read, committed, evaluated and sent, and how its process fares.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AlertTransition } from '../slo/alert-state.ts';
import type { Severity } from '../slo/burn-policy.ts';

/** What sources, pipeline and sinks report; every call is cheap and none fails. */
export interface MetricsRecorder {
  /** One query or fetch of a source. */
  poll(source: string, seconds: number, ok: boolean): void;
  /** One commit of counts with their position. */
  commit(source: string, seconds: number, ok: boolean): void;
  /** One evaluation round over this many SLO instances. */
  evaluation(seconds: number, instances: number): void;
  transition(severity: Severity, transition: AlertTransition): void;
  /** One delivery to a sink. */
  send(sink: string, alerts: number, seconds: number, ok: boolean): void;
  /** Alerts that wait for a sink now. */
  queued(sink: string, alerts: number): void;
  /** Alerts given up, because a queue was full or a sink refused them for good. */
  dropped(sink: string, alerts: number): void;
}

export interface Metrics extends MetricsRecorder {
  /** All of them in the Prometheus text format. */
  text(): Promise<string>;
}

/** Records nothing: for replays and tests that do not look. */
export const silentMetrics: MetricsRecorder = Object.freeze({
  poll: () => {},
  commit: () => {},
  evaluation: () => {},
  transition: () => {},
  send: () => {},
  queued: () => {},
  dropped: () => {},
});

/** Bounds in seconds, from a memory commit to a slow backfill query. */
const SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];

const outcome = (ok: boolean): string => (ok ? 'ok' : 'failed');

/** Metrics in a registry of their own; `process` adds event loop, memory and garbage collection. @default true */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process ?? true)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 500 });
  const made = (name: string, help: string, ...labelNames: string[]) => ({
    name: `ninefold_collector_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  const timed = (name: string, help: string, ...labels: string[]) =>
    new Histogram({ ...made(`${name}_seconds`, help, ...labels), buckets: SECONDS });

  const polls = timed('poll', 'Queries and fetches of a source.', 'source', 'outcome');
  const commits = timed('commit', 'Commits of counts with their position.', 'source', 'outcome');
  const evaluations = timed('evaluation', 'Evaluation rounds.');
  const evaluated = new Gauge(made('evaluated_instances', 'SLO instances in the last round.'));
  const transitions = new Counter(
    made('alert_transitions_total', 'Changes of alerts.', 'severity', 'transition'),
  );
  const sends = timed('send', 'Deliveries to a sink.', 'sink', 'outcome');
  const sent = new Counter(
    made('alerts_sent_total', 'Alerts in deliveries to a sink, by outcome.', 'sink', 'outcome'),
  );
  const queue = new Gauge(made('sink_queue_alerts', 'Alerts that wait for a sink.', 'sink'));
  const lost = new Counter(made('alerts_dropped_total', 'Alerts given up.', 'sink'));

  return {
    poll: (source, seconds, ok) => polls.observe({ source, outcome: outcome(ok) }, seconds),
    commit: (source, seconds, ok) => commits.observe({ source, outcome: outcome(ok) }, seconds),
    evaluation(seconds, instances) {
      evaluations.observe(seconds);
      evaluated.set(instances);
    },
    transition: (severity, transition) => transitions.inc({ severity, transition }),
    send(sink, alerts, seconds, ok) {
      sends.observe({ sink, outcome: outcome(ok) }, seconds);
      sent.inc({ sink, outcome: outcome(ok) }, alerts);
    },
    queued: (sink, alerts) => queue.set({ sink }, alerts),
    dropped: (sink, alerts) => lost.inc({ sink }, alerts),
    text: () => registry.metrics(),
  };
}
