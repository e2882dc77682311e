// Data as JSON text, byte for byte the same each time: names sorted, two spaces a level, one line end at the end.

/** Text of plain data. Properties that are undefined are left out. */
export function jsonText(data: unknown): string {
  return `${JSON.stringify(sorted(data), undefined, 2)}\n`;
}

function sorted(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(sorted);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, sorted(value)]),
  );
}
