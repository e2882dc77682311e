// Keeps the memory of a short program small that makes much text and soon forgets it.
import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8's young generation stay as large as it is: it would grow to 128 MiB under a build of many files, of which next to
 * nothing is alive. For the whole process, so it is called by programs alone.
 */
export function keepYoungMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
