// The commands under `ninefold dashboards`, with their arguments and options.
import { type Command, Option } from '@commander-js/extra-typings';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Adds them; `finish` gets the exit code of the one that ran. */
export function addDashboardsCommands(
  program: Command<[], { debug?: true | undefined }>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void {
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
}
