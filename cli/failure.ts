// A command that cannot go on: one sentence that says why, one that says what to do, and the exit code.
import { EXIT_CODES, type ExitCode, type ExitName } from './exit-codes.ts';

export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;
  constructor(exit: ExitName, message: string, remedy?: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandFailure';
    this.exitCode = EXIT_CODES[exit].code;
    this.remedy = remedy;
  }
}

/** Any error as a failure: those of files and sockets get their sentence here, the rest is our own fault. */
export function asFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path !== undefined)
    return new CommandFailure('noInput', `${path} does not exist`, 'check the path', error);
  if ((code === 'EACCES' || code === 'EPERM') && path !== undefined)
    return new CommandFailure(
      'noPermission',
      `${path} may not be read or written`,
      'check its mode and owner',
      error,
    );
  if (code === 'EADDRINUSE')
    return new CommandFailure(
      'unavailable',
      `the address is already in use (${message})`,
      'stop the other program, or set another http.port',
      error,
    );
  if (error instanceof Error && error.name === 'TokenFileError')
    return new CommandFailure('config', message, undefined, error);
  return new CommandFailure(
    'internal',
    error instanceof Error ? `${error.name}: ${message}` : String(error),
    'run it again with --debug to see where, and report it',
    error,
  );
}
