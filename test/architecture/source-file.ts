/** Reads what a source file imports and exports and how it opens, with the TypeScript parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One import, re-export, `import()` or `require()` with a constant name; types count as well. */
interface ImportSite {
  readonly specifier: string;
  readonly line: number;
}

/** The facts about one file that the rules of the house speak of. */
export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly imports: readonly ImportSite[];
  /** Lines with `export *`. */
  readonly starExports: readonly number[];
  /** Lines with a default export. */
  readonly defaultExports: readonly number[];
  /** The comment that the file opens with; '' when it opens with code. */
  readonly opening: string;
}

/** Made, foreign, or wrong on purpose. */
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'generated', 'fixtures']);

/** All source files below the root, in order of their paths. */
export function readSourceFiles(root: string): SourceFile[] {
  return listSources(root, '')
    .toSorted()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

function listSources(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listSources(root, path);
    return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : [];
  });
}

function parseSource(path: string, text: string): SourceFile {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const lineOf = (node: ts.Node): number =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const imports: ImportSite[] = [];
  const starExports: number[] = [];
  const defaultExports: number[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier !== undefined) imports.push({ specifier, line: lineOf(node) });
    if (isStarExport(node)) starExports.push(lineOf(node));
    if (isDefaultExport(node)) defaultExports.push(lineOf(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, imports, starExports, defaultExports, opening: openingOf(text) };
}

function importedBy(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal);
  }
  if (ts.isCallExpression(node) && loadsModule(node.expression)) return textOf(node.arguments[0]);
  return undefined;
}

function loadsModule(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  // createRequire(import.meta.url)('name')
  return (
    ts.isCallExpression(callee) &&
    ts.isIdentifier(callee.expression) &&
    callee.expression.text === 'createRequire'
  );
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isStarExport(node: ts.Node): boolean {
  if (!ts.isExportDeclaration(node)) return false;
  return node.exportClause === undefined || ts.isNamespaceExport(node.exportClause);
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function openingOf(text: string): string {
  const start = /^#!.*\n/.exec(text)?.[0].length ?? 0;
  const block = /^\s*(\/\*[^]*?\*\/|(?:\/\/.*\n?)+)/.exec(text.slice(start))?.[1] ?? '';
  const lines = block.split('\n').map((line) => line.replace(/^\s*(?:\/\*+|\*+\/|\*|\/\/)/, ''));
  return lines
    .map((line) => line.replace(/\*+\/\s*$/, '').trim())
    .join('\n')
    .trim();
}
