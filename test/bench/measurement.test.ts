import { expect, it } from 'vitest';
import { figure } from '../../bench/measurement.ts';

it.each([
  [[7], 7],
  [[4, 2], 3],
  [[9, 1, 5], 5],
  [[8, 1, 4, 2], 3],
])('the median of the rounds %j is %d', (rounds, median) => {
  expect(figure('', '', rounds)).toMatchObject({
    median,
    low: Math.min(...rounds),
    high: Math.max(...rounds),
    rounds: rounds.length,
  });
});
