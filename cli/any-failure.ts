// Any error as the failure of a command: those of files and sockets get their sentence here, the rest is our own fault.
import { CommandFailure } from './failure.ts';
import { fileFailure } from './file-failure.ts';

/** Of these the system does not say which file it was. */
const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** What is told about an error that no command caught. */
export function asFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new CommandFailure(
      'unavailable',
      `the address is already in use (${message})`,
      'stop the other program, or set another http.port',
      error,
    );
  if (syscall === 'uv_cwd')
    return new CommandFailure(
      'noInput',
      'the folder that this runs in was deleted',
      'go to another folder',
      error,
    );
  if (error instanceof Error && error.name === 'TokenFileError')
    return new CommandFailure('config', message, undefined, error);
  return (
    fileFailure(error, NO_SPACE.has(code ?? '') ? 'what is written' : undefined) ??
    new CommandFailure(
      'internal',
      error instanceof Error ? `${error.name}: ${message}` : String(error),
      'run it again with --debug to see where, and report it',
      error,
    )
  );
}
