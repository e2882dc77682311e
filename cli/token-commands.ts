// The commands under `ninefold token`, with their arguments and options.
import { type Command, Option } from '@commander-js/extra-typings';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Adds them; `finish` gets the exit code of the one that ran. */
export function addTokenCommands(
  program: Command<[], { debug?: true | undefined }>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void {
  const token = program
    .command('token')
    .description('manage the bearer tokens of the HTTP API; only their hashes are kept');
  const file = () =>
    new Option(
      '--file <file>',
      'the token file, as http.tokensFile names it',
    ).makeOptionMandatory();
  token
    .command('create')
    .description('make a token and print it, this once')
    .addOption(
      new Option('--scope <scope...>', 'what it allows')
        .choices(['read', 'ingest', 'admin'] as const)
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'who uses it')
    .addOption(file())
    .option('--expires <duration>', 'how long it is valid, like 90d (default: for ever)')
    .option('--json', 'print one JSON document')
    .action(async (options) => {
      const { createToken } = await import('./commands/token.ts');
      finish(await createToken(terminal, options));
    });
  token
    .command('list')
    .description('list the tokens of a file')
    .addOption(file())
    .option('--json', 'print one JSON document')
    .action(async (options) => {
      const { listTokens } = await import('./commands/token.ts');
      finish(await listTokens(terminal, options));
    });
  token
    .command('revoke')
    .description('remove a token; a running collector forgets it on SIGHUP')
    .argument('<token>', 'its id or its name')
    .addOption(file())
    .option('--json', 'print one JSON document')
    .action(async (which, options) => {
      const { revokeToken } = await import('./commands/token.ts');
      finish(await revokeToken(terminal, which, options));
    });
}
