// Paths into JSON: `$.items[0].name`, `$['odd key']`, `$.items[*].id`; a part of RFC 9535 that has one meaning.

/** A name, an index (negative counts from the end), or null: every element. */
type PathStep = string | number | null;

/** A parsed path. `several` when it has `[*]`: its value is then a list. */
export interface JsonPath {
  readonly steps: readonly PathStep[];
  readonly several: boolean;
}

const LONGEST = 500;
const STEP =
  /\.([A-Za-z_$][\w$-]*)|\[(?:(-?\d{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

/** The path of a text; undefined when it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$') || text.length > LONGEST) return undefined;
  const steps: PathStep[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (match === null) return undefined;
    const [, name, index, star, single, double] = match;
    const quoted = (single ?? double)?.replace(/\\(.)/gs, '$1');
    if (star !== undefined) steps.push(null);
    else steps.push(index === undefined ? (name ?? quoted ?? '') : Number.parseInt(index, 10));
  }
  return { steps, several: steps.includes(null) };
}

/** The value at a path; undefined when there is none. A path with `[*]` gives the list of all values that are there. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let values: unknown[] = [root];
  for (const key of path.steps)
    values = values.flatMap((value) => {
      if (key === null) return Array.isArray(value) ? (value as unknown[]) : [];
      const inner = member(value, key);
      return inner === undefined ? [] : [inner];
    });
  return path.several ? values : values[0];
}

function member(value: unknown, key: string | number): unknown {
  if (typeof key === 'number')
    return Array.isArray(value) ? (value as unknown[]).at(key) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
