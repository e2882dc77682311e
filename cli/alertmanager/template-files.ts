// Finds the template files that an Alertmanager configuration names, so that they can be judged with it.
import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { TemplateFile } from '../../alerts/alertmanager/lint/lint-subject.ts';

const LARGEST_TEMPLATE = 8 << 20;
const MOST_FILES = 200;

/** The files of each glob, by the glob as written; relative ones begin at the configuration, as Alertmanager has it. */
export async function readTemplateFiles(
  configurationFile: string,
  globs: readonly string[],
): Promise<ReadonlyMap<string, readonly TemplateFile[]>> {
  const found = new Map<string, readonly TemplateFile[]>();
  for (const pattern of globs) {
    const files: TemplateFile[] = [];
    const from = isAbsolute(pattern) ? pattern : join(dirname(configurationFile), pattern);
    for await (const path of glob(from)) {
      const known = await stat(path).catch(() => undefined);
      if (known?.isFile() !== true || known.size > LARGEST_TEMPLATE) continue;
      files.push({ path, text: await readFile(path, 'utf8') });
      if (files.length === MOST_FILES) break;
    }
    found.set(pattern, files);
  }
  return found;
}
