// The commands under `ninefold alerts`, with their arguments and options.
import { type Command, Option } from '@commander-js/extra-typings';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Adds them; `finish` gets the exit code of the one that ran. */
export function addAlertsCommands(
  program: Command<[], { debug?: true | undefined }>,
  terminal: Terminal,
  version: string,
  finish: (code: ExitCode) => void,
): void {
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
}
