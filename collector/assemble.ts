// Puts a collector together from a workspace's SLOs and connections: the one list of what it reads, keeps and tells.
import type { Config } from '../slo/connection.ts';
import type { Slo } from '../slo/slo.ts';
import type { Clock } from './clock.ts';
import { createJobReports, type JobReports } from './job-reports.ts';
import type { Log } from './log.ts';
import type { MetricsRecorder } from './metrics.ts';
import { type Collector, createCollector } from './pipeline/collector.ts';
import { createAlertmanagerSink } from './sinks/alertmanager.ts';
import { createLogSink } from './sinks/log.ts';
import type { Sink } from './sinks/sink.ts';
import { createWebhookSink } from './sinks/webhook.ts';
import { createIngestSource } from './sources/ingest/ingest-source.ts';
import { createKafkaSource } from './sources/kafka/kafka-source.ts';
import { createLokiSource } from './sources/loki/loki-source.ts';
import { createPrometheusSource } from './sources/prometheus/prometheus-source.ts';
import type { Received, RequestHeaders } from './http/receivers.ts';
import { createRemoteWriteReceiver } from './sources/remote-write/remote-write-receiver.ts';
import type { Source } from './sources/source.ts';
import { createStore } from './stores/create-store.ts';

export interface AssemblyOptions {
  readonly slos: readonly Slo[];
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the service, for the link in every alert. */
  readonly publicUrl: string;
  readonly metrics?: MetricsRecorder;
  readonly progress?: (what: string, done: number, total: number) => void;
  /** Sinks beside those of the configuration. */
  readonly sinks?: readonly Sink[];
}

export interface Assembly {
  readonly collector: Collector;
  /** Takes remote-write requests, for as long as some SLO is fed by them. */
  readonly remoteWrite: {
    receive(body: Uint8Array, headers: RequestHeaders): Promise<Received>;
  };
  /** What jobs report of themselves. */
  readonly jobReports: JobReports;
  /** Takes events over HTTP. */
  readonly ingest: {
    receive(request: {
      readonly stream: string;
      readonly body: Uint8Array;
      readonly headers: RequestHeaders;
    }): Promise<Received>;
  };
}

/** What takes requests now; a reload puts new ones in place. */
interface Receivers {
  /** Whether the sources are there; before, nobody can say who is served. */
  ready: boolean;
  remoteWrite: Assembly['remoteWrite'] | undefined;
  ingest: Assembly['ingest'] | undefined;
}

const STARTING: Received = {
  status: 503,
  body: 'the collector is loading its counts; send the same again',
  headers: { 'retry-after': '1' },
};

const NOT_SERVED: Received = {
  status: 404,
  body: 'no SLO of this workspace is fed this way; see the connections in ninefold.config.ts',
};

/** Opens the store and makes the rest, not yet started. @throws StoreError when the store cannot be opened */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { config, log, clock } = options;
  const receivers: Receivers = { ready: false, remoteWrite: undefined, ingest: undefined };
  const unserved = (): Received => (receivers.ready ? NOT_SERVED : STARTING);
  const store = await createStore(config.store, log);
  const collector = createCollector({
    ...options,
    store,
    sources: (slos) => createSources(slos, config, receivers),
    sinks: [
      createLogSink(log),
      ...config.alertmanagers.map(createAlertmanagerSink),
      ...config.webhooks.map(createWebhookSink),
      ...(options.sinks ?? []),
    ],
  });
  return {
    collector,
    jobReports: createJobReports({ store, clock }),
    remoteWrite: {
      receive: async (body, headers) => receivers.remoteWrite?.receive(body, headers) ?? unserved(),
    },
    ingest: {
      receive: async (request) => receivers.ingest?.receive(request) ?? unserved(),
    },
  };
}

/** One source for each connection that some SLO reads from. */
function createSources(
  slos: readonly Slo[],
  config: Config,
  receivers: Receivers,
): readonly Source[] {
  const { connections } = config;
  const sources: Source[] = [];
  for (const [name, connection] of Object.entries(connections.prometheus)) {
    const own = slos.filter(
      ({ sli }) =>
        sli.connection === name && ['counters', 'expression', 'gauge'].includes(sli.form.form),
    );
    const pulled = own.filter(({ sli }) => !connection.remoteWrite || sli.form.form !== 'counters');
    if (pulled.length > 0) sources.push(createPrometheusSource({ name, connection, slos: pulled }));
  }
  const written = slos.filter(
    ({ sli }) =>
      sli.form.form === 'counters' && connections.prometheus[sli.connection]?.remoteWrite === true,
  );
  receivers.remoteWrite = undefined;
  if (written.length > 0) {
    // Requests do not say which connection they belong to: there is one receiver, and one server that it can ask.
    const names = new Set(written.map(({ sli }) => sli.connection));
    const history = names.size === 1 ? connections.prometheus[[...names][0] ?? ''] : undefined;
    const receiver = createRemoteWriteReceiver({ slos: written, ...(history && { history }) });
    receivers.remoteWrite = receiver;
    sources.push(receiver);
  }
  for (const [connection, settings] of Object.entries(connections.loki)) {
    const own = slos.filter(({ sli }) => sli.connection === connection && sli.form.form === 'logs');
    if (own.length > 0) sources.push(createLokiSource({ connection, settings, slos: own }));
  }
  for (const [connection, settings] of Object.entries(connections.kafka)) {
    const own = slos.filter(
      ({ sli }) =>
        sli.connection === connection && sli.form.form === 'events' && 'kafka' in sli.form.origin,
    );
    if (own.length > 0) sources.push(createKafkaSource({ connection, settings, slos: own }));
  }
  const ingested = slos.filter(
    ({ sli }) => sli.form.form === 'events' && 'ingest' in sli.form.origin,
  );
  receivers.ingest = undefined;
  if (ingested.length > 0) {
    const source = createIngestSource({ settings: config.ingest, slos: ingested });
    receivers.ingest = source;
    sources.push(source);
  }
  receivers.ready = true;
  return sources;
}
