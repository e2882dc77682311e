// Pages of lists: an opaque cursor that names the last item seen, so that a page stays right when items come and go.
import { HttpProblem } from './problem.ts';

/** Opaque text for a position. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position in a cursor that `is` accepts. @throws HttpProblem for any other text */
export function decodeCursor<T>(text: string, is: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (is(value)) return value;
  } catch {
    // Falls through to the same answer: the text is not ours.
  }
  throw new HttpProblem(
    'invalid-parameter',
    'cursor: not one that this server gave; start again without it',
    { members: { errors: [{ parameter: 'cursor', detail: 'not a cursor of this list' }] } },
  );
}

/** One page of items that are sorted by their key in code-unit order. */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly items: T[]; readonly nextCursor: string | null } {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, isText);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const shown = rest.slice(0, query.limit);
  const last = shown.at(-1);
  const more = rest.length > shown.length && last !== undefined;
  return { items: shown, nextCursor: more ? encodeCursor(keyOf(last)) : null };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
