// Tells the series that rules record from those of the same name that a collector shows and Prometheus scrapes as well.
import { instanceLabels } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';

/** A matcher with its comma that no scraped series has; '' when every label of a scrape is used by the SLOs themselves. */
export function notScraped(slos: readonly Slo[]): string {
  const used = new Set(
    slos.flatMap((slo) => [
      ...(slo.groupBy?.labels ?? []),
      ...Object.keys(instanceLabels(slo, {})),
    ]),
  );
  const scraped = ['job', 'instance'].find((label) => !used.has(label));
  return scraped === undefined ? '' : `,${scraped}=""`;
}
