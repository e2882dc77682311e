// The whole service: a collector with its HTTP side, from start to a graceful end.
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from '../slo/connection.ts';
import type { Slo } from '../slo/slo.ts';
import { type Assembly, assemble, type AssemblyOptions } from './assemble.ts';
import { type Clock, createSteadyClock } from './clock.ts';
import { assertSafeToListen } from './http/access.ts';
import { createHttpApp, type HttpAppOptions } from './http/app.ts';
import { HTTP_LIMITS } from './http/limits.ts';
import type { JobReports } from './job-reports.ts';
import { createLateView } from './late-view.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { openTokens } from './tokens.ts';
import type { CollectorView } from './view.ts';

export interface ServiceOptions extends Pick<AssemblyOptions, 'progress' | 'sinks'> {
  readonly slos: readonly Slo[];
  readonly config: Config;
  readonly log: Log;
  /** @default the machine's, held steady */
  readonly clock?: Clock;
  /** Ids of the checks whose jobs report to the collector, as they are now. @default none */
  readonly heartbeats?: () => readonly string[];
  /** Further series for /metrics, in the Prometheus text format. */
  readonly moreSeries?: () => string;
  /** For the API's own description. */
  readonly version?: string;
  /** The OpenTelemetry plugin of the HTTP service, when tracing is on. */
  readonly tracing?: NonNullable<HttpAppOptions['tracing']>;
  /** Reads the definitions again, for `reload`; rejects with what is wrong with them. */
  readonly readSlos?: () => Promise<readonly Slo[]>;
}

export interface Service {
  /** Where it listens: `http://127.0.0.1:9999`. */
  readonly url: string;
  readonly view: CollectorView;
  /** Takes events as the HTTP ingest does, from this process. */
  readonly ingest: Assembly['ingest'];
  /** What jobs reported of themselves. */
  readonly jobReports: JobReports;
  /** Reads definitions and tokens again; when either is wrong it rejects, and what was there stays. */
  reload(): Promise<void>;
  /** Lets requests and alerts under way finish for at most about `graceMs`, then stops everything. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts to listen, then to collect. Health answers at once; readiness when counts are current.
 * @throws Error when the address is open to others without tokens, or taken; TokenFileError; StoreError
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, log } = options;
  const clock =
    options.clock ??
    createSteadyClock((byMs, believed) => {
      const what = believed ? 'lasts and is followed now' : 'is ignored while it is young';
      log.warn({ byMs: Math.round(byMs) }, `the machine's clock jumped; the jump ${what}`);
    });
  const { host, port, tokensFile } = config.http;
  assertSafeToListen(host, tokensFile !== undefined);
  const tokens = tokensFile === undefined ? undefined : await openTokens(tokensFile);
  const metrics = createMetrics();
  let assembly: Assembly | undefined;
  let reloading: Promise<void> = Promise.resolve();

  const reload = async (): Promise<void> => {
    const next = reloading.then(async () => {
      await tokens?.reload();
      const slos = await options.readSlos?.();
      if (slos !== undefined) await assembly?.collector.reload(slos);
      log.info({ slos: slos?.length, tokens: tokens?.count }, 'reloaded');
    });
    reloading = next.catch(() => {});
    return next;
  };

  const view = createLateView(() => assembly?.collector);
  const ingest: Assembly['ingest'] = {
    receive: async (request) => ready(assembly).ingest.receive(request),
  };
  const jobReports: JobReports = {
    report: async (check, report) => ready(assembly).jobReports.report(check, report),
    last: async (check) => ready(assembly).jobReports.last(check),
  };
  const app = createHttpApp({
    view,
    log,
    metrics,
    remoteWrite: {
      receive: async (body, headers) => ready(assembly).remoteWrite.receive(body, headers),
    },
    ingest,
    heartbeats: { ...jobReports, checks: options.heartbeats ?? (() => []) },
    limits: { bodyBytes: Math.max(HTTP_LIMITS.bodyBytes, config.ingest.maxBodyBytes) },
    ...(tokens === undefined ? {} : { tokens }),
    ...(options.readSlos === undefined ? {} : { reload }),
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
    ...(options.moreSeries === undefined ? {} : { moreSeries: options.moreSeries }),
    ...(options.version === undefined ? {} : { version: options.version }),
  });

  try {
    await app.listen({ host, port });
    const { port: taken } = app.server.address() as AddressInfo;
    assembly = await assemble({
      ...options,
      clock,
      metrics,
      publicUrl: config.http.publicUrl ?? `http://${authority(nameOf(host), taken)}`,
    });
    await assembly.collector.start();
    return {
      url: `http://${authority(host, taken)}`,
      view,
      ingest,
      jobReports,
      reload,
      async close(graceMs = 8000) {
        const cut = setTimeout(() => app.server.closeAllConnections(), graceMs / 2);
        await app.close();
        clearTimeout(cut);
        await reloading;
        await assembly?.collector.close(graceMs / 2);
      },
    };
  } catch (error) {
    await app.close();
    await assembly?.collector.close(0).catch(() => {});
    throw error;
  }
}

function ready(assembly: Assembly | undefined): Assembly {
  if (assembly !== undefined) return assembly;
  throw Object.assign(new Error('the collector is starting'), { statusCode: 503 });
}

/** A name under which others reach what listens on every address. */
function nameOf(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}

function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
