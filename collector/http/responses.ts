// The answers that a route documents: its own body, and problems.
import type { z } from 'zod';
import { Problem } from './contract.ts';
import { PROBLEM_TYPE } from './problem.ts';

const problem = (description: string) => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: Problem } },
});

/** Answers of a route that gives `body`; errors are problems everywhere. */
export function answers<T extends z.ZodType>(body: T) {
  return {
    200: body,
    '4xx': problem('The request cannot be answered as it is.'),
    '5xx': problem('The collector cannot answer now.'),
  };
}
