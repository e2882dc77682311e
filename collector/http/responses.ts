// The answers that a route documents: its own body, and problems.
import type { z } from 'zod';
import { Problem } from './contract.ts';
import { PROBLEM_TYPE } from './problem.ts';

const described = <T extends z.ZodType>(description: string, type: string, schema: T) => ({
  description,
  content: { [type]: { schema } },
});

/** Answers of a route that gives `body`; errors are problems everywhere. */
export function answers<T extends z.ZodType>(body: T) {
  return {
    200: body,
    '4xx': described('The request cannot be answered as it is.', PROBLEM_TYPE, Problem),
    '5xx': described('The collector cannot answer now.', PROBLEM_TYPE, Problem),
  };
}
