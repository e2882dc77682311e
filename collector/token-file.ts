// The file of token records: checked on reading, replaced whole on writing, closed to other users.
import { open, realpath, rename, rm } from 'node:fs/promises';
import { z } from 'zod';

const MAX_FILE_BYTES = 1_048_576;
const LOCK_ATTEMPTS = 40;
const LOCK_WAIT_MS = 50;

/** What a token allows: reading, sending telemetry, or everything including reload. */
export const SCOPES = ['read', 'ingest', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** One token as kept: never the token itself. Times are epoch seconds. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: Scope[];
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
}

const record = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  createdAt: z.int().nonnegative(),
  expiresAt: z.int().nonnegative().optional(),
}) satisfies z.ZodType<TokenRecord>;

const content = z.strictObject({ version: z.literal(1), tokens: z.array(record).max(1000) });

/** The token file cannot be used; the message says why and what to do. */
export class TokenFileError extends Error {
  constructor(file: string, reason: string, cause?: unknown) {
    super(`token file ${file}: ${reason}`, { cause });
    this.name = 'TokenFileError';
  }
}

/** All records of a file. @throws TokenFileError when it is missing, damaged or writable by others. */
export async function readTokenFile(file: string): Promise<readonly TokenRecord[]> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new TokenFileError(file, 'does not exist; make one with `ninefold token create`', error)
      : new TokenFileError(file, `cannot be read (${error.code ?? error.message})`, error);
  });
  try {
    const found = await handle.stat();
    const { mode, size } = found;
    if (!found.isFile()) throw new TokenFileError(file, 'is not a file; name the file itself');
    // Hashes of random tokens are no secret, but whoever can write the file can let themselves in.
    if (process.platform !== 'win32' && (mode & 0o022) !== 0)
      throw new TokenFileError(
        file,
        `others may write it (mode ${(mode & 0o777).toString(8)}); run \`chmod 600\` on it`,
      );
    if (size > MAX_FILE_BYTES)
      throw new TokenFileError(file, `is larger than ${MAX_FILE_BYTES} bytes`);
    return parse(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function parse(file: string, text: string): readonly TokenRecord[] {
  const remedy = 'restore it, or delete it and create the tokens again';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new TokenFileError(file, `is not JSON; ${remedy}`, error);
  }
  const parsed = content.safeParse(json);
  if (parsed.success) return parsed.data.tokens;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw new TokenFileError(file, `${where || 'content'}: ${issue?.message ?? 'wrong'}; ${remedy}`);
}

/**
 * Changes the records under a lock and replaces the file in one step, readable by its owner only when it is new.
 * @throws TokenFileError
 */
export async function changeTokenFile(
  file: string,
  change: (records: readonly TokenRecord[]) => readonly TokenRecord[],
): Promise<void> {
  // A link, as secret mounts use, stays a link.
  const target = await realpath(file).catch(() => file);
  const release = await lock(target);
  try {
    const before = await readTokenFile(target).catch((error: unknown) => {
      if (error instanceof TokenFileError && isMissing(error.cause)) return [];
      throw error;
    });
    await replace(target, `${JSON.stringify({ version: 1, tokens: change(before) }, null, 2)}\n`);
  } finally {
    await release();
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

async function lock(target: string): Promise<() => Promise<void>> {
  const path = `${target}.lock`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new TokenFileError(
          target,
          code === 'ENOENT'
            ? 'its folder does not exist; make it first'
            : `its folder cannot be written (${code ?? ''}); check its mode, or name another file`,
          error,
        );
      if (attempt >= LOCK_ATTEMPTS)
        throw new TokenFileError(
          target,
          `is being changed by another process; if not, delete ${path}`,
        );
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
}

async function replace(target: string, text: string): Promise<void> {
  const aside = `${target}.new`;
  try {
    const handle = await open(aside, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, target);
  } catch (error) {
    await rm(aside, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new TokenFileError(
      target,
      `cannot be written (${code ?? message}); it is as it was`,
      error,
    );
  }
}
