// Keeps the memory of a short program small that makes much text and soon forgets it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Lets V8's young generation stay as large as it is: it would grow to 128 MiB under a build of many files, of which next to
 * nothing is alive; and lets `leaveBehind` give memory back. For the whole process, so it is called by programs alone.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as () => void;
}

/** Bytes that may be left before they are given back. */
const MOST_LEFT = 24e6;

let left = 0;

/**
 * Tells of bytes that nobody needs and that V8 does not see: what zlib's objects hold lasts until all memory is gone
 * through. Does nothing in a program that does not keep its memory small.
 */
export function leaveBehind(bytes: number): void {
  if (collect === undefined) return;
  left += bytes;
  if (left < MOST_LEFT) return;
  left = 0;
  collect();
}
