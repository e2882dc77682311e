// Runs as JUnit test suites: one suite a service, one case a check and location.
import type { JunitSuite } from '../formats/junit.ts';
import type { Run } from './run.ts';

/** Suites in the order of the runs. Failed runs, and those that could not be tried, are failures. */
export function junitOfRuns(runs: readonly Run[]): readonly JunitSuite[] {
  return [...Map.groupBy(runs, ({ service }) => service)].map(([name, own]) => ({
    name,
    cases: own.map((run) => ({
      name: run.location === '' ? run.check : `${run.check} (${run.location})`,
      failures: run.verdict === 'failed' || run.verdict === 'error' ? failuresOf(run) : [],
    })),
  }));
}

function failuresOf({ verdict, reason, target, assertions }: Run): readonly string[] {
  const place = [
    reason?.phase === undefined ? '' : ` in the phase ${reason.phase}`,
    reason?.step === undefined ? '' : ` at ${reason.step}`,
  ].join('');
  const broken = assertions
    .filter(({ held, degrades }) => !held && degrades === undefined)
    .flatMap(({ text, got, excerpt }) => [
      `expected ${text}, got ${got}`,
      ...(excerpt === undefined ? [] : [excerpt]),
    ]);
  return [`${verdict}: ${reason?.message ?? ''}${place}`, target, ...broken];
}
