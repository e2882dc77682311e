// The surroundings of runs in this process: its clocks, its randomness, its environment and files.
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecretReference } from '../../slo/connection.ts';
import type { Surroundings } from '../attempt-log.ts';

const LARGEST_FILE = 1_048_576;

/** Surroundings of checks whose relative files start at `folder`. */
export function createSurroundings(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Surroundings {
  const file = (path: string): Uint8Array => readBounded(resolve(folder, path), path);
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
    randomHex: createRandomHex(),
    secret: (reference) => readSecret(reference, environment, file),
    file,
  };
}

const RANDOM_BYTES = 4096;

/** Random bytes as hex digits, out of a store: asking the system for a few each time costs more than all else that is noted of a try. */
function createRandomHex(): Surroundings['randomHex'] {
  let store = Buffer.alloc(0);
  let at = 0;
  return (bytes) => {
    if (at + bytes > store.length) {
      store = randomBytes(Math.max(RANDOM_BYTES, bytes));
      at = 0;
    }
    const hex = store.toString('hex', at, at + bytes);
    at += bytes;
    return hex;
  };
}

function readBounded(path: string, written: string): Uint8Array {
  let size: number;
  try {
    ({ size } = statSync(path));
    if (size <= LARGEST_FILE) return readFileSync(path);
  } catch (cause) {
    throw new Error(`the file ${written} cannot be read`, { cause });
  }
  throw new Error(`the file ${written} has ${size} bytes, more than ${LARGEST_FILE}`);
}

function readSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
  file: (path: string) => Uint8Array,
): string {
  if ('environment' in reference) {
    const value = environment[reference.environment] ?? '';
    if (value !== '') return value;
    throw new Error(`the environment variable ${reference.environment} is not set`);
  }
  const text = new TextDecoder().decode(file(reference.file)).replace(/[\r\n]+$/, '');
  if (text !== '') return text;
  throw new Error(`the secret file ${reference.file} is empty`);
}
