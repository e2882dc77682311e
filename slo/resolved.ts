// What checking a definition gives: the thing that it stands for, or what is wrong with it.
import type { Diagnostic, Report } from './diagnostic.ts';
import { frozenCopy } from './plain-data.ts';

/** What a definition stands for, and everything that is wrong with it. */
export interface Resolved<T> {
  /** Deeply frozen; absent when a diagnostic is an error. */
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs a reading and keeps its value only when it reported no error. */
export function resolved<T>(read: (report: Report) => T | undefined): Resolved<T> {
  const diagnostics: Diagnostic[] = [];
  const value = read((diagnostic) => diagnostics.push(diagnostic));
  const failed = diagnostics.some((each) => each.severity === 'error');
  return value === undefined || failed
    ? { diagnostics }
    : { value: frozenCopy(value), diagnostics };
}
