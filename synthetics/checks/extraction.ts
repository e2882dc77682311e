// What a step of a journey keeps of its answer for later steps.
import { compilePart } from '../../formats/regular-expression.ts';
import { isRecord } from '../../slo/plain-data.ts';
import { parseJsonPath } from '../json-path.ts';

/** Where a variable's value is in an answer. */
export interface Extraction {
  readonly from: 'json' | 'header' | 'body' | 'cookie';
  /** A JSON path, a header's or a cookie's name, or an expression whose first group is meant. */
  readonly at: string;
}

/** An answer as `save` sees it. */
export interface SavedAnswer {
  /** A text, number or flag in a JSON body. */
  json(path: `$${string}`): Extraction;
  header(name: string): Extraction;
  /** The first group of an RE2 expression, or the whole match when it has none. */
  body(pattern: string): Extraction;
  /** A cookie that was set so far. Cookies are sent along by themselves; this is for their values. */
  cookie(name: string): Extraction;
}

export const SAVED_ANSWER: SavedAnswer = Object.freeze({
  json: (at: string) => Object.freeze({ from: 'json' as const, at }),
  header: (at: string) => Object.freeze({ from: 'header' as const, at: at.toLowerCase() }),
  body: (at: string) => Object.freeze({ from: 'body' as const, at }),
  cookie: (at: string) => Object.freeze({ from: 'cookie' as const, at }),
});

/** What is wrong with an extraction; undefined when nothing is. */
export function extractionProblem(value: unknown): string | undefined {
  if (!isRecord(value) || typeof value['at'] !== 'string' || value['at'] === '')
    return 'is not what the answer’s json, header, body or cookie returns';
  const { from, at } = value;
  if (from === 'json')
    return parseJsonPath(at)?.several === false
      ? undefined
      : `has '${at}', which is not the path of one value`;
  if (from !== 'body') return undefined;
  try {
    compilePart(at);
    return undefined;
  } catch (error) {
    return `has '${at}', which is not an expression: ${error instanceof Error ? error.message : ''}`;
  }
}
