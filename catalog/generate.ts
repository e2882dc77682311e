// Everything that follows from a workspace: the generators in order, the product's table of contents.
import type { EpochSeconds } from '../slo/counts.ts';
import { alertmanagerGenerator } from './alertmanager-generator.ts';
import type { Artifact, Generated, Generator, GeneratorNote, Targets } from './artifact.ts';
import { type ArtifactIndex, entryOf, indexOfEntries } from './artifact-index.ts';
import type { Catalog } from './catalog.ts';
import { dashboardsGenerator } from './dashboards-generator.ts';
import { lokiRulesGenerator } from './loki-rules-generator.ts';
import { packArtifact } from './packed-text.ts';
import { probesGenerator } from './probes-generator.ts';
import { prometheusRulesGenerator } from './prometheus-rules-generator.ts';
import { ruleManifestsGenerator } from './rule-manifests-generator.ts';
import { runbookLinkNotes } from './runbook-links.ts';
import { runbooksGenerator } from './runbooks-generator.ts';

/** In the order in which people meet them. */
export const GENERATORS: readonly Generator[] = [
  prometheusRulesGenerator,
  ruleManifestsGenerator,
  lokiRulesGenerator,
  alertmanagerGenerator,
  dashboardsGenerator,
  probesGenerator,
  runbooksGenerator,
];

/** The versions that can be written for, the newest first: it is the default. */
export const TARGETS = {
  prometheus: ['3.15', '3.5', '2.42'],
  alertmanager: ['0.34', '0.31', '0.28', '0.25'],
} as const satisfies Readonly<Record<keyof Targets, readonly string[]>>;

export interface MadeCatalog extends Generated {
  readonly artifacts: readonly Artifact[];
  readonly kinds: readonly string[];
  readonly index: ArtifactIndex;
}

/** Makes all artifacts of some kinds. */
export function generate(
  catalog: Catalog,
  {
    kinds,
    targets,
    now,
  }: {
    readonly kinds: readonly string[];
    readonly targets: Targets;
    /** For notes about what has grown old; without it, none is told. */
    readonly now?: EpochSeconds;
  },
): MadeCatalog {
  const artifacts: Artifact[] = [];
  const notes: GeneratorNote[] = [];
  const entries: ArtifactIndex['artifacts'] = [];
  for (const generator of GENERATORS) {
    if (!kinds.includes(generator.kind)) continue;
    const made = generator.generate(catalog, targets, now);
    for (const artifact of made.artifacts) {
      entries.push(entryOf(artifact, catalog.origins));
      artifacts.push(packArtifact(artifact));
    }
    notes.push(...made.notes);
  }
  notes.push(...runbookLinkNotes(artifacts, catalog));
  return { kinds, artifacts, notes, index: indexOfEntries(entries) };
}
