// Reads JSON that anybody may have written: limited in size and depth, and what is wrong is told with its place and path.

export interface JsonProblem {
  readonly message: string;
  /** Where in the data: `$.panels[3].title`. */
  readonly path: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface JsonLimits {
  /** UTF-16 units of text. @default LARGEST_JSON */
  readonly characters?: number;
  /** Objects and lists within each other. @default DEEPEST_JSON */
  readonly depth?: number;
}

/** Grafana refuses requests that are larger. */
const LARGEST_JSON = 32 << 20;
/** Grafana's own dashboards have less than 20. */
const DEEPEST_JSON = 100;

/** The value, or the first thing that is wrong. */
export function readBoundedJson(
  text: string,
  { characters = LARGEST_JSON, depth = DEEPEST_JSON }: JsonLimits = {},
): { readonly value: unknown } | { readonly problem: JsonProblem } {
  if (text.length > characters)
    return {
      problem: {
        message: `It has ${text.length} characters; at most ${characters} are read.`,
        path: '$',
        line: 1,
        column: 1,
      },
    };
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const fault = findFault(source, depth);
  if (fault !== undefined) return { problem: placed(source, fault) };
  try {
    return { value: JSON.parse(source) };
  } catch (error) {
    // What the scan lets pass is wrong within one string or number.
    const message = error instanceof Error ? error.message : String(error);
    return { problem: { message, path: '$', line: 1, column: 1 } };
  }
}

interface Fault {
  readonly message: string;
  readonly at: number;
  readonly path: string;
}

interface Frame {
  readonly isList: boolean;
  /** The name or the index of what is being read. */
  key: string | number;
}

const SPACE = /[ \t\n\r]*/y;
// JSON forbids control characters in strings.
// oxlint-disable-next-line no-control-regex
const STRING = /"[^"\\\u0000-\u001f]*/y;
// oxlint-disable-next-line no-control-regex
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001f]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Walks over the text without recursion, so that no depth of it can end the program. */
function findFault(text: string, deepest: number): Fault | undefined {
  const frames: Frame[] = [];
  let at = 0;
  const fault = (message: string): Fault => ({ message, at, path: pathOf(frames) });
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at += found?.[0].length ?? 0;
    return found !== null;
  };
  const takeString = (): boolean => {
    if (!take(STRING)) return false;
    while (text[at] === '\\') if (!take(ESCAPE)) return false;
    if (text[at] !== '"') return false;
    at += 1;
    return true;
  };
  const takeName = (frame: Frame): Fault | undefined => {
    take(SPACE);
    frame.key = '';
    const start = at;
    if (!takeString()) return fault(`Expected a name in quotes, found ${shown(text, at)}.`);
    frame.key = text.slice(start + 1, Math.min(at - 1, start + 80));
    take(SPACE);
    if (text[at] !== ':') return fault(`Expected a colon, found ${shown(text, at)}.`);
    at += 1;
    return undefined;
  };
  for (;;) {
    take(SPACE);
    const opening = text[at];
    let complete = true;
    if (opening === '{' || opening === '[') {
      if (frames.length >= deepest) return fault(`It is nested deeper than ${deepest} levels.`);
      at += 1;
      take(SPACE);
      const isList = opening === '[';
      if (text[at] === (isList ? ']' : '}')) at += 1;
      else {
        const frame: Frame = { isList, key: isList ? 0 : '' };
        frames.push(frame);
        complete = false;
        const wrong = isList ? undefined : takeName(frame);
        if (wrong !== undefined) return wrong;
      }
    } else if (!(opening === '"' ? takeString() : take(SCALAR)))
      return fault(`Expected a value, found ${shown(text, at)}.`);
    while (complete) {
      take(SPACE);
      const frame = frames.at(-1);
      if (frame === undefined)
        return at === text.length ? undefined : fault(`Nothing may follow: ${shown(text, at)}.`);
      if (text[at] === ',') {
        at += 1;
        if (frame.isList) frame.key = Number(frame.key) + 1;
        const wrong = frame.isList ? undefined : takeName(frame);
        if (wrong !== undefined) return wrong;
        complete = false;
      } else if (text[at] === (frame.isList ? ']' : '}')) {
        at += 1;
        frames.pop();
      } else
        return fault(`Expected a comma or ${frame.isList ? ']' : '}'}, found ${shown(text, at)}.`);
    }
  }
}

/** What stands at a place, in a few characters. */
function shown(text: string, at: number): string {
  if (at >= text.length) return 'the end';
  return JSON.stringify(text.slice(at, at + 12));
}

function pathOf(frames: readonly Frame[]): string {
  const steps = frames.map(({ key }) => {
    if (typeof key === 'number') return `[${key}]`;
    if (key === '') return '';
    return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `["${key}"]`;
  });
  const most = 12;
  return `$${steps.slice(0, most).join('')}${steps.length > most ? '…' : ''}`;
}

function placed(text: string, { message, at, path }: Fault): JsonProblem {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    message,
    path,
    line: before.split('\n').length,
    column: at - lineStart + 1,
  };
}
