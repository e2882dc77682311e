// Checks the runbooks of a workspace, by themselves and against its SLOs, and gives each SLO its generated page.
import { resolveRunbook } from '../runbooks/resolve-runbook.ts';
import { type Runbook, type RunbookSubject, STEP_LISTS } from '../runbooks/runbook.ts';
import { alertsOf } from '../runbooks/workspace.ts';
import { type Diagnostic, joinPath, printValue } from '../slo/diagnostic.ts';
import { ALERTS } from '../slo/names.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { canonicalJson } from '../slo/plain-data.ts';
import { type RunbookSettings, sloRunbookUrl } from '../slo/runbook-link.ts';
import type { Slo } from '../slo/slo.ts';
import type { Origin } from './catalog.ts';
import type { FoundDefinition } from './load-files.ts';
import { duplicate, reportIn } from './report-in.ts';

export interface ResolvedRunbooks {
  readonly runbooks: readonly Runbook[];
  readonly origins: readonly (readonly [string, Origin])[];
}

/** What runbooks refer to. */
interface Known {
  readonly slos: readonly Slo[];
  /** Ids. */
  readonly checks: readonly string[];
}

/** Every runbook once, however often it is passed on; its SLOs and checks are in the workspace, and raise such alerts. */
export function resolveRunbooks(
  found: readonly FoundDefinition[],
  { slos, checks }: Known,
  diagnostics: Diagnostic[],
): ResolvedRunbooks {
  const seen = new Set<string>();
  const taken = new Map<string, Origin>();
  const values = new Map<string, { readonly runbook: Runbook; readonly origin: Origin }>();
  for (const { file, path, value } of found) {
    if (value.kind !== 'runbook') continue;
    const text = canonicalJson(value);
    if (seen.has(text)) continue;
    seen.add(text);
    const report = reportIn(file, diagnostics);
    const { value: runbook, diagnostics: problems } = resolveRunbook(value, path);
    for (const problem of problems) report(problem);
    if (runbook === undefined) continue;
    const origin = { file, path };
    const other = values.get(runbook.name);
    if (other !== undefined) {
      report(duplicate('runbook', runbook.name, `${path}.name`, other.origin));
      continue;
    }
    values.set(runbook.name, { runbook, origin });
    for (const problem of unknownChecks(runbook, checks, path)) report(problem);
    runbook.alerts.forEach((subject, index) => {
      const place = joinPath(`${path}.alerts`, index);
      const problem =
        checkSubject(subject, slos, place) ?? checkTaken(subject, taken, place, origin);
      if (problem !== undefined) report(problem);
    });
  }
  return {
    runbooks: [...values.values()].map(({ runbook }) => runbook),
    origins: [...values].map(([name, { origin }]) => [`runbook ${name}`, origin] as const),
  };
}

/** Steps that try a check that is not there. */
function unknownChecks(
  runbook: Runbook,
  checks: readonly string[],
  path: string,
): readonly Diagnostic[] {
  return STEP_LISTS.flatMap((list) =>
    runbook[list].flatMap(({ run }, index): Diagnostic[] => {
      if (run?.in !== 'check' || checks.includes(run.text)) return [];
      return [
        {
          code: 'unknown-check',
          severity: 'error',
          path: `${joinPath(`${path}.${list}`, index)}.check`,
          value: printValue(run.text),
          message: `No file of the workspace exports the check '${run.text}'.`,
          remedy: 'Export it from a file that ends in .checks.ts.',
        },
      ];
    }),
  );
}

/** An alert that nothing raises needs no runbook: somebody meant another one. */
function checkSubject(
  { slo: id, alert, severity }: RunbookSubject,
  slos: readonly Slo[],
  path: string,
): Diagnostic | undefined {
  if (id === undefined) return undefined;
  const slo = slos.find((each) => each.id === id);
  if (slo === undefined)
    return {
      code: 'unknown-slo',
      severity: 'error',
      path: `${path}.slo`,
      value: printValue(id),
      message: `No file of the workspace exports the SLO '${id}'.`,
      remedy: 'Export it from a file that ends in .slo.ts.',
    };
  const raised = alertsOf(slo).filter((each) => each.alert === alert);
  if (raised.length === 0)
    return {
      code: 'unknown-alert',
      severity: 'error',
      path: `${path}.alert`,
      value: printValue(alert),
      message: `${id} raises no alert '${alert}'.${didYouMean(alert, Object.values(ALERTS))}`,
      remedy: `Write one of: ${Object.values(ALERTS).join(', ')}; or leave slo out for an alert of your own rules.`,
    };
  if (severity === undefined || raised.some((each) => each.severity === severity)) return undefined;
  return {
    code: 'unknown-alert',
    severity: 'error',
    path: `${path}.severity`,
    value: printValue(severity),
    message: `${id} raises ${alert} as a ${raised.map((each) => each.severity).join(' and a ')} only.`,
    remedy: 'Leave severity out, or add such a condition to the burn policy.',
  };
}

function checkTaken(
  { slo, alert, severity }: RunbookSubject,
  taken: Map<string, Origin>,
  path: string,
  origin: Origin,
): Diagnostic | undefined {
  const key = [slo ?? '', alert, severity ?? ''].join(' ');
  const other = taken.get(key);
  if (other === undefined) {
    taken.set(key, origin);
    return undefined;
  }
  return {
    code: 'duplicate-runbook',
    severity: 'error',
    path,
    value: printValue({ slo, alert, severity }),
    message: `Another runbook is for the same alert: ${other.path} in ${other.file}.`,
    remedy: 'Keep one of them, or tell them apart by slo or severity.',
  };
}

/** SLOs with the address of their generated section, where they name no runbook themselves. */
export function withRunbooks(
  slos: readonly Slo[],
  settings: RunbookSettings | undefined,
): readonly Slo[] {
  if (settings?.baseUrl === undefined) return slos;
  return slos.map((slo) => {
    const runbookUrl = sloRunbookUrl(slo, settings);
    if (slo.runbookUrl !== undefined || runbookUrl === undefined) return slo;
    return { ...slo, runbookUrl, generatedRunbook: true };
  });
}
