// ninefold serve: collects, evaluates and pages for a workspace until it is stopped.
import { once } from 'node:events';
import process from 'node:process';
import type { Catalog } from '../../catalog/index.ts';
import type { Log } from '../../collector/log.ts';
import { createLogger } from '../../collector/logging.ts';
import type { Service } from '../../collector/service.ts';
import { formatDiagnostics } from '../../formats/diagnostics.ts';
import type { Config } from '../../slo/connection.ts';
import { awaitsReports, type Check, type Run } from '../../synthetics/index.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import type { ServedChecks } from '../probe/served-checks.ts';
import { startTracingFor } from '../service-tracing.ts';
import type { Terminal } from '../terminal.ts';
import { needCatalog, readWorkspace } from '../workspace.ts';

/** From the signal to the end, whatever hangs; below the ten seconds that supervisors usually wait. */
const STOP_MS = 9000;

export interface ServeOptions {
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

export async function serve(
  terminal: Terminal,
  workspace: string,
  options: ServeOptions,
  version: string,
): Promise<ExitCode> {
  const stopped = terminal.stopSignal();
  const { slos, checks, config } = await needCatalog(terminal, workspace, options.config);
  if (config === undefined)
    throw new CommandFailure(
      'config',
      `${workspace} has no ninefold.config.ts, so nothing says where telemetry comes from`,
      'write one, or name one with --config',
    );
  const log = createLogger();
  const say = sayTo(terminal, log);
  // Before the service is loaded: what shall be traced is patched while it loads.
  const tracing = config.tracing && (await startTracingFor(config.tracing));
  const reloads = listenForReload(log);
  const { startService } = await import('../../collector/service.ts');
  const progress = progressTo(terminal, log);
  const served: ServedChecks[] = [];
  let reporting = reportedChecks(checks);
  const service = await startService({
    slos,
    config,
    log,
    version,
    progress: progress.report,
    async readSlos() {
      const catalog = await reread(say, workspace, options.config, config);
      for (const each of served) each.setChecks(catalog.checks);
      reporting = reportedChecks(catalog.checks);
      return catalog.slos;
    },
    heartbeats: () => reporting,
    moreSeries: () => served.map((each) => each.series()).join(''),
    ...(tracing === undefined ? {} : { tracing: tracing.plugin }),
  });
  reloads.serve(service);
  served.push(
    ...(await serveChecksOf(config, checks, {
      workspace,
      terminal,
      service,
      log,
      ...(tracing === undefined ? {} : { onRun: tracing.addRun }),
    })),
  );
  log.info({ url: service.url, slos: slos.length }, 'listening');
  announce(terminal, options, service, workspace);

  if (!stopped.aborted) await once(stopped, 'abort');
  reloads.end();
  progress.end();
  say('stopping …');
  const complete = await within(STOP_MS, async () => {
    for (const each of served) await each.stop();
    await service.close(STOP_MS - 2000);
    await tracing?.stop(2000);
  });
  if (options.json === true) terminal.out(JSON.stringify({ event: 'stopped', complete }));
  // Whatever still hangs must not keep the process alive; everything that was acknowledged is stored.
  if (!complete) {
    say('not everything ended in time; acknowledged counts are stored');
    process.exit(EXIT_CODES.ok.code);
  }
  return EXIT_CODES.ok.code;
}

/** Ids of the checks whose jobs report to the collector, sorted. */
function reportedChecks(checks: readonly Check[]): readonly string[] {
  return checks
    .filter(awaitsReports)
    .map(({ id }) => id)
    .sort();
}

/** The checks that the configuration lets the collector run itself, and what jobs report, under way. */
async function serveChecksOf(
  { probes }: Config,
  checks: readonly Check[],
  around: {
    readonly workspace: string;
    readonly terminal: Terminal;
    readonly service: Service;
    readonly log: Log;
    readonly onRun?: (run: Run) => void;
  },
): Promise<readonly ServedChecks[]> {
  // A reload that brings the first takes a restart.
  if (probes?.serve === undefined && !checks.some(awaitsReports)) return [];
  const { workspace, terminal, ...rest } = around;
  const { serveChecks } = await import('../probe/served-checks.ts');
  const { environment } = terminal;
  const settings = probes?.serve;
  return [serveChecks({ checks, settings, folder: workspace, environment, ...rest })];
}

/** Where nobody looks at it, standard error is a log: one JSON object a line and nothing else. */
function sayTo(terminal: Terminal, log: Log): (text: string) => void {
  if (terminal.interactiveErr) return (text) => terminal.err(`ninefold: ${text}`);
  return (text) => log.info({}, text);
}

/** Hears SIGHUP from the beginning, because a signal that nobody listens to ends the process. */
function listenForReload(log: Log): { serve(service: Service): void; end(): void } {
  const serving: Service[] = [];
  const reload = (): void => {
    serving[0]?.reload().catch((error: unknown) => {
      log.error({ error }, 'nothing was reloaded; the definitions and tokens before stay');
    });
  };
  process.on('SIGHUP', reload);
  return {
    serve: (service) => void serving.push(service),
    end: () => void process.off('SIGHUP', reload),
  };
}

type Report = (what: string, done: number, total: number) => void;

function progressTo(
  terminal: Terminal,
  log: Log,
): { readonly report: Report; readonly end: () => void } {
  const bar = terminal.progress();
  if (terminal.interactiveErr)
    return {
      report: (what, done, total) => bar.report(what, done, total),
      end: () => bar.end(),
    };
  return {
    report: throttled((what, done, total) => log.info({ done, total }, what)),
    end: () => {},
  };
}

/** The definitions as they are now. Connections are opened at the start only, so a change of them is told. */
async function reread(
  say: (text: string) => void,
  workspace: string,
  configFile: string | undefined,
  running: Config,
): Promise<Pick<Catalog, 'slos' | 'checks'>> {
  const { catalog, diagnostics } = await readWorkspace(workspace, configFile);
  if (catalog === undefined)
    throw new Error(formatDiagnostics(diagnostics, { colour: false }).trimEnd());
  if (JSON.stringify(catalog.config) !== JSON.stringify(running))
    say('the configuration changed as well; that takes a restart');
  return catalog;
}

function announce(
  terminal: Terminal,
  options: ServeOptions,
  service: Service,
  workspace: string,
): void {
  const slos = service.view.slos();
  const sources = service.view.sources().map(({ name }) => name);
  if (options.json === true) {
    terminal.out(
      JSON.stringify({
        event: 'listening',
        url: service.url,
        slos: slos.length,
        sources,
        pid: process.pid,
      }),
    );
    return;
  }
  if (!terminal.interactiveErr) return;
  const services = new Set(slos.map((slo) => slo.service.name)).size;
  const lines = [
    `${terminal.paintErr('bold', 'ninefold')} serves ${workspace}`,
    `  address  ${service.url} (API: ${service.url}/docs, metrics: ${service.url}/metrics)`,
    `  SLOs     ${slos.length} of ${services} ${services === 1 ? 'service' : 'services'}`,
    `  sources  ${sources.join(', ') || 'none'}`,
    `  stop with Ctrl-C; SIGHUP reads the definitions and tokens again`,
  ];
  terminal.err(lines.join('\n'));
}

const PROGRESS_MS = 5000;

/** Passes on what comes at least five seconds after the one before, and the end of what was told. */
function throttled(tell: Report): Report {
  const toldAt = new Map<string, number>();
  return (what, done, total) => {
    const before = toldAt.get(what);
    const now = performance.now();
    if (before !== undefined && now - before < PROGRESS_MS && done < total) return;
    toldAt.set(what, now);
    tell(what, done, total);
    if (done >= total) toldAt.delete(what);
  };
}

/** Whether the work was done in time. */
async function within(ms: number, work: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work().then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
