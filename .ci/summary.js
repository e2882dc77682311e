/**
 * Prints the last line of a CI run out of vitest's JSON report: summary.js <report> [failed check …].
 * Exit code 1 when anything failed, or when there is no report to believe.
 */
import { readFileSync } from 'node:fs';

const [reportFile, ...failedChecks] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return undefined;
  }
}

const report = readReport();
const passed = report?.numPassedTests ?? 0;
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);

// A file that cannot be loaded fails without a test of its own.
const brokenFiles = (report?.testResults ?? []).filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
).length;
const failedTests = (report?.numFailedTests ?? 0) + brokenFiles;

// When tests failed, that step is told by them; an error outside of all tests leaves only the step.
const otherChecks = failedChecks.filter((name) => name !== 'tests' || failedTests === 0).length;
const failed = failedTests + otherChecks;

const line = [`${passed} passed`, `${failed} failed`];
if (skipped > 0) line.push(`${skipped} skipped`);
console.log(line.join(', '));
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
