// Did you mean …?
import { expect, it } from 'vitest';
import { didYouMean, nearestName } from '../../slo/nearest-name.ts';

const known = ['objective', 'window', 'burnPolicy', 'name', 'sli'];

it.each([
  ['objetive', 'objective'],
  ['Objective', 'objective'],
  ['objcetive', 'objective'],
  ['burnpolicy', 'burnPolicy'],
  ['windows', 'window'],
  ['nmae', 'name'],
  ['sil', 'sli'],
])('takes %s for %s', (written, meant) => {
  expect(nearestName(written, known)).toBe(meant);
});

it.each(['target', 'x', '', 'a'.repeat(100_000)])('has no idea of %.10s', (written) => {
  expect(nearestName(written, known)).toBeUndefined();
  expect(didYouMean(written, known)).toBe('');
});
