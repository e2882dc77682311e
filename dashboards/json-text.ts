// Data as JSON text, byte for byte the same each time: names sorted, two spaces a level, one line end at the end.

/** Text of plain data. Properties that are undefined are left out. */
export function jsonText(data: unknown): string {
  return sortedText(sortedData(data));
}

/** The same of data that are sorted already. */
export function sortedText(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/** The same on one line, without a line end, of data that are sorted already. */
export function sortedLine(data: unknown): string {
  return JSON.stringify(data);
}

/** A copy whose names are in order at every depth. */
export function sortedData(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(sortedData);
  if (typeof data !== 'object' || data === null) return data;
  const source = data as Readonly<Record<string, unknown>>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(source).sort()) sorted[name] = sortedData(source[name]);
  return sorted;
}
