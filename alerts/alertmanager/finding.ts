// What is wrong with a configuration file, or will be: one finding with its place, its reason and what to do.
import type { Position } from './configuration.ts';

/** Errors are what the target refuses; warnings it loads all the same. */
export type FindingSeverity = 'error' | 'warning';

export interface AlertmanagerFinding {
  /** Stable; each has a section in docs/alertmanager-findings.md. */
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** The offending text; never that of a secret. */
  readonly value?: string;
  readonly remedy: string;
}

/** A file may hold many faults, a reader has no use for more of them. */
const MOST = 1000;
const LONGEST_VALUE = 120;

/** Collects findings. */
export class FindingList {
  readonly #findings: AlertmanagerFinding[] = [];
  #errors = 0;

  get errors(): number {
    return this.#errors;
  }

  error(code: string, place: Position, message: string, remedy: string, value?: string): void {
    this.#errors += 1;
    this.#add('error', code, place, message, remedy, value);
  }

  warning(code: string, place: Position, message: string, remedy: string, value?: string): void {
    this.#add('warning', code, place, message, remedy, value);
  }

  /** In the order of the file, errors before warnings of the same place. */
  sorted(): readonly AlertmanagerFinding[] {
    return this.#findings.toSorted(
      (a, b) =>
        a.line - b.line ||
        a.column - b.column ||
        a.severity.localeCompare(b.severity) ||
        (a.code < b.code ? -1 : Number(a.code > b.code)),
    );
  }

  #add(
    severity: FindingSeverity,
    code: string,
    { line, column }: Position,
    message: string,
    remedy: string,
    value: string | undefined,
  ): void {
    // An error must never fall to the bound: the verdict hangs on it.
    if (this.#findings.length >= MOST && (severity === 'warning' || this.#errors > 1)) return;
    const short =
      value === undefined || value.length <= LONGEST_VALUE
        ? value
        : `${value.slice(0, LONGEST_VALUE)}…`;
    this.#findings.push({
      code,
      severity,
      message,
      line,
      column,
      ...(short === undefined ? {} : { value: short }),
      remedy,
    });
  }
}
