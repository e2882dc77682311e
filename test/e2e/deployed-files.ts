// The files of deploy/ with a test's own addresses in place of those of docker-compose.yml.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadWorkspace } from '../../catalog/index.ts';
import type { Config } from '../../slo/connection.ts';
import type { Slo } from '../../slo/slo.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A file of the repository with every `from` replaced; each must occur, so that the file and the test stay together. */
export function deployed(file: string, replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(ROOT, 'deploy', file), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`deploy/${file} no longer contains ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** A workspace of the repository, which must be clean. */
export async function workspace(
  folder: string,
): Promise<{ readonly slos: readonly Slo[]; readonly config: Config }> {
  const { catalog, diagnostics } = await loadWorkspace(join(ROOT, folder));
  const config = catalog?.config;
  if (catalog === undefined || config === undefined)
    throw new Error(`${folder} is not clean: ${JSON.stringify(diagnostics, undefined, 1)}`);
  return { slos: catalog.slos, config };
}

/** Waits until `found` gives something. */
export async function eventually<T>(
  what: string,
  found: () => T | undefined | Promise<T | undefined>,
  withinMs: number,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
