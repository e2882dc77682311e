// "Did you mean …?": the known name that is closest to what was written.

/**
 * The known name within a third of its length in edits (Damerau–Levenshtein, adjacent transpositions count one),
 * ignoring case; undefined when none is that close. Ties go to the first.
 */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const lower = written.toLowerCase().slice(0, 64);
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const limit = Math.max(1, Math.floor(name.length / 3));
    const edits = editDistance(lower, name.toLowerCase(), Math.min(limit, fewest));
    if (edits <= limit && edits < fewest) [best, fewest] = [name, edits];
  }
  return best;
}

/** ` Did you mean 'x'?`, or nothing when no known name is close. */
export function didYouMean(written: string, known: Iterable<string>): string {
  const name = nearestName(written, known);
  return name === undefined ? '' : ` Did you mean '${name}'?`;
}

/** Optimal string alignment distance; more than `limit` may come back as any number above it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let twoAgo: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, (twoAgo[column - 2] ?? 0) + 1);
      current.push(edits);
    }
    [twoAgo, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
