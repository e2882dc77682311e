// Checks of a workspace: each resolved by itself, and told once when two claim one name.
import { canonicalJson } from '../slo/plain-data.ts';
import type { Diagnostic } from '../slo/diagnostic.ts';
import type { Check } from '../synthetics/check.ts';
import { readCheck } from '../synthetics/resolve-check.ts';
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
