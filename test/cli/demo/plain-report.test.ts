import { expect, it } from 'vitest';
import { createPlainReport } from '../../../cli/demo/plain-report.ts';
import { createSentCounts } from '../../../cli/demo/sent-counts.ts';
import type { Fault } from '../../../cli/demo/shop-traffic.ts';
import { budgetView, firing, pageCondition } from './budget-view.ts';

const NOON = 1_794_960_000 + 12 * 3600;

it('tells budgets every five seconds, faults and alerts at once, and the end', () => {
  const lines: string[] = [];
  const report = createPlainReport((line) => lines.push(line), { report() {}, end() {} });
  report.open({ url: 'http://127.0.0.1:9999', opened: NOON, sent: createSentCounts() });
  report.live(7.44);
  const page = { conditions: [pageCondition(20, true)], ...firing('page') };
  const german = { slo: 'checkout/by-country', group: { country: 'DE' }, budgetRemaining: 0.9 };
  const french = { slo: 'checkout/by-country', group: { country: 'FR' }, budgetRemaining: 0.8 };
  for (let second = 0; second < 10; second += 1)
    report.show({
      at: NOON + second,
      budgets: [budgetView(second < 5 ? {} : page), budgetView(german), budgetView(french)],
      faults: new Map<Fault, number>(second === 2 ? [['checkout-errors', NOON + 2]] : []),
    });
  report.alert(
    {
      labels: { severity: 'ticket' },
      annotations: { summary: 'checkout/availability burns', fired_by: '3d/6h above 1×' },
      startsAt: NOON + 10,
      endsAt: NOON + 250,
      status: 'firing',
      generatorUrl: 'http://127.0.0.1:9999',
    },
    NOON + 10,
  );
  report.end();
  report.end();
  expect(lines).toEqual([
    'The shop is live after 7.4 s.',
    'API http://127.0.0.1:9999/api/v1/slos, its documentation http://127.0.0.1:9999/docs, metrics http://127.0.0.1:9999/metrics',
    'Stop with Ctrl-C.',
    '12:00:00  checkout/availability 60.0% · checkout/by-country FR 80.0%',
    '12:00:02  Every order fails, from now on.',
    '12:00:03  The shop works again.',
    '12:00:05  checkout/availability 60.0% (PAGE, 1h 20.0× / 14.4×) · checkout/by-country FR 80.0%',
    '12:00:10  ticket  checkout/availability burns',
    '          fired by: 3d/6h above 1×',
    'Stopped; nothing is left behind.',
  ]);
});
