import { expect, it } from 'vitest';
import { boundMatcher } from '../../../alerts/rules/bucket-bound.ts';
import { compileMatcher } from '../../../formats/label-matcher.ts';

it.each([
  ['1', ['1', '1.0'], ['10', '0.1', '1.5', '11', '']],
  ['0.5', ['0.5', '0.50'], ['5', '0.55', '00.5', '0x5']],
  ['250', ['250', '250.0'], ['25', '2500']],
  ['0.00001', ['1e-05', '0.00001', '1e-5', '1.0E-5'], ['1e-06', '0.0001']],
  ['0.000025', ['2.5e-05', '0.000025', '2.5E-5'], ['25e-05']],
  ['10000000', ['1e+07', '10000000', '10000000.0', '1.0E7'], ['1e+08']],
  ['Infinity', ['+Inf'], ['Inf0', '']],
])('takes the spellings of %s and nothing else', (bound, spelt, others) => {
  const matches = compileMatcher(boundMatcher(bound));
  expect(spelt.filter(matches)).toEqual(spelt);
  expect(others.filter(matches)).toEqual([]);
});
