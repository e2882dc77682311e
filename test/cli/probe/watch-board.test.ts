// Watched checks as lines: what is bad first, what runs were like, and never more than there is room for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { http } from '../../../index.ts';
import type { Run } from '../../../synthetics/index.ts';
import { medianMs, watchChecks } from '../../../cli/probe/watched-checks.ts';
import { watchBoard } from '../../../cli/probe/watch-board.ts';
import { openWatchScreen } from '../../../cli/probe/watch-screen.ts';
import { checkOf } from '../../synthetics/run-probe.ts';

// A whole minute.
const NOW = 1_795_000_020_000;
const probe = http({ url: 'https://shop.example/' });
const named = (name: string) => checkOf(probe, { name, every: '1m', jitter: '0%' });

function runOf(name: string, verdict: Run['verdict'], durationMs: number, message = ''): Run {
  const reason = message === '' ? {} : { reason: { code: 'expectation' as const, message } };
  return {
    check: `shop/${name}`,
    service: 'shop',
    team: 'web',
    labels: {},
    type: 'http',
    target: '',
    location: '',
    startedAtMs: NOW,
    totalMs: durationMs,
    verdict,
    ...reason,
    durationMs,
    phases: {},
    facts: {},
    assertions: [],
    steps: [],
    attempts: [],
    traceId: '',
    spanId: '',
  };
}

const plain = { width: 100, rows: 30, paint: (_: string, text: string) => text };

describe('the board of watched checks', () => {
  it('has a line each, what is bad first, with its last, usual and next run', () => {
    const watched = watchChecks(['home', 'cart', 'new', 'busy', 'idle'].map(named), '');
    for (const ms of [100, 50, 200]) watched.ended(runOf('home', 'passed', ms));
    watched.ended(runOf('cart', 'passed', 80));
    watched.ended(runOf('cart', 'failed', 40, 'expected status is 200, got 500\u001b[2J'));
    watched.began(named('busy'));
    watched.ended(runOf('idle', 'error', 1, 'the environment variable X is not set'));
    const lines = watchBoard(watched.list(NOW + 1000), plain).map((line) => line.trimEnd());
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['STATE', 'CHECK', 'LAST', 'P50', 'HISTORY', 'NEXT'],
      ['failed', 'shop/cart', '40 ms', '80 ms', '█×', '59 s'],
      ['not tried', 'shop/idle', '1 ms', '–', '?', '59 s'],
      ['running', 'shop/busy', '–', '–', 'now'],
      ['waiting', 'shop/new', '–', '–', '59 s'],
      ['passed', 'shop/home', '200 ms', '100 ms', '▄▂█', '59 s'],
      [''],
      ['shop/cart: expected status is 200, got 500'],
      ['shop/idle: the environment variable X is not set'],
    ]);
  });

  it('never has more lines than rows, nor longer ones than the terminal is wide', () => {
    const verdicts = ['passed', 'degraded', 'failed', 'error'] as const;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...verdicts), { maxLength: 40 }),
        fc.integer({ min: 60, max: 160 }),
        fc.integer({ min: 2, max: 50 }),
        (outcomes, width, rows) => {
          const checks = outcomes.map((_, index) => named(`check-number-${index}`));
          const watched = watchChecks(checks, '');
          for (const [index, verdict] of outcomes.entries())
            watched.ended(runOf(`check-number-${index}`, verdict, index + 1, 'x'.repeat(300)));
          const lines = watchBoard(watched.list(NOW), { ...plain, width, rows });
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
          const told = lines.filter((line) => /shop\/check/.test(line) && !line.includes(': x'));
          const hidden = Number(/and (\d+) more/.exec(lines.join('\n'))?.[1] ?? 0);
          expect(told.length + hidden).toBe(outcomes.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps a bounded past, whose median leaves out what had no answer', () => {
    const watched = watchChecks([named('home')], '');
    for (let ms = 1; ms <= 300; ms += 1) watched.ended(runOf('home', 'passed', ms));
    watched.ended(runOf('home', 'failed', 1));
    const [home] = watched.list(NOW);
    expect(home?.past).toHaveLength(100);
    expect(medianMs(home ?? { past: [] })).toBe(251);
  });
});

describe('the screen of watched checks', () => {
  it('is drawn once for many changes, and gives the terminal back with the last picture', async () => {
    const written: string[] = [];
    const output = {
      columns: 90,
      rows: 20,
      write: (text: string) => written.push(text) > 0,
      on: () => output,
      off: () => output,
    };
    const watched = watchChecks([named('home')], '');
    const screen = openWatchScreen({
      output: output as unknown as Parameters<typeof openWatchScreen>[0]['output'],
      paint: (_, text) => text,
      checks: watched,
      now: () => NOW,
      keys: true,
    });
    expect(written).toHaveLength(2);
    for (let count = 0; count < 1000; count += 1) {
      watched.ended(runOf('home', 'passed', count + 1));
      screen.changed();
    }
    screen.note('ninefold: a result is lost\u001b[2J');
    while (written.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(written).toHaveLength(3);
    expect(written[2]).toContain('ninefold: a result is lost');
    expect(written[2]).not.toContain('\u001b[2J');
    expect(written[2]?.split('\r\n').length).toBeLessThanOrEqual(20);
    screen.end();
    const end = written.at(-1) ?? '';
    expect(end.startsWith('\u001b[?25h\u001b[?1049lSTATE')).toBe(true);
    expect(end.endsWith('\n1 passed.\n')).toBe(true);
  });
});
