// The command line: every command with its arguments and options; what they do is loaded when they are called.
import { Command, Option } from '@commander-js/extra-typings';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

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

  const alerts = program
    .command('alerts')
    .description('check, ask, test and compare any Alertmanager configuration');
  const target = () =>
    new Option('--target <version>', 'of Alertmanager: 0.25, 0.28, 0.31 or 0.34 (default)');
  const zone = () => new Option('--zone <zone>', 'what `location: Local` means (default: UTC)');
  alerts
    .command('lint')
    .description('find all that is wrong with a configuration, and what it hardly means')
    .argument('<file>', 'Alertmanager configuration')
    .addOption(target())
    .option('--strict', 'exit with 1 for warnings, too')
    .option('--json', 'print one JSON document')
    .addOption(new Option('--sarif', 'print SARIF 2.1.0, for code review').conflicts('json'))
    .action(async (configuration, options) => {
      const { alertsLint } = await import('./commands/alerts-lint.ts');
      finish(await alertsLint(terminal, configuration, options, version));
    });
  alerts
    .command('route')
    .description('show where an alert goes, its keys and timers, and what mutes or inhibits it')
    .argument('<file>', 'Alertmanager configuration')
    .addOption(new Option('--label <name=value...>', 'of the alert').makeOptionMandatory())
    .option('--at <time>', 'when: RFC 3339, or 2026-03-29T02:30[Europe/Berlin]')
    .option('--firing <file>', 'other alerts that fire, YAML or JSON')
    .addOption(target())
    .addOption(zone())
    .option('--json', 'print one JSON document')
    .action(async (configuration, options) => {
      const { alertsRoute } = await import('./commands/alerts-route.ts');
      finish(await alertsRoute(terminal, configuration, options));
    });
  alerts
    .command('notifications')
    .description('replay alerts and show every notification that would be sent')
    .argument('<file>', 'Alertmanager configuration')
    .requiredOption('--alerts <file>', 'alerts with labels, startsAt and endsAt, YAML or JSON')
    .addOption(target())
    .addOption(zone())
    .option('--json', 'print one JSON document')
    .action(async (configuration, options) => {
      const { alertsNotifications } = await import('./commands/alerts-notifications.ts');
      finish(await alertsNotifications(terminal, configuration, options));
    });
  alerts
    .command('test')
    .description('run route tests against a configuration')
    .argument('<file>', 'Alertmanager configuration')
    .argument('<tests...>', 'files of route tests, *.routes.yaml')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .addOption(target())
    .addOption(zone())
    .option('--json', 'print one JSON document')
    .action(async (configuration, tests, options) => {
      const { alertsTest } = await import('./commands/alerts-test.ts');
      finish(await alertsTest(terminal, configuration, tests, options));
    });
  alerts
    .command('diff')
    .description(
      'show which alerts a change treats differently, and which incidents it leaves open',
    )
    .argument('<old>', 'Alertmanager configuration that is loaded now')
    .argument('<new>', 'the one that will be')
    .option('--alerts <file>', 'alerts that fire now, as amtool alert query -o json prints them')
    .addOption(target())
    .option('--from <version>', 'the version that runs the old one (default: the target)')
    .option('--json', 'print one JSON document')
    .action(async (before, after, options) => {
      const { alertsDiff } = await import('./commands/alerts-diff.ts');
      finish(await alertsDiff(terminal, before, after, options));
    });

  const dashboards = program
    .command('dashboards')
    .description(
      'check any Grafana dashboard; bring generated ones to Grafana and see what changed',
    );
  const from = () =>
    new Option('--from <folder>', 'instead of a workspace: a folder that ninefold build wrote');
  const grafana = () =>
    new Option('--url <address>', 'of Grafana, with its path if it has one (or GRAFANA_URL)');
  const tokenFile = () =>
    new Option('--token-file <file>', 'file with a token of a service account (or GRAFANA_TOKEN)');
  const api = () => new Option('--api <api>', 'classic (default), or resources: v1beta1, v1, v2');
  const namespace = () =>
    new Option('--namespace <name>', 'of resources: default, org-2, stacks-123 (default: default)');
  dashboards
    .command('lint')
    .description('find what is wrong with dashboards: JSON or YAML, classic or resources')
    .argument('<files...>', 'dashboards; ConfigMaps and grafana-operator resources, too')
    .option('--workspace <folder>', 'compare with its SLOs: thresholds, alerts, runbooks')
    .option('--metrics <file>', 'names of all metrics that there are, one a line')
    .option('--strict', 'exit with 1 for warnings, too')
    .option('--json', 'print one JSON document')
    .action(async (files, options) => {
      const { dashboardsLint } = await import('./commands/dashboards-lint.ts');
      finish(await dashboardsLint(terminal, files, options));
    });
  dashboards
    .command('preview')
    .description('write each dashboard as a static page with real data, without a Grafana')
    .argument('<workspace>', 'folder of definitions')
    .requiredOption('--prometheus <address>', 'of the Prometheus that has the series')
    .option('--loki <address>', 'of the Loki that has the log lines')
    .requiredOption('--out <folder>', 'where the pages go; or one file.html')
    .option('--only <uids...>', 'some dashboards, by their uids')
    .option('--source <source>', 'rules or collector, instead of what the configuration says')
    .option('--from <beginning>', 'such as now-1h, instead of what each dashboard says')
    .option('--at <time>', 'the end of what is seen, RFC 3339 (default: now)')
    .option('--theme <theme>', 'light or dark (default: what the reader prefers)')
    .option('--token-file <file>', 'file with a bearer token for both servers')
    .action(async (workspace, options) => {
      const { dashboardsPreview } = await import('./commands/dashboards-preview.ts');
      finish(await dashboardsPreview(terminal, workspace, options));
    });
  dashboards
    .command('push')
    .description('bring dashboards to Grafana, and show what changes there')
    .argument('[workspace]', 'folder of definitions')
    .addOption(from())
    .addOption(grafana())
    .addOption(tokenFile())
    .addOption(api())
    .addOption(namespace())
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--prune', 'delete what an earlier push brought and nothing defines any more')
    .option('--adopt', 'take over dashboards with the same uid that somebody else made')
    .option('--json', 'print one JSON document')
    .action(async (workspace, options) => {
      const { dashboardsPush } = await import('./commands/dashboards-push.ts');
      finish(await dashboardsPush(terminal, workspace, options));
    });
  dashboards
    .command('diff')
    .description('show how dashboards in Grafana differ from their definitions')
    .argument('[workspace]', 'folder of definitions')
    .addOption(from())
    .addOption(grafana())
    .addOption(tokenFile())
    .addOption(api())
    .addOption(namespace())
    .option('--json', 'print one JSON document')
    .action(async (workspace, options) => {
      const { dashboardsDiff } = await import('./commands/dashboards-diff.ts');
      finish(await dashboardsDiff(terminal, workspace, options));
    });
  dashboards
    .command('pull')
    .description('write dashboards as Grafana has them into a folder, as build writes them')
    .argument('[workspace]', 'folder of definitions (default: all that ninefold pushed)')
    .requiredOption('--out <folder>', 'where the files go')
    .addOption(from())
    .addOption(grafana())
    .addOption(tokenFile())
    .addOption(api())
    .addOption(namespace())
    .option('--json', 'print one JSON document')
    .action(async (workspace, options) => {
      const { dashboardsPull } = await import('./commands/dashboards-pull.ts');
      finish(await dashboardsPull(terminal, workspace, options));
    });

  const token = program
    .command('token')
    .description('manage the bearer tokens of the HTTP API; only their hashes are kept');
  const file = () =>
    new Option(
      '--file <file>',
      'the token file, as http.tokensFile names it',
    ).makeOptionMandatory();
  token
    .command('create')
    .description('make a token and print it, this once')
    .addOption(
      new Option('--scope <scope...>', 'what it allows')
        .choices(['read', 'ingest', 'admin'] as const)
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'who uses it')
    .addOption(file())
    .option('--expires <duration>', 'how long it is valid, like 90d (default: for ever)')
    .option('--json', 'print one JSON document')
    .action(async (options) => {
      const { createToken } = await import('./commands/token.ts');
      finish(await createToken(terminal, options));
    });
  token
    .command('list')
    .description('list the tokens of a file')
    .addOption(file())
    .option('--json', 'print one JSON document')
    .action(async (options) => {
      const { listTokens } = await import('./commands/token.ts');
      finish(await listTokens(terminal, options));
    });
  token
    .command('revoke')
    .description('remove a token; a running collector forgets it on SIGHUP')
    .argument('<token>', 'its id or its name')
    .addOption(file())
    .option('--json', 'print one JSON document')
    .action(async (which, options) => {
      const { revokeToken } = await import('./commands/token.ts');
      finish(await revokeToken(terminal, which, options));
    });

  return program;
}
