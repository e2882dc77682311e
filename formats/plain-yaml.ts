// YAML or JSON as plain data, for files whose meaning is checked afterwards.
import { parseDocument } from 'yaml';

/** The text is neither YAML nor JSON. */
export class PlainYamlError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.name = 'PlainYamlError';
    this.line = line;
  }
}

/** Aliases are resolved, so many at most: a small file must not become a large one. */
const MOST_ALIASES = 100;

/** @throws PlainYamlError */
export function parsePlainYaml(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new PlainYamlError(
      problem.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'no YAML',
      problem.linePos?.[0].line ?? 1,
    );
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new PlainYamlError(error instanceof Error ? error.message : String(error), 1);
  }
}
