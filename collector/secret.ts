// Secrets: a reference becomes its value here, at the moment of use, and nowhere else.
import { readFileSync } from 'node:fs';
import type { SecretReference } from '../slo/connection.ts';

/** A secret could not be had; the message names its place, never its value. */
class SecretError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'SecretError';
  }
}

/**
 * The value behind a reference, read again at each call so that a rotated file is seen; trailing line ends are cut.
 * @throws SecretError when the variable is not set or empty, or the file cannot be read or is empty
 */
export function readSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if ('environment' in reference) {
    const value = environment[reference.environment] ?? '';
    if (value === '')
      throw new SecretError(
        `environment variable ${reference.environment} is not set: set it to the secret that the connection names`,
      );
    return value;
  }
  let text: string;
  try {
    text = readFileSync(reference.file, 'utf8').replace(/[\r\n]+$/, '');
  } catch (cause) {
    throw new SecretError(`secret file ${reference.file} cannot be read`, { cause });
  }
  if (text === '') throw new SecretError(`secret file ${reference.file} is empty`);
  return text;
}
