/** The last line of a CI run says what vitest's report says, and never more than it knows. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../.ci/summary.js');

function summaryOf(
  report: unknown,
  ...failedChecks: string[]
): { line: string; code: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-summary-'));
  try {
    const file = join(folder, 'report.json');
    if (report !== undefined) writeFileSync(file, JSON.stringify(report));
    const args = [program, file, ...failedChecks];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { line: stdout, code: status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const allPassed = {
  numPassedTests: 41,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

it('counts what passed, failed and was skipped', () => {
  expect(summaryOf(allPassed)).toEqual({ line: '41 passed, 0 failed\n', code: 0 });
  expect(summaryOf({ ...allPassed, numPendingTests: 2 })).toEqual({
    line: '41 passed, 0 failed, 2 skipped\n',
    code: 0,
  });
  const oneFailed = {
    ...allPassed,
    numFailedTests: 1,
    testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
  };
  expect(summaryOf(oneFailed, 'tests')).toEqual({ line: '41 passed, 1 failed\n', code: 1 });
});

it('counts a file that cannot be loaded, and a check that failed before the tests', () => {
  const broken = { ...allPassed, testResults: [{ status: 'failed', assertionResults: [] }] };
  expect(summaryOf(broken, 'tests')).toEqual({ line: '41 passed, 1 failed\n', code: 1 });
  expect(summaryOf(allPassed, 'lint', 'types').line).toBe('41 passed, 2 failed\n');
});

it('does not call it a success when the test run failed without a failed test, or left no report', () => {
  expect(summaryOf(allPassed, 'tests')).toEqual({ line: '41 passed, 1 failed\n', code: 1 });
  expect(summaryOf(undefined, 'tests')).toEqual({ line: '0 passed, 1 failed\n', code: 1 });
  expect(summaryOf(undefined)).toEqual({ line: '0 passed, 0 failed\n', code: 1 });
});
