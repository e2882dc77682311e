// Patterns of file names as Go's `filepath.Match` has them.

/** Whether Go refuses the pattern: a bracket that is open or empty, a backslash before nothing. */
export function isMalformedGlob(pattern: string): boolean {
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '\\') {
      at += 1;
      if (at >= pattern.length) return true;
    } else if (character === '[') {
      const end = endOfClass(pattern, at + 1);
      if (end === undefined) return true;
      at = end;
    }
  }
  return false;
}

/** Where the class is closed; undefined when it is malformed. */
function endOfClass(pattern: string, begin: number): number | undefined {
  let at = pattern.charAt(begin) === '^' ? begin + 1 : begin;
  for (let ranges = 0; ; ranges += 1) {
    if (pattern.charAt(at) === ']' && ranges > 0) return at;
    const low = behindCharacter(pattern, at);
    if (low === undefined) return undefined;
    at = low;
    if (pattern.charAt(at) !== '-') continue;
    const high = behindCharacter(pattern, at + 1);
    if (high === undefined) return undefined;
    at = high;
  }
}

function behindCharacter(pattern: string, begin: number): number | undefined {
  const character = pattern.charAt(begin);
  if (character === '' || character === '-' || character === ']') return undefined;
  const next = character === '\\' ? begin + 2 : begin + 1;
  return next < pattern.length ? next : undefined;
}
