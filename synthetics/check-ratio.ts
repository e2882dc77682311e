// The SLI kind for runs of a check: passed and degraded ones are good, failed ones are bad, what could not be tried is neither.
import { type DefinitionReader } from '../slo/definition-reader.ts';
import type { EventQuorum } from '../slo/sli.ts';
import { defineSli, type Lowered, type SliDefinition } from '../slo/sli/sli-definition.ts';
import type { Check } from './check.ts';
import type { CheckDefinition } from './define-check.ts';
import { resolveCheck } from './resolve-check.ts';
import type { Verdict } from './run.ts';
import { resultStream } from './run-result.ts';

export interface CheckRatioInput {
  /** What `defineCheck` returned. */
  readonly check: CheckDefinition;
  /**
   * So many of the check's locations must say that a run failed, for the period to count as bad; 1 to all of them. One period is
   * then one event, and one that hangs on locations that said nothing is unmeasured.
   * @default every run counts by itself
   */
  readonly quorum?: number;
}

const GOOD: readonly Verdict[] = ['passed', 'degraded'];
const BAD: Verdict = 'failed';

/**
 * The share of a check's runs that did not fail, wherever they ran: by the collector itself, in CronJobs, or anywhere with
 * `ninefold probe --push`. With a quorum it is the share of periods in which too few locations failed.
 * @example checkRatio({ check: home })
 * @example checkRatio({ check: home, quorum: 2 })
 */
export function checkRatio(
  input: CheckRatioInput & { readonly quorum: number },
): SliDefinition<never>;
export function checkRatio(input: CheckRatioInput): SliDefinition<'location'>;
export function checkRatio(input: CheckRatioInput): SliDefinition<'location'> {
  const shape = { known: ['check', 'quorum'], needed: ['check'], example: '{ check: home }' };
  return defineSli('checkRatio', input, shape, lower);
}

function lower(reader: DefinitionReader): Lowered<'location'> | undefined {
  const written = reader.raw('check');
  if (written === undefined) return undefined;
  const { value: check } = resolveCheck(written);
  if (check === undefined) {
    // What is wrong with the check itself is told where it stands.
    reader.refuse('check', {
      code: 'wrong-type',
      message: 'This is not a check, or one with mistakes.',
      remedy: 'Pass what defineCheck returns, and correct what is told of it.',
    });
    return undefined;
  }
  const quorum = readQuorum(reader, check);
  return {
    form: {
      form: 'events',
      origin: { ingest: { stream: resultStream(check) } },
      time: { field: 'atMs', as: 'epoch-milliseconds' },
      total: { field: 'verdict', oneOf: [...GOOD, BAD] },
      counted: 'bad',
      part: { field: 'verdict', equals: BAD },
      everySeconds: check.everySeconds,
      ...(quorum && { quorum }),
    },
    written: { total: 'check', part: 'check' },
    // Locations that vote together have one budget.
    groupLabels: quorum === undefined ? ['location'] : [],
  };
}

function readQuorum(reader: DefinitionReader, check: Check): EventQuorum | undefined {
  const { locations, everySeconds } = check;
  if (!reader.has('quorum')) return undefined;
  if (locations.length < 2)
    return reader.refuse('quorum', {
      code: 'missing-field',
      message: `${check.id} names ${locations.length === 0 ? 'no locations' : 'one location'}, so there is nobody to agree with.`,
      remedy: `Name the places in the check: locations: ['eu', 'us', 'asia'].`,
    });
  const atLeast = reader.whole('quorum', 1, locations.length);
  if (atLeast === undefined) return undefined;
  return {
    field: 'location',
    among: locations,
    atLeast,
    slotSeconds: everySeconds,
    slotTime: { field: 'dueAtMs', as: 'epoch-milliseconds' },
  };
}
