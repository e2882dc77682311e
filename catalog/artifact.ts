// An artifact: one generated file, and the definitions that it was made from.
import type { EpochSeconds } from '../slo/counts.ts';
import type { Catalog } from './catalog.ts';

export interface Artifact {
  /** Relative to the output folder, with `/`: `prometheus-rules/checkout.rules.yaml`. */
  readonly path: string;
  /** The generator that made it. */
  readonly kind: string;
  readonly text: string;
  /** Service names and SLO ids, sorted. */
  readonly sources: readonly string[];
}

/** What a generator could not make, or made differently than its reader might expect. */
export interface GeneratorNote {
  /** An error: such artifacts should not be used. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly kind: string;
  /** The definition it is about: an SLO id, a service, a team. */
  readonly source: string;
  readonly message: string;
}

export interface Generated {
  /** Made while somebody goes through them, once. */
  readonly artifacts: Iterable<Artifact>;
  /** Complete when all artifacts are made. */
  readonly notes: readonly GeneratorNote[];
}

/** Versions of the programs that read the artifacts. */
export interface Targets {
  readonly prometheus: string;
  readonly alertmanager: string;
}

/** Makes one kind of artifacts. The same catalog and targets give the same bytes. */
export interface Generator {
  /** As `--only` names it. */
  readonly kind: string;
  /** What it makes, for people: `Prometheus rules`. */
  readonly title: string;
  /** `now`, an epoch second, is for notes alone: no byte of an artifact may depend on it. */
  generate(catalog: Catalog, targets: Targets, now?: EpochSeconds): Generated;
}
