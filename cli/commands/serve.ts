// ninefold serve: collects, evaluates and pages for a workspace until it is stopped.
import { once } from 'node:events';
import process from 'node:process';
import { createLogger } from '../../collector/logging.ts';
import type { Service } from '../../collector/service.ts';
import { formatDiagnostics } from '../../formats/diagnostics.ts';
import type { Config } from '../../slo/connection.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
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
  const catalog = await needCatalog(terminal, workspace, options.config);
  const { slos, config } = catalog;
  if (config === undefined)
    throw new CommandFailure(
      'config',
      `${workspace} has no ninefold.config.ts, so nothing says where telemetry comes from`,
      'write one, or name one with --config',
    );
  const log = createLogger();
  // Before the service is loaded: what shall be traced is patched while it loads.
  const tracing = config.tracing && (await startTracingFor(config.tracing));
  const { startService } = await import('../../collector/service.ts');
  const progress = terminal.progress();
  const service = await startService({
    slos,
    config,
    log,
    version,
    progress: (what, done, total) => progress.report(what, done, total),
    readSlos: async () => reread(terminal, workspace, options.config, config),
    ...(tracing === undefined ? {} : { tracing: tracing.plugin }),
  });
  announce(terminal, options, service, workspace);
  const reload = (): void => {
    service.reload().catch((error: unknown) => {
      log.error({ error }, 'nothing was reloaded; the definitions and tokens before stay');
    });
  };
  process.on('SIGHUP', reload);
  try {
    if (!stopped.aborted) await once(stopped, 'abort');
  } finally {
    process.off('SIGHUP', reload);
    progress.end();
  }
  terminal.err('ninefold: stopping …');
  const complete = await within(STOP_MS, async () => {
    await service.close(STOP_MS - 2000);
    await tracing?.stop(2000);
  });
  if (options.json === true) terminal.out(JSON.stringify({ event: 'stopped', complete }));
  // Whatever still hangs must not keep the process alive; everything that was acknowledged is stored.
  if (!complete) {
    terminal.err('ninefold: not everything ended in time; acknowledged counts are stored');
    process.exit(EXIT_CODES.ok.code);
  }
  return EXIT_CODES.ok.code;
}

/** The definitions as they are now. Connections are opened at the start only, so a change of them is told. */
async function reread(
  terminal: Terminal,
  workspace: string,
  configFile: string | undefined,
  running: Config,
) {
  const { catalog, diagnostics } = await readWorkspace(workspace, configFile);
  if (catalog === undefined)
    throw new Error(formatDiagnostics(diagnostics, { colour: false }).trimEnd());
  if (JSON.stringify(catalog.config) !== JSON.stringify(running))
    terminal.err('ninefold: the configuration changed as well; that takes a restart');
  return catalog.slos;
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
