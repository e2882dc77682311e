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
