// Documents of a workspace that its checks name: their texts, so that who runs the checks elsewhere has them.
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

const LARGEST_DOCUMENT = 1_048_576;
/** Bytes of all together: what is beyond is not carried. */
const MOST_BYTES = 16_777_216;

/**
 * The texts of those that are inside of the folder, by path as written. What is absolute, outside, missing, larger than a
 * mebibyte or no UTF-8 is left out: whoever needs it is told to bring it.
 */
export async function readDocuments(
  folder: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const documents: Record<string, string> = {};
  let bytes = 0;
  for (const path of new Set(paths)) {
    if (!isInside(folder, path)) continue;
    const file = join(folder, path);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true || found.size > LARGEST_DOCUMENT) continue;
    if (bytes + found.size > MOST_BYTES) break;
    const text = await readText(file);
    if (text === undefined) continue;
    bytes += found.size;
    documents[path] = text;
  }
  return documents;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, join(folder, path));
  return !isAbsolute(path) && way !== '' && way !== '..' && !way.startsWith(`..${sep}`);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch {
    return undefined;
  }
}
