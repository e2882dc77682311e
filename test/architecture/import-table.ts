/** Reads the import table out of ARCHITECTURE.md and answers what a file may import. */

/** What one cell of the table allows: everything, or the names in backticks. */
type Allowed = 'all' | readonly string[];

/** One row: a folder (`slo/`), a folder inside one (`collector/http/`), or a file (`index.ts`). */
interface ImportRow {
  readonly place: string;
  readonly mayImport: Allowed;
  readonly packages: Allowed;
  readonly builtins: Allowed;
}

const COLUMNS = {
  mayImport: 'May import',
  packages: 'Outside packages',
  builtins: 'Node built-ins',
} as const;

/** The table, with one question for each kind of import; paths are relative to the repository. */
export interface ImportTable {
  /** False for a file in a place without a row. */
  knows(file: string): boolean;
  allowsFile(from: string, to: string): boolean;
  allowsPackage(from: string, name: string): boolean;
  allowsBuiltin(from: string, name: string): boolean;
}

/** Parses the first Markdown table that has a `May import` column. @throws when there is none, or a cell is unclear. */
export function parseImportTable(markdown: string): ImportTable {
  const lines = markdown.split('\n').map((line) => line.trim());
  const head = lines.findIndex(
    (line) => line.startsWith('|') && cells(line).includes(COLUMNS.mayImport),
  );
  if (head === -1) throw new Error(`no table with a column "${COLUMNS.mayImport}"`);
  const titles = cells(lines[head] ?? '');
  const body = lines.slice(head + 2);
  const end = body.findIndex((line) => !line.startsWith('|'));
  const rows = body.slice(0, end === -1 ? undefined : end).map((line) => parseRow(titles, line));
  return createImportTable(rows);
}

function parseRow(titles: readonly string[], line: string): ImportRow {
  const values = cells(line);
  const place = names(values[0] ?? '')[0];
  if (place === undefined) throw new Error(`a row needs a folder in backticks: ${line}`);
  const read = (column: keyof typeof COLUMNS): Allowed =>
    parseAllowed(values[titles.indexOf(COLUMNS[column])] ?? '', `${place}, ${COLUMNS[column]}`);
  return {
    place,
    mayImport: read('mayImport'),
    packages: read('packages'),
    builtins: read('builtins'),
  };
}

function parseAllowed(cell: string, where: string): Allowed {
  if (cell === 'all') return 'all';
  if (cell === '–') return [];
  const found = names(cell);
  const rest = cell.replaceAll(/`[^`]+`/g, '').trim();
  if (found.length === 0 || rest !== '') {
    throw new Error(`${where}: expected names in backticks, "all" or "–", found "${cell}"`);
  }
  return found;
}

function cells(line: string): string[] {
  const inner = line.replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => cell.trim());
}

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

function createImportTable(rows: readonly ImportRow[]): ImportTable {
  const rowsOf = (file: string): ImportRow[] => rows.filter((row) => contains(row.place, file));
  const allows = (column: 'packages' | 'builtins', from: string, name: string): boolean =>
    rowsOf(from).some((row) => {
      const allowed = row[column];
      if (allowed === 'all' || allowed.includes(name)) return true;
      return allowed.some((pattern) => isStarFor(pattern, name)) && !isReserved(column, row, name);
    });
  const isReserved = (column: 'packages' | 'builtins', outer: ImportRow, name: string): boolean =>
    rows.some(
      (row) => row !== outer && row.place.startsWith(outer.place) && row[column].includes(name),
    );
  return {
    knows: (file) => rowsOf(file).length > 0,
    allowsFile: (from, to) =>
      topOf(from) === topOf(to) ||
      rowsOf(from).some(
        ({ mayImport }) => mayImport === 'all' || mayImport.some((place) => contains(place, to)),
      ),
    allowsPackage: (from, name) => allows('packages', from, name),
    allowsBuiltin: (from, name) => allows('builtins', from, name),
  };
}

function contains(place: string, file: string): boolean {
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

function isStarFor(pattern: string, name: string): boolean {
  return pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));
}

function topOf(file: string): string {
  return file.split('/', 1)[0] ?? file;
}
