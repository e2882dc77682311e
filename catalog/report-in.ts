// What the checks of all kinds of definitions share: reports that know their file, and names claimed twice.
import { type Diagnostic, printValue, type Report } from '../slo/diagnostic.ts';
import type { Origin } from './catalog.ts';

/** A report that knows the file. */
export function reportIn(file: string, diagnostics: Diagnostic[]): Report {
  return (diagnostic) => diagnostics.push({ ...diagnostic, file });
}

/** Says that a name is taken, and by whom. */
export function duplicate(noun: string, name: string, path: string, other: Origin): Diagnostic {
  return {
    code: 'duplicate-name',
    severity: 'error',
    path,
    value: printValue(name),
    message: `Another ${noun} is named '${name}': ${other.path} in ${other.file}.`,
    remedy: `Give each ${noun} a name of its own, or export one definition and import it where it is needed.`,
  };
}
