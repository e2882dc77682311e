// A bearer token out of a file: one word, and never shown.
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { CommandFailure } from './failure.ts';
import { onFile } from './file-failure.ts';

const LONGEST = 4096;
/** More than that is no token, wherever it comes from. */
const READ_BYTES = 2 * LONGEST;

/**
 * The token in a file; a pipe will do as well, as shells make it.
 * @param source who made the token, which ends the remedy "put nothing but … into it"
 * @throws CommandFailure
 */
export async function readBearerToken(file: string, source: string): Promise<string> {
  const bytes = await onFile(file, buffer(createReadStream(file, { end: READ_BYTES - 1 })));
  return checkBearerToken(bytes.toString('utf8'), file, source);
}

/** @param place where it was found, which the failure names */
export function checkBearerToken(text: string, place: string, source: string): string {
  const token = text.trim();
  if (token.length <= LONGEST && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new CommandFailure(
    'badData',
    `${place} does not hold one token`,
    `put nothing but ${source} into it`,
  );
}
