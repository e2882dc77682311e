// Bearer tokens: made here once, kept only as hashes, compared in constant time.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readTokenFile, type Scope, type TokenRecord } from './token-file.ts';

export interface Tokens {
  /** How many tokens are known now. */
  readonly count: number;
  /** The record of a token that is known and has not expired. */
  verify(token: string): TokenRecord | undefined;
  /** Reads the file again; on failure the old tokens stay. @throws TokenFileError */
  reload(): Promise<void>;
}

/** `ninefold_` and 32 random bytes: too many to guess, easy for secret scanners to find. */
const TOKEN = /^ninefold_[A-Za-z0-9_-]{43}$/;

/** Whether a record allows something that needs `scope`; admin allows everything. */
export function allows(record: Pick<TokenRecord, 'scopes'>, scope: Scope): boolean {
  return record.scopes.includes(scope) || record.scopes.includes('admin');
}

/** A new token with the record to keep; the token itself exists only in the answer. */
export function mintToken(wanted: {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Epoch seconds. */
  readonly now: number;
  readonly expiresAt?: number;
}): { readonly token: string; readonly record: TokenRecord } {
  const token = `ninefold_${randomBytes(32).toString('base64url')}`;
  const record: TokenRecord = {
    id: randomBytes(4).toString('hex'),
    name: wanted.name,
    scopes: [...wanted.scopes],
    hash: `sha256:${digest(token).toString('hex')}`,
    createdAt: wanted.now,
    ...(wanted.expiresAt === undefined ? {} : { expiresAt: wanted.expiresAt }),
  };
  return { token, record };
}

/** The tokens of a file written by `ninefold token`. `now` gives epoch seconds. @throws TokenFileError */
export async function openTokens(
  file: string,
  now: () => number = () => Math.floor(Date.now() / 1000),
): Promise<Tokens> {
  let known = prepare(await readTokenFile(file));
  return {
    get count() {
      return known.length;
    },
    verify(token) {
      if (!TOKEN.test(token)) return undefined;
      const presented = digest(token);
      // Every hash is compared, so that the time taken tells nothing about which one matched.
      const matching = known.filter(({ hash }) => timingSafeEqual(hash, presented));
      const record = matching[0]?.record;
      if (record === undefined || (record.expiresAt ?? Infinity) <= now()) return undefined;
      return record;
    },
    async reload() {
      known = prepare(await readTokenFile(file));
    },
  };
}

/**
 * Plain SHA-256 is enough: it protects secrets of 256 random bits, which no dictionary contains. A slow hash would
 * only make every request slow.
 */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function prepare(records: readonly TokenRecord[]): { hash: Buffer; record: TokenRecord }[] {
  return records.map((record) => ({
    hash: Buffer.from(record.hash.slice('sha256:'.length), 'hex'),
    record,
  }));
}
