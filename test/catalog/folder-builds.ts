// Builds of many files, of which each next one changes some, adds some and drops some.
import type { Artifact } from '../../catalog/artifact.ts';
import type { MadeArtifacts } from '../../catalog/artifact-folder.ts';
import { indexOf } from '../../catalog/artifact-index.ts';

/** The artifacts of the n-th build. */
export function buildOf(build: number): MadeArtifacts {
  const artifacts = Array.from({ length: 120 }, (_, file) => file)
    .filter((file) => (file + build) % 7 !== 0)
    .map((file): Artifact => ({
      path: `rules/${file % 5}/${file}.yaml`,
      kind: 'rules',
      text: `${'x'.repeat(file)} ${(build + file) % 3 === 0 ? build : 'same'}\n`,
      sources: [],
    }));
  return { kinds: ['rules'], artifacts, index: indexOf(artifacts, {}) };
}
