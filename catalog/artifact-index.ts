// The index of an output folder: which artifacts are in it, what they are made from, and their checksums.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Artifact } from './artifact.ts';
import type { Catalog, Origin } from './catalog.ts';

/** The name of the index in the output folder. */
export const INDEX_FILE = 'index.json';

const entry = z.object({
  path: z.string(),
  kind: z.string(),
  sha256: z.string(),
  sources: z.array(
    z.object({ id: z.string(), file: z.string().optional(), export: z.string().optional() }),
  ),
});

const index = z.object({ generator: z.literal('ninefold'), artifacts: z.array(entry) });

export type ArtifactIndex = z.infer<typeof index>;

/** The index of artifacts, by path. */
export function indexOf(
  artifacts: readonly Artifact[],
  origins: Catalog['origins'],
): ArtifactIndex {
  return indexOfEntries(artifacts.map((artifact) => entryOf(artifact, origins)));
}

/** The entry of one artifact. */
export function entryOf(
  { path, kind, text, sources }: Artifact,
  origins: Catalog['origins'],
): ArtifactIndex['artifacts'][number] {
  return {
    path,
    kind,
    sha256: checksum(text),
    sources: sources.map((id) => sourceOf(id, origins[id])),
  };
}

/** The index of entries, by path. */
export function indexOfEntries(entries: ArtifactIndex['artifacts']): ArtifactIndex {
  return { generator: 'ninefold', artifacts: byPath(entries) };
}

/** The index with further entries. */
export function joinIndex(made: ArtifactIndex, others: ArtifactIndex['artifacts']): ArtifactIndex {
  return { ...made, artifacts: byPath([...made.artifacts, ...others]) };
}

function byPath(artifacts: ArtifactIndex['artifacts']): ArtifactIndex['artifacts'] {
  return artifacts.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sourceOf(id: string, origin: Origin | undefined) {
  return origin === undefined ? { id } : { id, file: origin.file, export: origin.path };
}

export function formatIndex(written: ArtifactIndex): string {
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** Undefined when the text is no index of ours. */
export function parseIndex(text: string): ArtifactIndex | undefined {
  try {
    return index.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function checksum(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
