// SLOs whose rules are written together, and how the series of some or all of them are selected.
import type { Slo } from '../../slo/slo.ts';

export interface SloSet {
  readonly slos: readonly Slo[];
  /** Matchers without braces: `service="checkout"`. */
  readonly matchers: string;
  /** Whether one look at the series counts both all and bad events of each of them: bad ones are never more then. */
  readonly isOneLook: boolean;
}

/** Some SLOs of a set. */
export function partOf(set: SloSet, slos: readonly Slo[]): SloSet {
  const matchers = slos.length === set.slos.length ? set.matchers : matchersOf(slos);
  return { ...set, slos, matchers };
}

/** Matchers of some SLOs alone. */
export function matchersOf(slos: readonly Slo[]): string {
  const ids = slos.map(({ id }) => id);
  return ids.length === 1 ? `slo="${ids[0] ?? ''}"` : `slo=~"${ids.join('|')}"`;
}

/** The labels of all instances of these SLOs: what an instance lacks does no harm. */
export function instanceLabelsOf(slos: readonly Slo[]): string {
  const groups = slos.flatMap(({ groupBy }) => groupBy?.labels ?? []);
  return ['slo', 'service', ...new Set(groups.sort())].join(', ');
}

/** SLOs in sets that have all their labels in common, beside those that tell them apart. */
export function byLabels(set: SloSet): readonly SloSet[] {
  return partsBy(set, ({ service, labels }) =>
    JSON.stringify([service.team, service.tier, sorted(service.labels), sorted(labels)]),
  );
}

function partsBy(set: SloSet, key: (slo: Slo) => string): readonly SloSet[] {
  return [...Map.groupBy(set.slos, key).values()].map((slos) => partOf(set, slos));
}

function sorted(labels: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
