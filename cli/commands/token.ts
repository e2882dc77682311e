// ninefold token: makes, lists and revokes the bearer tokens of the HTTP API.
import { parseDuration } from '../../slo/duration.ts';
import {
  changeTokenFile,
  readTokenFile,
  type Scope,
  type TokenRecord,
} from '../../collector/token-file.ts';
import { mintToken } from '../../collector/tokens.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface FileOptions {
  readonly file: string;
  readonly json?: true | undefined;
}

const seconds = (): number => Math.floor(Date.now() / 1000);

/** Adds a token to the file and prints it: nobody can read it again. */
export async function createToken(
  terminal: Terminal,
  options: FileOptions & {
    readonly scope: readonly Scope[];
    readonly name: string;
    readonly expires?: string | undefined;
  },
): Promise<ExitCode> {
  const { name, file } = options;
  if (!/^[\w.@ -]{1,100}$/.test(name))
    throw new CommandFailure(
      'usage',
      `--name ${JSON.stringify(name)} is not a name`,
      'use letters, digits, space and . _ @ -',
    );
  const now = seconds();
  const lifetime = options.expires === undefined ? undefined : parseDuration(options.expires);
  if (options.expires !== undefined && lifetime === undefined)
    throw new CommandFailure(
      'usage',
      `--expires ${options.expires} is not a duration`,
      'write it like 90d',
    );
  const { token, record } = mintToken({
    name,
    scopes: [...new Set(options.scope)],
    now,
    ...(lifetime === undefined ? {} : { expiresAt: now + lifetime }),
  });
  await changeTokenFile(file, (records) => {
    if (records.some((each) => each.name === name))
      throw new CommandFailure(
        'usage',
        `${file} has a token named ${name} already`,
        'revoke that one first, or take another name',
      );
    return [...records, record];
  });
  if (options.json === true) terminal.out(JSON.stringify({ token, ...publicPart(record) }));
  else {
    terminal.out(token);
    terminal.err(
      `Keep it: it cannot be shown again. ${file} holds only its hash; a running collector reads that on SIGHUP.`,
    );
  }
  return EXIT_CODES.ok.code;
}

/** Lists what the file holds; hashes are not shown. */
export async function listTokens(terminal: Terminal, options: FileOptions): Promise<ExitCode> {
  const records = await readTokenFile(options.file);
  if (options.json === true) {
    terminal.out(JSON.stringify({ tokens: records.map(publicPart) }));
    return EXIT_CODES.ok.code;
  }
  const now = seconds();
  const columns = [
    { title: 'ID', value: ({ id }: TokenRecord) => id },
    { title: 'NAME', value: ({ name }: TokenRecord) => name },
    { title: 'SCOPE', value: ({ scopes }: TokenRecord) => scopes.join(', ') },
    { title: 'CREATED', value: ({ createdAt }: TokenRecord) => dateOf(createdAt) },
    { title: 'EXPIRES', value: ({ expiresAt }: TokenRecord) => expiry(expiresAt, now) },
  ];
  for (const line of formatTable(records, columns, terminal.columns)) terminal.out(line);
  return EXIT_CODES.ok.code;
}

/** Removes a token by its id or name. */
export async function revokeToken(
  terminal: Terminal,
  which: string,
  options: FileOptions,
): Promise<ExitCode> {
  let revoked: TokenRecord | undefined;
  // A file that is not there would otherwise be made by revoking from it.
  await readTokenFile(options.file);
  await changeTokenFile(options.file, (records) => {
    revoked = records.find(({ id, name }) => id === which || name === which);
    if (revoked === undefined)
      throw new CommandFailure(
        'noInput',
        `${options.file} has no token ${which}`,
        '`ninefold token list` shows them',
      );
    return records.filter((each) => each !== revoked);
  });
  if (options.json === true)
    terminal.out(JSON.stringify({ revoked: revoked && publicPart(revoked) }));
  else terminal.err(`Revoked ${revoked?.name}; a running collector forgets it on SIGHUP.`);
  return EXIT_CODES.ok.code;
}

function publicPart({ id, name, scopes, createdAt, expiresAt }: TokenRecord) {
  return { id, name, scopes, createdAt, expiresAt: expiresAt ?? null };
}

function dateOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 10);
}

function expiry(at: number | undefined, now: number): string {
  if (at === undefined) return 'never';
  return at <= now ? `expired ${dateOf(at)}` : dateOf(at);
}
