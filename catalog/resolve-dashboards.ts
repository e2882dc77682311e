// Checks users' own dashboards, by themselves and against the SLOs of their workspace.
import type { Dashboard } from '../dashboards/dashboard.ts';
import { resolveDashboard } from '../dashboards/resolve-dashboard.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { canonicalJson } from '../slo/plain-data.ts';
import type { Origin } from './catalog.ts';
import type { FoundDefinition } from './load-files.ts';
import { duplicate, reportIn } from './report-in.ts';

export interface ResolvedDashboards {
  readonly values: readonly Dashboard[];
  readonly origins: readonly (readonly [string, Origin])[];
}

/** Every dashboard once, however often it is passed on; the SLOs that they show must be among those given. */
export function resolveDashboards(
  found: readonly FoundDefinition[],
  slos: readonly string[],
  diagnostics: Diagnostic[],
): ResolvedDashboards {
  const dashboards = new Map<string, { readonly dashboard: Dashboard; readonly origin: Origin }>();
  const seen = new Set<string>();
  for (const { file, path, value } of found) {
    if (value.kind !== 'dashboard') continue;
    const text = canonicalJson(value);
    if (seen.has(text)) continue;
    seen.add(text);
    const report = reportIn(file, diagnostics);
    const { value: dashboard, diagnostics: problems } = resolveDashboard(value, path);
    for (const problem of problems) report(problem);
    if (dashboard === undefined) continue;
    for (const problem of unknownSlos(dashboard, path, slos)) report(problem);
    const other = dashboards.get(dashboard.uid);
    if (other === undefined) dashboards.set(dashboard.uid, { dashboard, origin: { file, path } });
    else report(duplicate('dashboard', dashboard.uid, `${path}.uid`, other.origin));
  }
  return {
    values: [...dashboards.values()].map(({ dashboard }) => dashboard),
    origins: [...dashboards].map(([uid, { origin }]) => [`dashboard ${uid}`, origin] as const),
  };
}

function unknownSlos(
  { rows }: Dashboard,
  path: string,
  slos: readonly string[],
): readonly Diagnostic[] {
  return rows.flatMap(({ slo }, index): Diagnostic[] => {
    if (slo === undefined || slos.includes(slo)) return [];
    return [
      {
        code: 'unknown-slo',
        severity: 'error',
        path: `${path}.rows[${index}]`,
        value: printValue(slo),
        message: `No file exports the SLO ${printValue(slo)}.${didYouMean(slo, slos)}`,
        remedy: 'Export it from a file that ends in .slo.ts, or show another one.',
      },
    ];
  });
}
