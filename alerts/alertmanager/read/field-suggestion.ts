// What somebody may have meant who wrote a field that does not exist.
import type { AlertmanagerTarget, Shape } from '../capability.ts';
import { fieldCapability } from '../capability.ts';

/** A sentence that says what to do about an unknown field. */
export function unknownFieldRemedy(key: string, shape: Shape, target: AlertmanagerTarget): string {
  const names = Object.keys(shape).filter((name) => fieldCapability(shape, name, target)?.known);
  const meant = nearest(key, names);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (names.length <= 12) return `Remove it; the fields are ${names.join(', ')}.`;
  return 'Remove it, or look whether it is indented as deep as it should be.';
}

function nearest(text: string, names: readonly string[]): string | undefined {
  // Long keys are nobody's slip, and the distance takes time.
  if (text.length > 60) return undefined;
  const most = Math.max(1, Math.floor(text.length / 4));
  let found: string | undefined;
  let best = most + 1;
  for (const name of names) {
    const distance = editDistance(text.toLowerCase(), name);
    if (distance < best) [best, found] = [distance, name];
  }
  return found;
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a.charAt(row - 1) === b.charAt(column - 1) ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + same,
        ),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
