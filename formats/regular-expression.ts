// Regular expressions as Prometheus, Loki and Alertmanager have them: RE2, with what Go accepts and nothing else.
import { RE2JS } from 're2js';

/** A pattern that has to match a whole text; `.` takes line ends too. */
export interface WholeTextPattern {
  matches(text: string): boolean;
}

/**
 * Compiles a pattern as label matchers use it, anchored at both ends.
 * @throws SyntaxError with the reason when Go would refuse it
 */
export function compileWholeText(pattern: string): WholeTextPattern {
  try {
    // Alone first: `a)(b` would be whole again inside the brackets.
    RE2JS.compile(pattern);
    const compiled = RE2JS.compile(`^(?s:${pattern})$`);
    return { matches: (text) => compiled.matches(text) };
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : String(error));
  }
}

/** A pattern as Alertmanager compiles it: only put between anchors, so that `a)(b` is whole, and of `a)|(?:b` each way has one. */
export const anchored = (pattern: string): string => `^(?:${pattern})$`;

/**
 * Compiles a pattern as Alertmanager does, which looks for it anywhere in the text; `.` stops at line ends.
 * @throws SyntaxError with the reason when Go would refuse it
 */
export function compileAnchored(pattern: string): WholeTextPattern {
  try {
    const compiled = RE2JS.compile(anchored(pattern));
    return { matches: (text) => compiled.test(text) };
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : String(error));
  }
}

/** A text as a pattern that takes it and nothing else. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}

/** Finds the first match of a pattern in a text: the whole of it and its groups, '' for one that took no part. */
export type FirstMatch = (text: string) => readonly string[] | undefined;

/**
 * Compiles a pattern that may match any part of a text; its time grows with the text's length only.
 * @throws SyntaxError with the reason when Go would refuse it
 */
export function compilePart(pattern: string): FirstMatch {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from(
        { length: matcher.groupCount() + 1 },
        (_, group) => matcher.group(group) ?? '',
      );
    };
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : String(error));
  }
}
