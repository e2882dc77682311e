// Plain data: what a definition is made of, whatever was passed in.

/** Deeper than any definition; predicates may nest 40 levels, each an object and a list. */
const DEEPEST = 100;

/**
 * A deeply frozen copy that survives a JSON round trip. Properties that are undefined are left out; what JSON cannot
 * hold (functions, symbols, NaN, class instances, cycles) becomes text in brackets, `'[function]'`, for validation to refuse.
 */
export function frozenCopy<T>(value: T): T {
  const way: Way = { above: new Set(), deepest: 0 };
  const copied = copy(value, 0, way);
  if (typeof copied === 'object' && copied !== null) copies.set(copied, way.deepest);
  return copied as T;
}

/** Every copy made, with the levels below it. It needs no further copy: what thousands of definitions share is held once. */
const copies = new WeakMap<object, number>();

interface Way {
  /** The objects that hold the one being copied. */
  readonly above: Set<object>;
  /** The deepest level so far. */
  deepest: number;
}

function copy(value: unknown, depth: number, way: Way): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  // Adding zero makes 0 of −0, which JSON does not tell apart.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : `[${String(value)}]`;
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (way.above.has(value)) return '[cycle]';
  if (depth >= DEEPEST) return '[too deep]';
  const levels = copies.get(value);
  const isCopy = levels !== undefined && depth + levels < DEEPEST;
  way.deepest = Math.max(way.deepest, depth + (isCopy ? levels : 0));
  if (isCopy) return value;
  way.above.add(value);
  const result = copyObject(value, depth, way);
  way.above.delete(value);
  return result;
}

function copyObject(value: object, depth: number, way: Way): unknown {
  if (Array.isArray(value))
    return Object.freeze(
      value.map((each: unknown) => (each === undefined ? null : copy(each, depth + 1, way))),
    );
  // Another realm's plain object has another Object.prototype, which is itself without a prototype.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return `[${(value.constructor as { name?: string } | undefined)?.name ?? 'object'}]`;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.freeze(
    Object.fromEntries(entries.map(([name, each]) => [name, copy(each, depth + 1, way)])),
  );
}

/** Whether a value is an object with properties: not null, not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with sorted property names: the same text for equal data. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isRecord(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
