// What is wrong with a configuration file, or will be: one finding with its place, its reason and what to do.
import type { Position } from './configuration.ts';

/** Errors are what the target refuses; warnings it loads all the same. */
export type FindingSeverity = 'error' | 'warning';

/** Every code there is; they are stable, and each has a section in docs/alertmanager-findings.md. */
export const FINDING_CODES = [
  // What Alertmanager refuses.
  'alias-loop',
  'conflicting-fields',
  'duplicate-field',
  'duplicate-name',
  'excessive-aliases',
  'invalid-address',
  'invalid-duration',
  'invalid-glob',
  'invalid-label-name',
  'invalid-matcher',
  'invalid-pattern',
  'invalid-template',
  'invalid-template-file',
  'invalid-time-interval',
  'invalid-url',
  'invalid-value',
  'missing-field',
  'null-entry',
  'root-route',
  'undefined-receiver',
  'undefined-time-interval',
  'unknown-field',
  'unsupported-field',
  'wrong-type',
  'yaml-syntax',
  // What it loads all the same.
  'ambiguous-matcher',
  'contradictory-matchers',
  'deprecated-field',
  'doubled-pages',
  'empty-template-glob',
  'empty-time-interval',
  'ending-service',
  'group-interval-too-short',
  'group-wait-too-long',
  'ignored-document',
  'inhibition-without-equal',
  'inhibition-without-matchers',
  'local-zone',
  'month-out-of-range',
  'repeat-below-group-interval',
  'repeat-beyond-retention',
  'repeat-rounded-up',
  'self-inhibition',
  'undefined-template',
  'unheard-alerts',
  'unreachable-route',
  'unresolved-pages',
  'unused-receiver',
  'unused-time-interval',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export interface AlertmanagerFinding {
  readonly code: FindingCode;
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

  error(code: FindingCode, place: Position, message: string, remedy: string, value?: string): void {
    this.#errors += 1;
    this.#add('error', code, place, message, remedy, value);
  }

  warning(
    code: FindingCode,
    place: Position,
    message: string,
    remedy: string,
    value?: string,
  ): void {
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
    code: FindingCode,
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
