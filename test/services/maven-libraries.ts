/** A Maven artifact with everything it needs at run time, as a folder of jars. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBuildCommand } from './build-command.ts';
import type { EntryInMaking } from './cache.ts';

/** `group:artifact:version` */
export type MavenArtifact = `${string}:${string}:${string}`;

/** Downloads the artifacts and their runtime dependencies into the entry's `libs/`. */
export async function downloadMavenLibraries(
  artifacts: readonly MavenArtifact[],
  making: EntryInMaking,
): Promise<void> {
  const project = join(making.folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'pom.xml'), pom(artifacts));
  making.progress.step(`downloading ${artifacts.join(', ')} and what they need`);
  await runBuildCommand(
    {
      command: 'mvn',
      args: [
        '--batch-mode',
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(making.folder, 'libs')}`,
      ],
      folder: project,
      log: making.log,
    },
    making.progress,
  );
  rmSync(project, { recursive: true });
}

function pom(artifacts: readonly MavenArtifact[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>ninefold.test</groupId><artifactId>libraries</artifactId><version>1</version>
<dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;
}
