// ninefold dashboards lint: everything that is wrong with dashboards of Grafana's, whoever wrote them.
import path from 'node:path';
import { alertFindings } from '../../dashboards/lint/alert-rules.ts';
import { boundDashboard } from '../../dashboards/lint/bounded-dashboard.ts';
import { lintDashboard, lintReadDashboard } from '../../dashboards/lint/lint-dashboard.ts';
import { sharedNames } from '../../dashboards/lint/lint-dashboards.ts';
import type { LintedDashboard } from '../../dashboards/lint/linted-dashboard.ts';
import { readDashboard } from '../../dashboards/lint/read-dashboard.ts';
import { exceptFindings, type Exclusion } from '../../dashboards/lint/read-exclusions.ts';
import type { LintFinding, LintKnowledge } from '../../dashboards/lint/rule.ts';
import { selectorsIn } from '../../formats/dashboard-query.ts';
import {
  type DashboardFile,
  readDashboardFile,
  readExclusionsFile,
  readMetricNames,
} from '../dashboards/dashboard-files.ts';
import { CommandFailure } from '../failure.ts';
import { plainText } from '../plain-text.ts';
import type { Terminal } from '../terminal.ts';
import { needCatalog } from '../workspace.ts';

export interface DashboardsLintOptions {
  readonly workspace?: string | undefined;
  readonly metrics?: string | undefined;
  readonly strict?: true | undefined;
  readonly json?: true | undefined;
}

type FileFinding = LintFinding & {
  /** Absent for what is between dashboards. */
  readonly file?: string;
};

interface Linted {
  readonly findings: readonly FileFinding[];
  readonly excepted: readonly (FileFinding & { readonly reason: string })[];
  readonly unused: readonly (Exclusion & { readonly file: string })[];
  /** How many dashboards there are in the files. */
  readonly dashboards: number;
}

/** Exits with 0 when there are no errors (and, strictly, no warnings), else with 1; with 2 when a file cannot be read. */
export async function dashboardsLint(
  terminal: Terminal,
  files: readonly string[],
  options: DashboardsLintOptions,
): Promise<0 | 1 | 2> {
  let linted: Linted;
  try {
    linted = await lintFiles(terminal, files, options);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    // Other commands tell such files by codes of their own; a linter has three.
    const remedy = error.remedy === undefined ? '' : `\n  → ${error.remedy}`;
    terminal.err(`${terminal.paintErr('red', 'ninefold:')} ${plainText(error.message)}${remedy}`);
    return 2;
  }
  if (options.json === true) terminal.out(JSON.stringify(linted));
  else tell(terminal, linted);
  const wrong = linted.findings.some(({ severity }) => severity === 'error');
  const strictly =
    options.strict === true && (linted.findings.length > 0 || linted.unused.length > 0);
  return wrong || strictly ? 1 : 0;
}

async function lintFiles(
  terminal: Terminal,
  files: readonly string[],
  { workspace, metrics }: DashboardsLintOptions,
): Promise<Linted> {
  const slos = workspace === undefined ? [] : (await needCatalog(terminal, workspace)).slos;
  const knowledge: LintKnowledge = {
    slos,
    ...(metrics !== undefined && { metrics: await readMetricNames(metrics) }),
  };
  const read: LintedDashboard[] = [];
  const findings: FileFinding[] = [];
  const excepted: Linted['excepted'][number][] = [];
  const unused: Linted['unused'][number][] = [];
  for (const [folder, own] of Map.groupBy(files, (file) => path.dirname(file))) {
    const file = path.join(folder, '.lint');
    const exclusions = await readExclusionsFile(file);
    const all: FileFinding[] = [];
    const titles = new Set<string>();
    for (const each of own)
      for (const one of await readDashboardFile(each)) {
        const dashboard = readDashboard(one.json);
        if (dashboard !== undefined) read.push(boundDashboard(dashboard).bounded);
        titles.add(dashboard?.title ?? '');
        for (const finding of findingsIn(one, dashboard, knowledge)) all.push(finding);
      }
    const result = exceptFindings(all, exclusions);
    for (const finding of result.findings) findings.push(finding);
    for (const finding of result.excepted) excepted.push(finding);
    unused.push(
      ...result.unused
        .filter(({ dashboard }) => dashboard === undefined || titles.has(dashboard))
        .map((each) => ({ ...each, file })),
    );
  }
  if (read.length + findings.length + excepted.length === 0)
    throw new CommandFailure(
      'badData',
      `there is no dashboard in ${files.slice(0, 3).join(', ')}${files.length > 3 ? ' …' : ''}`,
      'name files that hold one',
    );
  findings.push(...sharedNames(read), ...alertFindings(read, slos, createSelectorReader()));
  return { findings, excepted, unused, dashboards: read.length };
}

function findingsIn(
  { file, path, json }: DashboardFile,
  dashboard: LintedDashboard | undefined,
  knowledge: LintKnowledge,
): readonly FileFinding[] {
  const { findings } =
    dashboard === undefined
      ? lintDashboard(json, knowledge)
      : lintReadDashboard(dashboard, knowledge);
  return findings.map((finding) => ({
    ...finding,
    file,
    // A path within a wrapped dashboard goes on where the dashboard is.
    path: `${path}${(finding.path ?? '$').slice(1)}`,
  }));
}

function createSelectorReader() {
  const known = new Map<string, ReturnType<typeof selectorsIn>>();
  return (expression: string) => {
    const read = known.get(expression) ?? selectorsIn(expression);
    known.set(expression, read);
    return read;
  };
}

function tell(terminal: Terminal, { findings, excepted, unused, dashboards }: Linted): void {
  for (const finding of findings) {
    const { severity, rule, panel, target, message, remedy } = finding;
    const place = [finding.file, finding.path].filter((each) => each !== undefined).join(': ');
    const where = panel === undefined ? '' : ` “${plainText(panel)}”`;
    const query = target === undefined ? '' : ` ${plainText(target.refId)}`;
    const kind = terminal.paint(severity === 'error' ? 'red' : 'yellow', severity);
    const lead = place === '' ? kind : `${plainText(place)}: ${kind}`;
    terminal.out(
      `${lead}:${where}${query}${where === '' ? '' : ':'} ${plainText(message)} ${terminal.paint('dim', `[${rule}]`)}`,
    );
    terminal.out(`  ${plainText(remedy)}`);
  }
  for (const { file, rule, dashboard } of unused)
    terminal.out(
      `${file}: ${terminal.paint('yellow', 'warning')}: ${rule} is excepted${dashboard === undefined ? '' : ` for “${plainText(dashboard)}”`}, and nothing breaks it. ${terminal.paint('dim', '[unused-exception]')}`,
    );
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors + unused.length;
  terminal.out(
    `${plural(dashboards, 'dashboard')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}${excepted.length === 0 ? '' : `, ${plural(excepted.length, 'breach', 'es')} excepted with a reason`}.`,
  );
}

function plural(count: number, word: string, ending = 's'): string {
  return `${count} ${word}${count === 1 ? '' : ending}`;
}
