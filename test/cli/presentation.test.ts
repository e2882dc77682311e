import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explanationOf } from '../../cli/explanation.ts';
import { events, moment, percent, rate, span } from '../../cli/figures.ts';
import { createProgress } from '../../cli/progress.ts';
import { formatTable } from '../../cli/table.ts';
import { conditionHolds } from '../../slo/burn-rate.ts';
import { toNumber } from '../../slo/decimal.ts';
import { presentBudget, presentDetail } from '../../collector/http/presentation.ts';
import { budgetOf, shopSlo } from '../collector/http/list-view.ts';

describe('figures', () => {
  it.each([
    [percent(0.98), '98%'],
    [percent(0.99912), '99.912%'],
    [percent(0.9999999), '99.999%'],
    [percent(1), '100%'],
    [percent(null), '–'],
    [percent(-19, 1), '-1900%'],
    [percent(0.5), '50%'],
    [percent(0), '0%'],
    [rate(14.4), '14.4'],
    [rate(999.96), '1000'],
    [rate(0.1234), '0.123'],
    [rate(0), '0'],
    [rate(null), '–'],
    [events(2000), '2,000'],
    [events(12.34), '12.3'],
    [span(52), '52s'],
    [span(300), '5m'],
    [span(5400), '1h30m'],
    [span(2_592_000), '30d'],
    [span(270_000), '3d3h'],
    [span(null), 'never'],
    [moment(1_795_000_000), '2026-11-18T11:06:40Z'],
  ])('%s reads %s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('a table', () => {
  it('aligns columns and cuts the widest where the terminal ends', () => {
    const rows = [
      { name: 'a', count: 1 },
      { name: 'a-name-that-is-longer-than-the-terminal-allows', count: 200 },
    ];
    const columns = [
      { title: 'NAME', value: (row: { name: string }) => row.name },
      {
        title: 'COUNT',
        value: (row: { count: number }) => String(row.count),
        align: 'right' as const,
      },
    ];
    expect(formatTable(rows, columns, 80).map((text) => text.length)).toEqual([53, 53, 53]);
    expect(formatTable(rows, columns, 30)[2]).toBe('a-name-that-is-longer-…    200');
  });

  it('never shows a line break or a terminal command of a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const lines = formatTable([{ value }], [{ title: 'V', value: (row) => row.value }], 80);
        expect(lines).toHaveLength(2);
        // eslint-disable-next-line no-control-regex
        expect(lines[1]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('progress', () => {
  const run = (isTTY: boolean, ticks: number, everyMs: number): string => {
    let now = 0;
    let written = '';
    const stream = { isTTY, write: (text: string) => ((written += text), true) };
    const progress = createProgress(stream, () => now);
    for (let done = 0; done <= ticks; done += 1) {
      progress.report('backfill', done, ticks);
      now += everyMs;
    }
    progress.end();
    return written;
  };

  it('is a line every few seconds where there is no terminal, and none for short work', () => {
    expect(run(false, 4, 100)).toBe('');
    expect(run(false, 20, 1000).split('\n').slice(0, -1)).toEqual([
      'backfill: 5 of 20',
      'backfill: 10 of 20',
      'backfill: 15 of 20',
      'backfill: 20 of 20',
    ]);
  });

  it('is one line that goes away again on a terminal', () => {
    const written = run(true, 10, 1000);
    expect(written).not.toContain('\n');
    expect(written.endsWith('\r\u001b[2K')).toBe(true);
  });
});

describe('an explanation', () => {
  const slo = shopSlo('shop', 'slo');
  const condition = slo.burnPolicy.conditions[0]!;
  const limit = toNumber(condition.burnRate) * toNumber(slo.objective.budget);
  const of = (total: number, bad: number, on: boolean | null) => {
    const seen = { total, bad, burnRate: total === 0 ? null : bad / total / 0.001 };
    const instance = budgetOf(slo, { total: 10, bad: 0 });
    const conditions = [{ ...instance.conditions[0]!, long: seen, short: seen, on }];
    const view = { ...instance, conditions };
    return explanationOf(presentDetail(slo, [view]), presentBudget(view), []).conditions[0]!;
  };

  it('names the number of bad events that turns a condition on, and one fewer does not', () => {
    const holds = (total: number, bad: number): boolean => {
      const counts = { total, bad, scale: 1 };
      return conditionHolds(slo, condition, counts, counts);
    };
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        (total, share) => {
          const bad = Math.floor(total * share);
          const { change } = of(total, bad, false);
          const more = Number(/with ([\d,]+) more bad/.exec(change)![1]!.replaceAll(',', ''));
          expect(holds(total + more, bad + more)).toBe(true);
          expect(more === 1 || !holds(total + more - 1, bad + more - 1)).toBe(true);
        },
      ),
    );
  });

  it('names a number of good events that turns one off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (bad) => {
        const { change } = of(bad * 10, bad, true);
        const more = Number(/after ([\d,]+) more good/.exec(change)![1]!.replaceAll(',', ''));
        expect(bad / (bad * 10 + more)).toBeLessThanOrEqual(limit + 1e-12);
        expect(bad / (bad * 10 + more - 1)).toBeGreaterThan(limit - 1e-12);
      }),
    );
  });

  it('tells apart slow burn, no events, too little evidence and missing data', () => {
    expect(of(100_000, 1, false).verdict).toContain('slowly enough');
    expect(of(0, 0, false).verdict).toContain('no events');
    expect(of(10, 1, false).verdict).toContain(
      'evidence gate: evidence 3.62 of 6.91 on the long window, 3.62 of 3 on the short one',
    );
    expect(of(10, 1, null).verdict).toContain('telemetry is missing');
    expect(of(1000, 100, true).verdict).toContain('holds');
  });
});
