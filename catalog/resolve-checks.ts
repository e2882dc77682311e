// Checks of a workspace: each resolved by itself, and told once when two claim one name.
import { canonicalJson, isRecord } from '../slo/plain-data.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import { readForm } from '../slo/resolve-sli.ts';
import type { Check } from '../synthetics/check.ts';
import { readCheck } from '../synthetics/resolve-check.ts';
import { resultStream } from '../synthetics/run-result.ts';
import type { Origin } from './catalog.ts';
import type { FoundDefinition } from './load-files.ts';
import { duplicate, reportIn } from './report-in.ts';

export interface ResolvedChecks {
  readonly checks: readonly Check[];
  /** By `check` and the id: `check shop/home`. */
  readonly origins: readonly (readonly [string, Origin])[];
}

/** Every check once, however often it is passed on. What is wrong with services is told elsewhere. */
export function resolveChecks(
  found: readonly FoundDefinition[],
  diagnostics: Diagnostic[],
): ResolvedChecks {
  const checks = new Map<string, { readonly check: Check; readonly origin: Origin }>();
  const seen = new Set<string>();
  for (const { file, path, value } of found) {
    if (value.kind !== 'check') continue;
    const text = canonicalJson(value);
    if (seen.has(text)) continue;
    seen.add(text);
    const report = reportIn(file, diagnostics);
    const check = readCheck(value, path, report, () => {});
    if (check === undefined) continue;
    const other = checks.get(check.id);
    if (other === undefined) checks.set(check.id, { check, origin: { file, path } });
    else report(duplicate('check', check.id, `${path}.name`, other.origin));
  }
  return {
    checks: [...checks.values()].map(({ check }) => check),
    origins: [...checks].map(([id, { origin }]) => [`check ${id}`, origin] as const),
  };
}

/** Tells of SLOs on checks that no file exports: nobody would run them, and the SLO would wait for ever. */
export function reportUnknownChecks(
  found: readonly FoundDefinition[],
  checks: readonly Check[],
  diagnostics: Diagnostic[],
): void {
  const known = new Set(checks.map(resultStream));
  for (const { file, path, value } of found) {
    const sli = value.kind === 'slo' && 'sli' in value ? value.sli : undefined;
    if (!isRecord(sli) || sli['kind'] !== 'checkRatio') continue;
    const form = readForm(sli);
    if (form?.form !== 'events' || !('ingest' in form.origin)) continue;
    const { stream } = form.origin.ingest;
    if (known.has(stream)) continue;
    reportIn(
      file,
      diagnostics,
    )({
      code: 'unknown-check',
      severity: 'error',
      path: `${path}.sli.check`,
      value: printValue(stream),
      message: 'No file of the workspace exports this check, so nobody runs it.',
      remedy:
        'Export what defineCheck returned; of another workspace, export it from a file here, too.',
    });
  }
}
