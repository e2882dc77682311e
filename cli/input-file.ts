// A file that a command was given, read whole: a plain file of bounded size, in UTF-8.
import { readFile, stat } from 'node:fs/promises';
import { CommandFailure } from './failure.ts';
import { onFile } from './file-failure.ts';

/** That a plain file is there. @throws CommandFailure */
export async function needFile(file: string): Promise<{ readonly size: number }> {
  const found = await onFile(file, stat(file));
  if (found.isFile()) return found;
  throw new CommandFailure('noInput', `${file} is not a file`, 'name one file');
}

/**
 * Its text, a byte order mark left in place.
 * @param largest in bytes
 * @throws CommandFailure
 */
export async function readInputFile(file: string, largest: number): Promise<string> {
  const { size } = await needFile(file);
  if (size > largest)
    throw new CommandFailure(
      'badData',
      `${file} has ${size} bytes`,
      `give a file of at most ${largest} bytes`,
    );
  const bytes = await onFile(file, readFile(file));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new CommandFailure('badData', `${file} is not UTF-8`, 'save it as UTF-8', error);
  }
}
