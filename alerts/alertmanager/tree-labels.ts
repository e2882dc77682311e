// What routes and inhibit rules of the tree say of labels.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import type { Slo } from '../../slo/slo.ts';

export function equal(name: string, value: string): LabelMatcher {
  return { name, operator: '=', value };
}

/** The labels by which any of the SLOs is grouped, sorted. */
export function groupLabels(slos: readonly Slo[]): readonly string[] {
  return [...new Set(slos.flatMap(({ groupBy }) => groupBy?.labels ?? []))].sort();
}

/** The labels that users gave to services and SLOs, and those of groupings, sorted. */
export function instanceLabelNames(slos: readonly Slo[]): readonly string[] {
  const given = slos.flatMap(({ service, labels }) => [
    ...Object.keys(service.labels),
    ...Object.keys(labels),
  ]);
  return [...new Set([...given, ...groupLabels(slos)])].sort();
}
