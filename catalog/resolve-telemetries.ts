// Checks what users state about the telemetry of services, against the services of their workspace.
import type { ServiceTelemetry } from '../dashboards/define-telemetry.ts';
import { resolveTelemetry } from '../dashboards/resolve-telemetry.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { canonicalJson } from '../slo/plain-data.ts';
import type { Origin } from './catalog.ts';
import type { FoundDefinition } from './load-files.ts';
import { duplicate, reportIn } from './report-in.ts';

export interface ResolvedTelemetries {
  readonly values: readonly ServiceTelemetry[];
  readonly origins: readonly (readonly [string, Origin])[];
}

/** One for each service at most. Of a service without SLOs there is no page, so that is told. */
export function resolveTelemetries(
  found: readonly FoundDefinition[],
  services: readonly string[],
  diagnostics: Diagnostic[],
): ResolvedTelemetries {
  const known = new Map<string, { readonly value: ServiceTelemetry; readonly origin: Origin }>();
  const seen = new Set<string>();
  for (const { file, path, value } of found) {
    if (value.kind !== 'telemetry') continue;
    const text = canonicalJson(value);
    if (seen.has(text)) continue;
    seen.add(text);
    const report = reportIn(file, diagnostics);
    const { value: telemetry, diagnostics: problems } = resolveTelemetry(value, path);
    for (const problem of problems) report(problem);
    if (telemetry === undefined) continue;
    const { service } = telemetry;
    if (!services.includes(service)) report(unknownService(service, path, services));
    const other = known.get(service);
    if (other === undefined) known.set(service, { value: telemetry, origin: { file, path } });
    else report(duplicate('telemetry', service, `${path}.service`, other.origin));
  }
  return {
    values: [...known.values()].map(({ value }) => value),
    origins: [...known].map(([service, { origin }]) => [`telemetry ${service}`, origin] as const),
  };
}

function unknownService(service: string, path: string, services: readonly string[]): Diagnostic {
  return {
    code: 'unknown-value',
    severity: 'warning',
    path: `${path}.service`,
    value: printValue(service),
    message: `No file exports the service ${printValue(service)} or an SLO of it, so it has no page.${didYouMean(service, services)}`,
    remedy: 'Export the service or an SLO of it from a file that ends in .slo.ts.',
  };
}
