// Connections: where telemetry is read, where alerts go and where counts are kept, with every default filled in.
// The catalog makes these from ninefold.config.ts; the collector's sources, stores and sinks take theirs as an argument.
import type { RunbookSettings } from './runbook-link.ts';

/** Where a secret is kept. The value itself never stands in a definition, a log line or an artefact. */
export type SecretReference =
  | { readonly kind: 'secret'; readonly environment: string }
  /** The file's content without trailing line ends; read again whenever a connection is made, so that it can be rotated. */
  | { readonly kind: 'secret'; readonly file: string };

/** How an HTTP server is told who calls. */
export type HttpAuth =
  | { readonly bearer: SecretReference }
  | { readonly basic: { readonly user: string; readonly password: SecretReference } };

/** TLS of a client; paths are absolute or relative to the working directory. */
export interface TlsSettings {
  /** File of PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** File of the client's own PEM certificate; `key` comes with it. */
  readonly certificate?: string;
  /** The client's PEM key. */
  readonly key?: SecretReference;
  /** Name expected in the server's certificate, when it differs from the host. */
  readonly serverName?: string;
  /** Whether the server's certificate is checked; false is for experiments. @default true */
  readonly verify: boolean;
}

/** An HTTP server that is called. */
export interface HttpEndpoint {
  /** `http://` or `https://`, path prefix kept, no trailing slash: `https://mimir.example/prometheus`. */
  readonly url: string;
  readonly auth?: HttpAuth;
  readonly tls?: TlsSettings;
  /** Extra request headers. @default {} */
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  /** Seconds before a request is given up. @default 30 */
  readonly timeoutSeconds: number;
}

/** A Prometheus server or anything with its query API: Thanos, Mimir, VictoriaMetrics. */
export interface PrometheusConnection extends Omit<HttpEndpoint, 'url'> {
  /** Base address of the query API. Absent only with `remoteWrite`: then nothing is polled and nothing backfilled. */
  readonly url?: string;
  /** Value of the header `X-Scope-OrgID`. */
  readonly tenant?: string;
  /** Counters arrive at the collector's remote-write receiver instead of being polled. @default false */
  readonly remoteWrite: boolean;
  /** Longest time between polls, in seconds; while answers come quickly, polls come sooner. @default 15 */
  readonly pollSeconds: number;
  /** Seconds after its time within which a sample may still appear; without new samples the watermark stays this far behind. @default 30 */
  readonly settleSeconds: number;
  /** Requests in flight at most. @default 4 */
  readonly concurrency: number;
  /** Whether the whole compliance window is read at the first start. @default true */
  readonly backfill: boolean;
}

export interface LokiConnection extends HttpEndpoint {
  /** Value of the header `X-Scope-OrgID`; several tenants are joined by `|`. */
  readonly tenant?: string;
  /** Seconds between polls. @default 15 */
  readonly pollSeconds: number;
  /** Seconds that the watermark stays behind now. @default 60 */
  readonly settleSeconds: number;
  /** Seconds of history read again and replaced, because Loki accepts lines that late. @default 3900 */
  readonly rereadSeconds: number;
  /** Requests in flight at most. @default 4 */
  readonly concurrency: number;
  /** Whether the whole compliance window is read at the first start. @default true */
  readonly backfill: boolean;
}

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export interface SaslSettings {
  readonly mechanism: (typeof SASL_MECHANISMS)[number];
  readonly user: string;
  readonly password: SecretReference;
}

export interface KafkaConnection {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** @default 'ninefold' */
  readonly clientId: string;
  /** Consumer group; collectors of one group share the partitions. @default 'ninefold' */
  readonly groupId: string;
  /** Present when connections are encrypted. */
  readonly tls?: TlsSettings;
  readonly sasl?: SaslSettings;
  /** Where a partition without a stored position starts. @default 'earliest' */
  readonly startAt: 'earliest' | 'latest';
  /** Seconds by which events may be out of order; the watermark stays this far behind the newest event. @default 0: late events count in any case, in their own second */
  readonly latenessSeconds: number;
  /** Seconds without an event after which a partition no longer holds the watermark back. @default 30 */
  readonly idleSeconds: number;
}

/** Limits of the HTTP ingest; its streams need no connection. */
export interface IngestSettings {
  /** Bytes of one request body after decompression at most. @default 8388608 */
  readonly maxBodyBytes: number;
  /** Events of one request at most. @default 50000 */
  readonly maxEvents: number;
  /** Seconds by which events may be out of order. @default 0 */
  readonly latenessSeconds: number;
}

/** An Alertmanager; every one in the list gets every alert, as its own clustering expects. */
export type AlertmanagerConnection = HttpEndpoint;

/** An address that gets each alert change as JSON. */
export interface WebhookConnection extends HttpEndpoint {
  /** For logs and metrics, unique in the list. */
  readonly name: string;
}

export type StoreSettings =
  | { readonly kind: 'memory' }
  /** `path` of the database file. */
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'redis';
      /** `redis://` or `rediss://` addresses: one server, or some nodes of a cluster. */
      readonly urls: readonly string[];
      readonly cluster: boolean;
      readonly user?: string;
      readonly password?: SecretReference;
      readonly tls?: TlsSettings;
      /** Starts every key. @default 'ninefold' */
      readonly prefix: string;
    };

export interface HttpSettings {
  /** Address listened on; any but loopback needs `tokensFile`. @default '127.0.0.1' */
  readonly host: string;
  /** 0 picks a free one. @default 9999 */
  readonly port: number;
  /** File of hashed bearer tokens, written by `ninefold token`. */
  readonly tokensFile?: string;
  /** Address under which people reach the service, for links in alerts; no trailing slash. */
  readonly publicUrl?: string;
}

export interface TracingSettings {
  /** OTLP HTTP address of traces: `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  /** Share of traces kept, 0…1; failed ones are always kept. @default 0.01 */
  readonly sampling: number;
}

/** What the site's Grafana has, for the dashboards that are made for it. */
export interface DashboardSettings {
  /** Where the series of SLOs come from: rules where there are any, or the collector's /metrics for all. @default 'rules' */
  readonly source: 'rules' | 'collector';
  /** Labels that tell installations apart, such as `cluster`: every page gets a variable for each. @default [] */
  readonly scopeLabels: readonly string[];
  /** Datasources that are provisioned and linked to each other. @default ['prometheus'] */
  readonly datasources: readonly ('prometheus' | 'loki' | 'tempo')[];
  /** Folder of the dashboards' files on Grafana's machine. @default '/var/lib/grafana/dashboards/ninefold' */
  readonly path?: string;
  /** Whether Grafana evaluates the alerts itself, instead of Prometheus. @default false */
  readonly managedAlerts: boolean;
  /** The workspace's name in a Grafana that it shares with others. Absent: it has Grafana for itself. */
  readonly workspace?: string;
}

/** How checks are run by what the workspace makes, beside `ninefold probe` itself. */
export interface ProbeSettings {
  /** Present when `ninefold serve` runs the checks itself. */
  readonly serve?: {
    /** Where it is: checks of other places are left out. @default '' which is anywhere */
    readonly location: string;
    /** Runs under way together at most. @default 256 */
    readonly atOnce: number;
  };
  /** For the generated CronJobs, systemd timers and steps of CI. */
  readonly jobs: {
    /** Where they send their results, no trailing slash. @default 'http://ninefold:9999' */
    readonly pushUrl: string;
    /** Container image of ninefold. @default 'ninefold:latest' */
    readonly image: string;
    /** Name of the Kubernetes Secret with the token and the secrets of checks. @default 'ninefold-probes' */
    readonly secret: string;
  };
}

/** What a cluster expects of the resources that are made for it. */
export interface KubernetesSettings {
  /** Labels of PrometheusRule resources, by which a Prometheus selects them. @default {} */
  readonly ruleLabels: Readonly<Record<string, string>>;
}

/** A whole ninefold.config.ts, checked, with defaults filled in. */
export interface Config {
  readonly connections: {
    readonly prometheus: Readonly<Record<string, PrometheusConnection>>;
    readonly loki: Readonly<Record<string, LokiConnection>>;
    readonly kafka: Readonly<Record<string, KafkaConnection>>;
  };
  readonly ingest: IngestSettings;
  readonly alertmanagers: readonly AlertmanagerConnection[];
  readonly webhooks: readonly WebhookConnection[];
  /** @default sqlite at '.ninefold/ninefold.db' in the workspace */
  readonly store: StoreSettings;
  readonly http: HttpSettings;
  /** Absent: as the defaults say. */
  readonly dashboards?: DashboardSettings;
  /** Absent: nothing is traced. */
  readonly tracing?: TracingSettings;
  /** Absent: generated runbooks are not published, and alerts do not link to them. */
  readonly runbooks?: RunbookSettings;
  /** Absent: as the defaults say, and `ninefold serve` runs no checks. */
  readonly probes?: ProbeSettings;
  /** Absent: as the defaults say. */
  readonly kubernetes?: KubernetesSettings;
}
