import { expect, it } from 'vitest';
import { createSentCounts } from '../../../cli/demo/sent-counts.ts';

it('tells everything sent before a moment near the newest, after any length of time', () => {
  const sent = createSentCounts();
  let [total, bad] = [0, 0];
  const before: { total: number; bad: number }[] = [];
  for (let second = 0; second < 5000; second += 1) {
    before.push({ total, bad });
    const [events, failures] = [second % 7, second % 11 === 0 && second % 7 > 0 ? 1 : 0];
    sent.add('checkout/availability', second, events, failures);
    total += events;
    bad += failures;
  }
  for (const end of [4999, 4990, 4700, 4401])
    expect(sent.before('checkout/availability', end)).toEqual(before[end]);
  expect(sent.before('checkout/availability', 5000)).toEqual({ total, bad });
  expect(sent.before('unknown', 5000)).toEqual({ total: 0, bad: 0 });
});
