/** Holds a source tree against the rules of the house and says, in one sentence each, where it breaks them. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { findLoops } from './import-loop.ts';
import { type ImportTable, parseImportTable } from './import-table.ts';
import { readSourceFiles, type SourceFile } from './source-file.ts';

/** Names that attract everything and say nothing. */
const SHELVES = /(^|-)(utils?|helpers?|common|types?|managers?|handlers?|misc)(-|$)/;

/** Tools that read the default export of a configuration file. */
const DEFAULT_EXPORT_DEMANDED = /(^|\/)[a-z-]+\.config\.ts$/;

/** Tests promise by the names of their cases. */
const TEST = /\.test(-d)?\.ts$/;

/** All breaches in the tree below `root`, against the table in its ARCHITECTURE.md. */
export function findBreaches(root: string): string[] {
  const table = parseImportTable(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));
  const files = readSourceFiles(root);
  const paths = new Set(files.map(({ path }) => path));
  return [
    ...files.flatMap((file) => importBreaches(file, table, paths)),
    ...loopBreaches(files),
    ...files.flatMap(formBreaches),
    ...files.flatMap(({ path }) => shelfBreaches(path)),
  ];
}

function importBreaches(
  file: SourceFile,
  table: ImportTable,
  paths: ReadonlySet<string>,
): string[] {
  const inFolder = file.path.includes('/');
  // Configuration of tools at the root belongs to no room.
  if (!inFolder && !table.knows(file.path)) return [];
  if (!table.knows(file.path)) return [`${file.path}: its folder has no row in the import table`];
  return file.imports.flatMap(({ specifier, line }) => {
    const complaint = importBreach(file.path, specifier, table, paths);
    return complaint === undefined ? [] : [`${file.path}:${line} imports ${complaint}`];
  });
}

function importBreach(
  from: string,
  specifier: string,
  table: ImportTable,
  paths: ReadonlySet<string>,
): string | undefined {
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `${specifier}: write node:${specifier}`;
    if (table.allowsBuiltin(from, specifier)) return undefined;
    return `${specifier}, a Node built-in that its folder may not use`;
  }
  const target = localTarget(from, specifier);
  if (target === undefined) {
    const name = packageName(specifier);
    if (table.allowsPackage(from, name)) return undefined;
    return `${name}, an outside package that its folder may not use`;
  }
  if (!table.allowsFile(from, target)) return `${target}, which the import table does not allow`;
  const isSource = /\.[jt]s$/.test(target);
  return isSource && !paths.has(target) ? `${target}, which is not there` : undefined;
}

/** The path that a specifier means inside the repository; undefined for a package. */
function localTarget(from: string, specifier: string): string | undefined {
  if (specifier === 'ninefold') return 'index.ts';
  return specifier.startsWith('.')
    ? posix.normalize(posix.join(posix.dirname(from), specifier))
    : undefined;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function loopBreaches(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier }) => localTarget(path, specifier) ?? []),
    ]),
  );
  return findLoops(graph).map((loop) => `files import one another in a loop: ${loop.join(', ')}`);
}

function formBreaches(file: SourceFile): string[] {
  const { path } = file;
  const breaches = file.starExports.map((line) => `${path}:${line} has export *: name the exports`);
  if (!DEFAULT_EXPORT_DEMANDED.test(path)) {
    breaches.push(
      ...file.defaultExports.map((line) => `${path}:${line} has a default export: name it`),
    );
  }
  if (!TEST.test(path) && !/^\S+(\s+\S+){2}[^]*?[.:]/.test(file.opening)) {
    breaches.push(`${path}: opens without a sentence that says what it promises`);
  }
  return breaches;
}

function shelfBreaches(path: string): string[] {
  const shelf = path.split('/').find((part) => SHELVES.test(part.split('.', 1)[0] ?? ''));
  return shelf === undefined ? [] : [`${path}: "${shelf}" says nothing, name the noun it owns`];
}
