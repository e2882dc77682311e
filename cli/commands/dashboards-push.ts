// ninefold dashboards push: brings dashboards to Grafana and says what changes there; deletes only what it once brought.
import type { DeliveryStep } from '../../dashboards/delivery/delivery-step.ts';
import { carryOut, type FailedStep } from '../dashboards/carry-out.ts';
import { type DeliveryPlan, planDelivery } from '../dashboards/delivery-plan.ts';
import { type GrafanaOptions, openGrafana } from '../dashboards/open-grafana.ts';
import { planLines } from '../dashboards/plan-text.ts';
import { wantedDashboards } from '../dashboards/wanted-dashboards.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { plainText } from '../plain-text.ts';
import type { Terminal } from '../terminal.ts';

export interface DashboardsPushOptions extends GrafanaOptions {
  readonly from?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly prune?: true | undefined;
  readonly adopt?: true | undefined;
  readonly json?: true | undefined;
}

/** Exits with 1 when a dashboard could not be delivered; the others are. */
export async function dashboardsPush(
  terminal: Terminal,
  workspace: string | undefined,
  options: DashboardsPushOptions,
): Promise<ExitCode> {
  const { dryRun = false, prune = false, adopt = false } = options;
  const wanted = await wantedDashboards(terminal, workspace, options.from);
  const { url, apiName, api } = await openGrafana(terminal, options);
  const progress = terminal.progress();
  let plan: DeliveryPlan;
  let failures: readonly FailedStep[] = [];
  try {
    plan = await planDelivery(api, wanted, { prune, adopt }, progress);
    if (!dryRun) failures = await carryOut(api, wanted, plan, progress);
  } finally {
    progress.end();
  }
  if (options.json === true)
    terminal.out(JSON.stringify({ url, api: apiName, dryRun, ...plan, failures }));
  else {
    for (const line of planLines(terminal, plan)) terminal.out(line);
    for (const { uid, reason, remedy } of failures)
      terminal.err(`${terminal.paintErr('red', `${uid}:`)} ${plainText(reason)}\n    → ${remedy}`);
    terminal.out(summary(url, plan.dashboards, failures, dryRun));
  }
  const refused = plan.dashboards.some(({ kind }) => kind === 'refuse');
  return refused || failures.length > 0 ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}

function summary(
  url: string,
  steps: readonly DeliveryStep[],
  failures: readonly FailedStep[],
  dryRun: boolean,
): string {
  const failed = new Set(failures.map(({ uid }) => uid));
  const count = (kind: DeliveryStep['kind']): number =>
    steps.filter((step) => step.kind === kind && !failed.has(step.uid)).length;
  const parts = [
    [count('create'), 'new'],
    [count('update'), 'changed'],
    [count('delete'), 'deleted'],
    [count('keep'), 'as they were'],
    [count('refuse'), 'not touched'],
    [failures.length, 'refused by Grafana'],
  ].flatMap(([number = 0, word = '']) => (number === 0 ? [] : [`${number} ${word}`]));
  const what = `${url}: ${parts.length === 0 ? 'nothing to do' : parts.join(', ')}.`;
  return dryRun ? `${what} Nothing was done: this was a dry run.` : what;
}
