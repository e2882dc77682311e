// Reads unknown JSON by name, without ever failing: what is not there, or is something else, reads as nothing.

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A property with its name when it has a value, for objects with optional properties. */
export function given<N extends string, V>(
  name: N,
  value: V | undefined,
): Partial<Readonly<Record<N, V>>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Readonly<Record<N, V>>>);
}
