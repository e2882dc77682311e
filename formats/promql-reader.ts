// Reads many PromQL expressions that differ in label values only, as those of dashboards do: each shape of them is parsed once.
import { type FoundSelector, type ReadPromql, readPromql } from './dashboard-query.ts';

/** Gives what `readPromql` gives. */
export type PromqlReader = (text: string) => ReadPromql;

/** A value that a label is equal, or unequal, to; one with escapes stays as it is. */
const EQUAL_VALUE = /(=\s*)"([^"\\\n]+)"/g;
/** Stands for such a value. */
const PLACEHOLDER = /ninefold-value-(\d+)-/g;
/** Shapes that are kept; users' dashboards may have any number of them. */
const MOST_SHAPES = 5000;

/** A reader with a memory of its own; it is as good as the dashboards that it reads are alike. */
export function createPromqlReader(): PromqlReader {
  const shapes = new Map<string, ReadPromql>();
  return (text) => {
    if (text.includes('ninefold-value-')) return readPromql(text);
    const values: string[] = [];
    const shape = text.replaceAll(EQUAL_VALUE, (_, before: string, value: string) => {
      values.push(value);
      return `${before}"ninefold-value-${values.length - 1}-"`;
    });
    let read = shapes.get(shape);
    if (read === undefined) {
      if (shapes.size >= MOST_SHAPES) shapes.clear();
      read = readPromql(shape);
      shapes.set(shape, read);
    }
    // A problem tells the text itself, and where in it.
    if (read.problems.length > 0) return readPromql(text);
    return { problems: [], selectors: read.selectors.map((found) => withValues(found, values)) };
  };
}

function withValues(found: FoundSelector, values: readonly string[]): FoundSelector {
  const restored = (text: string): string =>
    !text.includes('ninefold-value-')
      ? text
      : text.replaceAll(PLACEHOLDER, (_, index: string) => values[Number(index)] ?? '');
  const { metric, matchers } = found.selector;
  return {
    ...found,
    selector: {
      ...(metric !== undefined && { metric: restored(metric) }),
      matchers: matchers.map((matcher) => ({ ...matcher, value: restored(matcher.value) })),
    },
  };
}
