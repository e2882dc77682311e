import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBoard } from '../../../cli/demo/board.ts';
import { stateOf } from '../../../cli/demo/scene.ts';
import { createScreen } from '../../../cli/demo/screen.ts';
import { createSentCounts } from '../../../cli/demo/sent-counts.ts';
import type { Fault } from '../../../cli/demo/shop-traffic.ts';
import type { OutgoingAlert } from '../../../collector/sinks/sink.ts';
import type { InstanceView } from '../../../collector/view.ts';
import { budgetView, firing, pageCondition } from './budget-view.ts';

const NOW = 1_795_000_000;
const LEAVE = '\u001b[?1049l';

/** A terminal that remembers what was written; `lines` is the last picture. */
function terminal(columns: number, rows: number) {
  let written = '';
  const output = {
    columns,
    rows,
    write: (text: string) => ((written += text), true),
    on: () => output,
    off: () => output,
  };
  const screen = createScreen({
    output: output as unknown as Parameters<typeof createScreen>[0]['output'],
    paint: (_, text) => text,
    keepFiring: () => 1800,
    keys: true,
  });
  screen.open({ url: 'http://127.0.0.1:9999', opened: NOW - 262_800, sent: createSentCounts() });
  return {
    screen,
    written: () => written,
    lines: () =>
      stripVTControlCharacters(written.slice(written.lastIndexOf('\u001b[H'))).split('\r\n'),
  };
}

const alert: OutgoingAlert = {
  labels: { alertname: 'ErrorBudgetBurn', slo: 'checkout/availability', severity: 'page' },
  annotations: {
    summary: 'checkout/availability burns its error budget at 14.5×, 24.66 % left',
    description: '99.9% of orders placed in 30d: 110 of 146,011 events were bad.',
    fired_by: '1h/5m above 14.4×',
    evidence: '46 of 3,175 events bad in 1h',
  },
  startsAt: NOW,
  endsAt: NOW + 240,
  status: 'firing',
  generatorUrl: 'http://127.0.0.1:9999',
};

function scene(budgets: readonly InstanceView[], faults: readonly Fault[] = []) {
  return { at: NOW, budgets, faults: new Map(faults.map((fault) => [fault, NOW - 21])) };
}

describe('the word for a budget', () => {
  it.each([
    ['ok', {}],
    ['burning', { conditions: [pageCondition(9)] }],
    ['spent', { budgetRemaining: -0.1 }],
    ['PAGE', { conditions: [pageCondition(20, true)], ...firing('page') }],
    ['clearing', { conditions: [pageCondition(20)], ...firing('page') }],
    ['ticket', firing('ticket')],
    ['no data', { measurement: 'stale', ...firing('page') }],
    ['no data', { measurement: 'waiting' }],
  ] as const)('is %s for %j', (word, change) => {
    const view = budgetView(change);
    expect(stateOf(view)).toBe(word.toLowerCase());
    expect(formatBoard([view], 100, (_, text) => text)[1]).toContain(word);
  });
});

describe('the screen', () => {
  it('counts down to the page of what is broken', () => {
    const { screen, lines } = terminal(100, 30);
    screen.live(5);
    for (let second = 0; second <= 10; second += 1) {
      const budget = budgetView({ conditions: [pageCondition(4 + second * 0.5)] });
      screen.show({ ...scene([budget], ['checkout-errors']), at: NOW + second });
    }
    const text = lines().join('\n');
    expect(text).toContain('Every order fails since 31s.');
    expect(text).toContain('pages when 1h burns above 14.4×: 9.0× so far, about 11s to go.');
  });

  it('shows a page with what it says, and keeps it readable when it is left', () => {
    const { screen, lines, written } = terminal(100, 30);
    screen.live(5);
    screen.show(scene([budgetView()]));
    screen.alert(alert, NOW);
    const text = lines().join('\n');
    expect(text).toContain('PAGE  checkout/availability burns its error budget at 14.5×');
    expect(text).toContain('fired by: 1h/5m above 14.4×');
    expect(text).toContain('http://127.0.0.1:9999/docs');
    screen.end();
    const [, after = ''] = written().split(LEAVE);
    expect(after).toContain('PAGE  checkout/availability');
    expect(after).toMatch(/Stopped; nothing is left behind\.\n$/);
  });

  it('shows budgets while history passes', () => {
    const { screen, lines } = terminal(80, 24);
    screen.history(131_400, 262_800, () => scene([budgetView()]));
    expect(lines().join('\n')).toMatch(
      /checkout\/availability .*Three days in fast motion.*█{10}░{10}/s,
    );
  });

  it('takes no more room than there is, whatever it has to show', () => {
    const budget = fc.record({
      budgetRemaining: fc.option(fc.double({ min: -1e6, max: 1, noNaN: true })),
      sli: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      conditions: fc.double({ min: 0, max: 1e6, noNaN: true }).map((rate) => [pageCondition(rate)]),
      group: fc.constantFrom({}, { country: 'DE' }),
    });
    const fault = fc.constantFrom<Fault>('checkout-errors', 'storefront-errors', 'storefront-slow');
    fc.assert(
      fc.property(
        fc.integer({ min: 72, max: 160 }),
        fc.integer({ min: 10, max: 50 }),
        fc.array(budget, { minLength: 1, maxLength: 12 }),
        fc.uniqueArray(fault),
        fc.integer({ min: 0, max: 5 }),
        (columns, rows, budgets, faults, alerts) => {
          const { screen, lines } = terminal(columns, rows);
          screen.live(5);
          for (let index = 0; index < alerts; index += 1) screen.alert(alert, NOW);
          const views = budgets.map((each) => budgetView(each as Partial<InstanceView>));
          screen.show(scene(views, faults));
          screen.show({ ...scene(views, faults), at: NOW + 1 });
          expect(lines().length).toBeLessThanOrEqual(rows);
          for (const line of lines()) expect(line.length).toBeLessThanOrEqual(columns);
        },
      ),
      { numRuns: 200 },
    );
  });
});
