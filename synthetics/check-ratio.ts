// The SLI kind for runs of a check: passed and degraded ones are good, failed ones are bad, what could not be tried is neither.
import { type DefinitionReader } from '../slo/definition-reader.ts';
import { defineSli, type Lowered, type SliDefinition } from '../slo/sli/sli-definition.ts';
import type { CheckDefinition } from './define-check.ts';
import { resolveCheck } from './resolve-check.ts';
import type { Verdict } from './run.ts';
import { resultStream } from './run-result.ts';

export interface CheckRatioInput {
  /** What `defineCheck` returned. */
  readonly check: CheckDefinition;
}

const GOOD: readonly Verdict[] = ['passed', 'degraded'];
const BAD: Verdict = 'failed';

/**
 * The share of a check's runs that did not fail, wherever they ran: by the collector itself, in CronJobs, or anywhere with
 * `ninefold probe --push`.
 * @example checkRatio({ check: home })
 */
export function checkRatio(input: CheckRatioInput): SliDefinition<'location'> {
  const shape = { known: ['check'], needed: ['check'], example: '{ check: home }' };
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
  return {
    form: {
      form: 'events',
      origin: { ingest: { stream: resultStream(check) } },
      time: { field: 'atMs', as: 'epoch-milliseconds' },
      total: { field: 'verdict', oneOf: [...GOOD, BAD] },
      counted: 'bad',
      part: { field: 'verdict', equals: BAD },
      everySeconds: check.everySeconds,
    },
    written: { total: 'check', part: 'check' },
    groupLabels: ['location'],
  };
}
