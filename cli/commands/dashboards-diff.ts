// ninefold dashboards diff: how dashboards in Grafana differ from their definitions, which is what people changed there.
import { planDelivery } from '../dashboards/delivery-plan.ts';
import { type GrafanaOptions, openGrafana } from '../dashboards/open-grafana.ts';
import { planLines } from '../dashboards/plan-text.ts';
import { wantedDashboards } from '../dashboards/wanted-dashboards.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

export interface DashboardsDiffOptions extends GrafanaOptions {
  readonly from?: string | undefined;
  readonly json?: true | undefined;
}

/** Exits with 1 when something differs. Dashboards of ours that nothing defines any more are told, too. */
export async function dashboardsDiff(
  terminal: Terminal,
  workspace: string | undefined,
  options: DashboardsDiffOptions,
): Promise<ExitCode> {
  const wanted = await wantedDashboards(terminal, workspace, options.from);
  const { url, apiName, api } = await openGrafana(terminal, options);
  const progress = terminal.progress();
  const plan = await planDelivery(api, wanted, { prune: true, adopt: true }, progress).finally(() =>
    progress.end(),
  );
  const same = plan.dashboards.filter(({ kind }) => kind === 'keep').length;
  const count = plan.dashboards.length - same;
  const folders = plan.folders.filter(({ kind }) => kind !== 'keep').length;
  if (options.json === true) terminal.out(JSON.stringify({ url, api: apiName, ...plan }));
  else {
    for (const line of planLines(terminal, plan)) terminal.out(line);
    terminal.out(
      count + folders === 0
        ? `${url} has all ${same} dashboards as they are defined.`
        : `${url}: ${count} of ${plan.dashboards.length} dashboards differ. Left is what Grafana has, right what is defined.`,
    );
  }
  return count + folders > 0 ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}
