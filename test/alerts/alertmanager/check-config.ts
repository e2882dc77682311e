// What the real amtool says of many configurations at once.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AlertmanagerVersion } from '../../services/alertmanager.ts';
import { findAmtool } from '../../services/alertmanager.ts';
import { temporaryFolder } from '../../services/services.ts';

export interface Candidate {
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

const AT_ONCE = 100;

/** amtool's complaint about each configuration, '' where it accepts it. */
export async function checkConfigurations(
  version: AlertmanagerVersion,
  candidates: readonly Candidate[],
): Promise<readonly string[]> {
  const folder = temporaryFolder('check-config');
  const paths = candidates.map(({ files }, index) => {
    const own = join(folder, String(index));
    mkdirSync(join(own, 'tests'), { recursive: true });
    for (const { path, text } of files) writeFileSync(join(own, path), text);
    return join(own, 'alertmanager.yml');
  });
  const complaints: string[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE)
    complaints.push(...(await check(version, paths.slice(from, from + AT_ONCE))));
  return complaints;
}

async function check(
  version: AlertmanagerVersion,
  paths: readonly string[],
): Promise<readonly string[]> {
  const amtool = findAmtool(version);
  if (amtool.from === 'nowhere') throw new Error(amtool.reason);
  const output = await promisify(execFile)(amtool.file, ['check-config', ...paths], {
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    ({ stdout }) => stdout,
    // amtool ends with 1 when it refuses one of the files.
    (error: { stdout?: string; message: string }) => error.stdout ?? error.message,
  );
  const verdicts = new Map(
    output
      .split(/^Checking '/m)
      .slice(1)
      .map((section) => {
        const path = section.slice(0, section.indexOf("'"));
        return [path, /FAILED: (.*)/.exec(section)?.[1] ?? ''] as const;
      }),
  );
  return paths.map((path) => verdicts.get(path) ?? `amtool says nothing of ${path}: ${output}`);
}
