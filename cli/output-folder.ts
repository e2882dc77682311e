// A folder that a command writes into, made where it is missing.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandFailure } from './failure.ts';
import { onFile } from './file-failure.ts';

/**
 * Makes a folder and those above it that are missing. One by one, because Node's own `recursive` never ends where a
 * folder that is there takes nothing: below /proc, or when the working folder was deleted.
 * @throws CommandFailure
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) await makeFolder(above);
  await onFile(
    folder,
    mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST' && (await isFolder(folder))) return;
      if (error.code === 'ENOENT' || error.code === 'EEXIST')
        throw new CommandFailure(
          'cannotWrite',
          error.code === 'EEXIST'
            ? `${folder} is not a folder`
            : `no folder can be made in ${above}, which takes none or was deleted`,
          'write to another place',
          error,
        );
      throw error;
    }),
  );
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
