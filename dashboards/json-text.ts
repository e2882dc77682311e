// Data as JSON text, byte for byte the same each time: names sorted, two spaces a level, one line end at the end.

/** Text of plain data. Properties that are undefined are left out. */
export function jsonText(data: unknown): string {
  return `${JSON.stringify(sortedData(data), undefined, 2)}\n`;
}

/** The same on one line, without a line end. */
export function jsonLine(data: unknown): string {
  return JSON.stringify(sortedData(data));
}

/** A copy whose names are in order at every depth. */
function sortedData(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(sortedData);
  if (typeof data !== 'object' || data === null) return data;
  const source = data as Readonly<Record<string, unknown>>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(source).sort()) sorted[name] = sortedData(source[name]);
  return sorted;
}
