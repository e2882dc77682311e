// What the file system refuses, as the sentence, the remedy and the exit code of a command.
import type { ExitName } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';

interface Refusal {
  readonly exit: ExitName;
  says(file: string): string;
  readonly remedy: string;
}

const NO_SPACE: Refusal = {
  exit: 'cannotWrite',
  says: (file) => `there is no space left for ${file}`,
  remedy: 'make room, or write to another place',
};
const FORBIDDEN: Refusal = {
  exit: 'noPermission',
  says: (file) => `${file} may not be read or written`,
  remedy: 'check its mode and owner',
};

const REFUSALS: Readonly<Record<string, Refusal>> = {
  ENOENT: {
    exit: 'noInput',
    says: (file) => `${file} does not exist`,
    remedy: 'check the path',
  },
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EISDIR: { exit: 'noInput', says: (file) => `${file} is a folder`, remedy: 'name a file' },
  ENOTDIR: {
    exit: 'noInput',
    says: (file) => `${file} leads through something that is no folder`,
    remedy: 'check the path',
  },
  ELOOP: {
    exit: 'noInput',
    says: (file) => `${file} is a link that leads back to itself`,
    remedy: 'check the path',
  },
  ENAMETOOLONG: {
    exit: 'noInput',
    says: (file) => `${file} is a longer name than the file system takes`,
    remedy: 'choose a shorter one',
  },
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: NO_SPACE,
  EROFS: {
    exit: 'cannotWrite',
    says: (file) => `${file} is on a file system that can only be read`,
    remedy: 'write to another place',
  },
};

/**
 * The failure that an error of the file system is; undefined when it is none.
 * @param file what was read or written, for errors that do not say it themselves
 */
export function fileFailure(error: unknown, file?: string): CommandFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', path = file } = error as NodeJS.ErrnoException;
  const refusal = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  if (refusal === undefined || path === undefined) return undefined;
  return new CommandFailure(refusal.exit, refusal.says(path), refusal.remedy, error);
}

/** The outcome of work on a file or folder. @throws CommandFailure that names it when the file system refuses */
export async function onFile<Result>(file: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw fileFailure(error, file) ?? error;
  }
}
