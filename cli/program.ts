// The command line: every command with its arguments and options; what they do is loaded when they are called.
import { Command } from '@commander-js/extra-typings';
import { addAlertsCommands } from './alerts-commands.ts';
import { addDashboardsCommands } from './dashboards-commands.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { addTokenCommands } from './token-commands.ts';

/** The program; `finish` gets the exit code of the command that ran. */
export function createProgram(
  terminal: Terminal,
  version: string,
  finish: (code: ExitCode) => void,
) {
  const program = new Command('ninefold')
    .description(
      'Exact error budgets and burn-rate pages from Prometheus, Loki and Kafka telemetry.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('--debug', 'show where in the program an error happened')
    .showHelpAfterError('See: ninefold --help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'ninefold: ')),
    });

  program
    .command('serve')
    .description('collect, evaluate and page for a workspace until stopped')
    .argument('[workspace]', 'folder of definitions', '.')
    .option('--config <file>', 'another file than ninefold.config.ts of the workspace')
    .option('--json', 'tell the address and the end as JSON lines on standard output')
    .action(async (workspace, options) => {
      const { serve } = await import('./commands/serve.ts');
      finish(await serve(terminal, workspace, options, version));
    });

  program
    .command('demo')
    .description('run a small shop with live budgets; break a service and be paged')
    .option('--break <service>', 'start with a fault in this service')
    .option('--json', 'tell what happens as JSON lines on standard output')
    .action(async (options) => {
      const { demo } = await import('./commands/demo.ts');
      finish(await demo(terminal, options));
    });

  program
    .command('validate')
    .description('check the definitions of a workspace')
    .argument('<workspace>', 'folder of definitions')
    .option('--json', 'print the findings as one JSON document')
    .action(async (workspace, options) => {
      const { validate } = await import('./commands/validate.ts');
      finish(await validate(terminal, workspace, options));
    });

  program
    .command('build')
    .description('write the rules, routes and tests that follow from a workspace into a folder')
    .argument('<workspace>', 'folder of definitions')
    .requiredOption('--out <folder>', 'where artifacts go; files of others in it stay')
    .option('--only <kinds...>', 'some kinds of artifacts, joined by commas')
    .option('--target <program=version...>', 'what reads them, such as prometheus=2.42')
    .option('--check', 'write nothing; show how the folder differs and exit 1 when it does')
    .option('--json', 'print one JSON document')
    .action(async (workspace, options) => {
      const { build } = await import('./commands/build.ts');
      finish(await build(terminal, workspace, options));
    });

  program
    .command('probe')
    .description('try the checks of a workspace or a file, here and now')
    .argument('[place]', 'folder of definitions, or one file of them', '.')
    .option('--only <words...>', 'ids, names, services or tags of checks, joined by commas')
    .option('--location <name>', 'where this is: checks of other locations are left out')
    .option('--repeat', 'run each check again in each of its periods, until stopped')
    .option('--watch', 'the same, shown as one line a check on a terminal')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('--metrics <file>', 'write the results as Prometheus series, too')
    .option('--json', 'print one JSON line for each run')
    .option('--push <address>', 'send the results to the collector there, for SLOs on the checks')
    .option(
      '--token-file <file>',
      'with --push: file with a token of scope ingest (or NINEFOLD_TOKEN)',
    )
    .option(
      '--scheduled <when>',
      'when this was due, a time or the name of a CronJob’s Job: delays are told, starts are spread',
    )
    .option('--accept-failures', 'exit with 0 when checks failed: the collector tells of it')
    .action(async (place, options) => {
      const { probe } = await import('./commands/probe.ts');
      finish(await probe(terminal, place, options));
    });

  program
    .command('status')
    .description('show the budgets of a running collector')
    .option('--url <address>', 'of the collector (NINEFOLD_URL; default http://127.0.0.1:9999)')
    .option('--token-file <file>', 'file with a token of scope read (or NINEFOLD_TOKEN)')
    .option('--watch', 'show again every two seconds until stopped')
    .option('--json', 'print one JSON document, or one line each time with --watch')
    .action(async (options) => {
      const { status } = await import('./commands/status.ts');
      finish(await status(terminal, options));
    });

  program
    .command('explain')
    .description('say why an SLO pages or does not, with every count behind it')
    .argument('<slo or alert>', 'service/name, a group as status shows it, or the name of an alert')
    .option('--url <address>', 'of the collector (NINEFOLD_URL; default http://127.0.0.1:9999)')
    .option('--token-file <file>', 'file with a token of scope read (or NINEFOLD_TOKEN)')
    .option('--json', 'print one JSON document')
    .action(async (subject, options) => {
      const { explain } = await import('./commands/explain.ts');
      finish(await explain(terminal, subject, options));
    });

  program
    .command('replay')
    .description('ask what would have paged: run counts from a file through the same pipeline')
    .argument(
      '[workspace]',
      'folder of definitions; or describe one SLO with --objective and --window',
    )
    .requiredOption('--counts <file>', 'NDJSON of counts; - reads standard input')
    .requiredOption('--until <time>', 'end, RFC 3339')
    .option(
      '--from <time>',
      'start of evaluation; everything before is history (default: first line)',
    )
    .option('--tick <duration>', 'seconds between evaluations, as a duration', '1s')
    .option(
      '--objective <percent>',
      'without a workspace: the objective of the SLO what-if, like 99.9%',
    )
    .option('--window <window>', 'without a workspace: 30d, or calendar:month:Europe/Berlin', '30d')
    .option('--no-evidence-gate', 'without a workspace: page on ratios alone, for comparison')
    .option('--json', 'print JSON lines (default where standard output is no terminal)')
    .action(async (workspace, options) => {
      const { replay } = await import('./commands/replay.ts');
      finish(await replay(terminal, workspace, options));
    });

  addAlertsCommands(program, terminal, version, finish);
  addDashboardsCommands(program, terminal, finish);
  addTokenCommands(program, terminal, finish);
  return program;
}
