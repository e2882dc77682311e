import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../bench/measurement.ts';
import { resultsPage } from '../../bench/results-page.ts';

const FILE = join(import.meta.dirname, '../../bench/RESULTS.md');
const MACHINE = 'Node 24.15.0, 2 × some processor, load 0.1 at the end.';

function result(id: string, figures: Result['figures']): Result {
  return {
    id,
    title: `What ${id} measures`,
    goal: '≥ 2× a_peer with *its* rules',
    verdict: 'Reached.',
    figures,
    notes: ['A note with `code` in it.'],
  };
}

const COARSE = { name: 'bytes', unit: 'kB', median: 1234.5, low: 1200, high: 1300, rounds: 3 };
const ONCE = {
  name: 'a figure with a long name',
  unit: 'ms',
  median: 0.5,
  low: 0.5,
  high: 0.5,
  rounds: 1,
};

describe('the page of results', () => {
  it('is in the shape that the formatter keeps, whatever the width of its figures', async () => {
    const fresh = [{ result: result('P2', [COARSE, ONCE]), machine: MACHINE }];
    const page = await resultsPage('', fresh, FILE);
    expect(page).toContain('| bytes                     | 1,230 kB | 1,200 … 1,300 kB | 3      |');
    expect(page).toContain('| a figure with a long name | 0.5 ms   | –                | 1      |');
    const settings = { ...(await resolveConfig(FILE)), parser: 'markdown' };
    expect(await check(page, settings)).toBe(true);
  });

  it('keeps the sections of other benchmarks, in the order of the goals', async () => {
    const first = await resultsPage(
      '',
      [
        { result: result('P10', [ONCE]), machine: MACHINE },
        { result: result('P2', [COARSE]), machine: MACHINE },
      ],
      FILE,
    );
    const second = await resultsPage(
      first,
      [{ result: result('P2', [ONCE]), machine: MACHINE }],
      FILE,
    );
    expect(second.match(/^## P\d+/gm)).toEqual(['## P2', '## P10']);
    expect(second).not.toContain('1,230 kB');
    expect(second.slice(second.indexOf('## P10'))).toBe(first.slice(first.indexOf('## P10')));
  });

  it('comes out of the kept page as it was when nothing new was measured', async () => {
    const kept = readFileSync(FILE, 'utf8');
    expect(await resultsPage(kept, [], FILE)).toBe(kept);
  });
});
