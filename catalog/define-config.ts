// What a user writes in ninefold.config.ts.
import type { SaslSettings, SecretReference } from '../slo/connection.ts';
import type { UrlText } from '../slo/define-service.ts';
import type { DurationText } from '../slo/duration.ts';
import { frozenCopy, isRecord } from '../slo/plain-data.ts';
import type { RunbookFormat } from '../slo/runbook-link.ts';

/** A secret in an environment variable of the collector. @example fromEnvironment('PROMETHEUS_TOKEN') */
export function fromEnvironment(name: string): SecretReference {
  return frozenCopy({ kind: 'secret', environment: name });
}

/** A secret that is the content of a file; a relative path starts at the workspace. @example fromFile('/run/secrets/token') */
export function fromFile(path: string): SecretReference {
  return frozenCopy({ kind: 'secret', file: path });
}

export type AuthInput =
  | { readonly bearer: SecretReference }
  | { readonly basic: { readonly user: string; readonly password: SecretReference } };

/** TLS of a client. Relative paths start at the workspace. */
export interface TlsInput {
  /** File of PEM certificates to trust. @default the system's */
  readonly ca?: string;
  /** File of the client's own certificate, with its key. */
  readonly certificate?: string;
  readonly key?: SecretReference;
  readonly serverName?: string;
  /** Whether the server's certificate is checked. @default true */
  readonly verify?: boolean;
}

export interface EndpointInput {
  /** Base address; a path in front of the API stays. */
  readonly url: UrlText;
  readonly auth?: AuthInput;
  readonly tls?: TlsInput;
  /** Extra request headers; a secret one by reference. @default {} */
  readonly headers?: Readonly<Record<string, string | SecretReference>>;
  /** When a request is given up. @default '30s' */
  readonly timeout?: DurationText;
}

export interface PrometheusInput extends Omit<EndpointInput, 'url'> {
  /** Base address of the query API; may be left out with `remoteWrite: true`. */
  readonly url?: UrlText;
  /** Sent as `X-Scope-OrgID`. */
  readonly tenant?: string;
  /** Whether counters arrive by remote write instead of being polled. @default false */
  readonly remoteWrite?: boolean;
  /** Time between polls. @default '15s' */
  readonly pollInterval?: DurationText;
  /** How late a sample may appear. @default '30s' */
  readonly settle?: DurationText;
  /** Requests at once at most, 1 to 100. @default 4 */
  readonly concurrency?: number;
  /** Whether the compliance window is read at the first start. @default true */
  readonly backfill?: boolean;
}

export interface LokiInput extends EndpointInput {
  /** Sent as `X-Scope-OrgID`; several are joined by `|`. */
  readonly tenant?: string;
  /** @default '15s' */
  readonly pollInterval?: DurationText;
  /** How far behind now the newest read line is. @default '1m' */
  readonly settle?: DurationText;
  /** How much history is read again for late lines. @default '65m' */
  readonly reread?: DurationText;
  /** Requests at once at most, 1 to 100. @default 4 */
  readonly concurrency?: number;
  /** Whether the compliance window is read at the first start. @default true */
  readonly backfill?: boolean;
}

export interface KafkaInput {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** @default 'ninefold' */
  readonly clientId?: string;
  /** @default 'ninefold' */
  readonly groupId?: string;
  /** `true` trusts the system's certificates. @default no TLS */
  readonly tls?: true | TlsInput;
  readonly sasl?: SaslSettings;
  /** Where a partition that was never read starts. @default 'earliest' */
  readonly startAt?: 'earliest' | 'latest';
  /** By how much events may be out of order; later ones count too, in their own second. @default '0s' */
  readonly lateness?: DurationText;
  /** After how long a silent partition no longer holds the others back. @default '30s' */
  readonly idleAfter?: DurationText;
}

export interface IngestInput {
  /** Bytes of one request after decompression at most, up to 64 MiB. @default 8388608 */
  readonly maxBodyBytes?: number;
  /** Events of one request at most. @default 50000 */
  readonly maxEvents?: number;
  /** By how much events may be out of order; later ones count too, in their own second. @default '0s' */
  readonly lateness?: DurationText;
}

export interface WebhookInput extends EndpointInput {
  /** Lower-case letters, digits and dashes, unique in the list. */
  readonly name: string;
}

export type StoreInput =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'redis';
      /** `redis://host:6379`, or some nodes of a cluster. */
      readonly url: string | readonly string[];
      /** @default false */
      readonly cluster?: boolean;
      readonly user?: string;
      readonly password?: SecretReference;
      readonly tls?: TlsInput;
      /** @default 'ninefold' */
      readonly prefix?: string;
    };

export interface HttpInput {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 9999 */
  readonly port?: number;
  /** File of hashed bearer tokens, made by `ninefold token`; needed beyond loopback. */
  readonly tokensFile?: string;
  /** The address under which people reach it, for links in alerts. */
  readonly publicUrl?: UrlText;
}

export interface TracingInput {
  /** OTLP HTTP address: `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: UrlText;
  readonly headers?: Readonly<Record<string, string | SecretReference>>;
  /** Share of traces that is kept; failed ones always are. @default '1%' */
  readonly sampling?: `${number}%`;
}

export interface DashboardsInput {
  /** Where the series of SLOs come from: the generated rules, or the collector's own /metrics for all. @default 'rules' */
  readonly source?: 'rules' | 'collector';
  /** Labels that tell installations apart: `['cluster']`; every page gets a variable for each. @default [] */
  readonly scopeLabels?: readonly string[];
  /** Datasources that are provisioned and linked to each other. @default ['prometheus'] */
  readonly datasources?: readonly ('prometheus' | 'loki' | 'tempo')[];
  /** Folder of the dashboards' files on Grafana's machine. @default '/var/lib/grafana/dashboards/ninefold' */
  readonly path?: string;
  /** Whether Grafana evaluates the alerts itself, instead of Prometheus. @default false */
  readonly managedAlerts?: boolean;
  /** Where several workspaces share a Grafana: begins the uids of the dashboards, which get a folder of their own. @default none */
  readonly workspace?: string;
}

export interface RunbooksInput {
  /** Address under which the generated folder `runbooks/site` or `runbooks/markdown` is published: alerts then link to it. */
  readonly baseUrl?: UrlText;
  /** Which of the two is published there. @default 'html' */
  readonly format?: RunbookFormat;
  /** Where people reach Prometheus, for links from runbooks. @default the connection's address */
  readonly prometheusUrl?: UrlText;
  /** Grafana's address, for links from runbooks to dashboards. */
  readonly grafanaUrl?: UrlText;
}

export interface KubernetesInput {
  /** Labels of the generated PrometheusRule resources, by which a Prometheus selects them. @default {} */
  readonly ruleLabels?: Readonly<Record<string, string>>;
}

export interface ProbesInput {
  /** Lets `ninefold serve` run the checks itself: `true`, or with the place where it is. @default it runs none */
  readonly serve?:
    | true
    | {
        /** Checks of other places are left out. @default those of all places */
        readonly location?: string;
        /** Runs under way together at most, 1 to 2,000. @default 256 */
        readonly atOnce?: number;
      };
  /** Where the generated CronJobs, timers and steps send their results. @default 'http://ninefold:9999' */
  readonly pushUrl?: UrlText;
  /** Container image of the generated CronJobs. @default 'ninefold:latest' */
  readonly image?: string;
  /** Name of the Kubernetes Secret with NINEFOLD_TOKEN and the secrets of checks. @default 'ninefold-probes' */
  readonly secret?: string;
}

export interface ConfigInput {
  /** Where telemetry is read; an SLI that names no connection reads from the one called `default`. */
  readonly connections?: {
    readonly prometheus?: Readonly<Record<string, PrometheusInput>>;
    readonly loki?: Readonly<Record<string, LokiInput>>;
    readonly kafka?: Readonly<Record<string, KafkaInput>>;
  };
  /** Limits of the HTTP ingest. */
  readonly ingest?: IngestInput;
  /** Every one gets every alert. @default [] */
  readonly alertmanagers?: readonly EndpointInput[];
  /** @default [] */
  readonly webhooks?: readonly WebhookInput[];
  /** @default { kind: 'sqlite', path: '.ninefold/ninefold.db' } */
  readonly store?: StoreInput;
  readonly http?: HttpInput;
  /** What the site's Grafana has, for the dashboards that are made for it. */
  readonly dashboards?: DashboardsInput;
  /** @default nothing is traced */
  readonly tracing?: TracingInput;
  /** Where generated runbooks are read. @default nowhere: alerts do not link to them */
  readonly runbooks?: RunbooksInput;
  /** Who runs the checks, and where results go. */
  readonly probes?: ProbesInput;
  /** What the cluster expects of generated resources. */
  readonly kubernetes?: KubernetesInput;
}

/** A configuration as written, frozen; checked when its workspace is loaded. */
export interface ConfigDefinition extends ConfigInput {
  readonly kind: 'config';
}

/**
 * Defines how the collector is connected. Secrets are references, never text.
 * @example
 * export default defineConfig({ connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } } });
 */
export function defineConfig(input: ConfigInput): ConfigDefinition {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'config' });
}
