// Tells of witnesses that stand for an SLO which nobody exports, or for themselves: they would be compared with nothing.
import { isRecord } from '../slo/plain-data.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import type { FoundDefinition } from './load-files.ts';
import { reportIn } from './report-in.ts';

/** An SLO with mistakes of its own is known all the same: those are told where they are. */
export function reportUnknownWitnessed(
  found: readonly FoundDefinition[],
  diagnostics: Diagnostic[],
): void {
  const known = new Set(found.flatMap(({ value }) => idOf(value) ?? []));
  for (const { file, path, value } of found) {
    const other = value.kind === 'slo' && 'witnessOf' in value ? idOf(value.witnessOf) : undefined;
    if (other === undefined) continue;
    const own = idOf(value) === other;
    if (!own && known.has(other)) continue;
    reportIn(
      file,
      diagnostics,
    )({
      code: 'unknown-slo',
      severity: 'error',
      path: `${path}.witnessOf`,
      value: printValue(other),
      message: own
        ? 'An SLO cannot stand for itself.'
        : `No file of the workspace exports the SLO '${other}'.`,
      remedy: own
        ? 'Name the SLO on what users do, or leave witnessOf out.'
        : 'Export it from a file that ends in .slo.ts.',
    });
  }
}

function idOf(value: unknown): string | undefined {
  if (!isRecord(value) || value['kind'] !== 'slo') return undefined;
  const { service, name } = value;
  return isRecord(service) ? `${String(service['name'])}/${String(name)}` : undefined;
}
