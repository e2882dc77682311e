// Exit codes: one table, the same in docs/cli.md (a test holds them together). Numbers above 63 are those of sysexits.

export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done; nothing to complain about.' },
  findings: { code: 1, meaning: 'Done, and there are findings: the workspace has errors.' },
  usage: {
    code: 2,
    meaning: 'The command line is wrong; or `probe` could not try what it should.',
  },
  badData: { code: 65, meaning: 'An input file has lines or values that cannot be used.' },
  noInput: { code: 66, meaning: 'A file, SLO or alert that was named does not exist.' },
  unavailable: {
    code: 69,
    meaning: 'A service that is needed does not answer, or an address is taken.',
  },
  internal: { code: 70, meaning: 'Ninefold itself failed; --debug shows where.' },
  cannotWrite: { code: 73, meaning: 'A file, folder or standard output cannot be written.' },
  noPermission: {
    code: 77,
    meaning: 'A token is missing, unknown or lacks the scope; or a file may not be read.',
  },
  config: { code: 78, meaning: 'The configuration forbids to start.' },
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]['code'];
export type ExitName = keyof typeof EXIT_CODES;
