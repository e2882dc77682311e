// What every SLI kind returns: its normal form, or what keeps it from having one.
import { type DefinitionReader, readDefinition, type Shape } from '../definition-reader.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { frozenCopy } from '../plain-data.ts';
import type { CountedPart, SliForm } from '../sli.ts';

/** An SLI as frozen plain data. `Label` is what an SLO on it may group by. */
export interface SliDefinition<Label extends string = string> {
  /** The SLI kind, as users write it: `prometheusRatio`. */
  readonly kind: string;
  /** Name of the connection in ninefold.config.ts. */
  readonly connection: string;
  /** Absent when a problem keeps it from being lowered. */
  readonly form?: SliForm;
  /** Which properties the form's total and part were written in, so that problems of a query point there. */
  readonly written: { readonly total: string; readonly part: string };
  /** What an SLO may group by, when that is known. */
  readonly groupLabels?: readonly Label[];
  /** All that is wrong with it; paths begin at the SLI. */
  readonly problems: readonly Diagnostic[];
}

/** What an SLI kind makes of its input. */
export interface Lowered<Label extends string = string> {
  readonly form: SliForm;
  readonly written: { readonly total: string; readonly part: string };
  readonly groupLabels?: readonly Label[];
}

/** A query at most as long as this is accepted. */
export const LONGEST_QUERY = 10_000;

/**
 * Makes a definition of what an SLI kind lowers its input to. Never throws, whatever the input holds:
 * `lower` reports through the reader, and returns undefined when no form can be made.
 */
export function defineSli<Label extends string = string>(
  kind: string,
  input: unknown,
  shape: Shape,
  lower: (reader: DefinitionReader) => Lowered<Label> | undefined,
): SliDefinition<Label> {
  const problems: Diagnostic[] = [];
  const reader = readDefinition(input, '', (problem) => problems.push(problem), shape);
  const connection = reader?.text('connection', 63);
  const lowered = reader === undefined ? undefined : lower(reader);
  return frozenCopy({
    kind,
    connection: connection ?? 'default',
    written: { total: 'total', part: 'bad' },
    ...(problems.length === 0 ? lowered : undefined),
    problems,
  });
}

/** The counted part of an SLI's events, with the name of the property it was written in. */
export interface WrittenPart<T> {
  readonly counted: CountedPart;
  readonly value: T;
}

/** Reads the one of `bad` and `good` that is given. */
export function readPart<T>(
  reader: DefinitionReader,
  read: (name: CountedPart) => T | undefined,
): WrittenPart<T> | undefined {
  const given = (['bad', 'good'] as const).filter((name) => reader.has(name));
  const counted = given[0];
  if (given.length === 1 && counted !== undefined) {
    const value = read(counted);
    return value === undefined ? undefined : { counted, value };
  }
  const both = given.length === 2;
  reader.refuse(both ? 'good' : 'bad', {
    code: 'bad-or-good',
    message: both ? 'Both bad and good are given.' : 'Neither bad nor good is given.',
    remedy: 'Give exactly one of bad and good; the other is the rest of total.',
  });
  return undefined;
}

/** The bad or the good part of the events, never both. */
export type BadOrGood<T> =
  { readonly bad: T; readonly good?: never } | { readonly good: T; readonly bad?: never };
