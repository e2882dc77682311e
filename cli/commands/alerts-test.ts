// ninefold alerts test: route tests as data, run against an Alertmanager configuration.
import { writeFile } from 'node:fs/promises';
import { readRouteTests } from '../../alerts/alertmanager/route-test.ts';
import { junitSuite, runRouteTests } from '../../alerts/alertmanager/route-tests.ts';
import { formatJunit } from '../../formats/junit.ts';
import {
  needConfiguration,
  needData,
  targetOf,
  zoneOf,
} from '../alertmanager/alertmanager-file.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { onFile } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';

export interface AlertsTestOptions {
  readonly junit?: string | undefined;
  readonly target?: string | undefined;
  readonly zone?: string | undefined;
  readonly json?: true | undefined;
}

export async function alertsTest(
  terminal: Terminal,
  file: string,
  testFiles: readonly string[],
  options: AlertsTestOptions,
): Promise<ExitCode> {
  const target = targetOf(options.target);
  const localZone = zoneOf(options.zone);
  const configuration = await needConfiguration(terminal, file, target);
  const suites = [];
  for (const testFile of testFiles) {
    const { tests } = await needData(terminal, testFile, readRouteTests);
    const results = runRouteTests(configuration, tests, { target, localZone });
    suites.push({ file: testFile, results });
  }
  if (options.junit !== undefined)
    await onFile(
      options.junit,
      writeFile(
        options.junit,
        formatJunit(suites.map((suite) => junitSuite(suite.file, suite.results))),
      ),
    );
  const all = suites.flatMap(({ results }) => results);
  const failed = all.filter(({ passed }) => !passed).length;
  if (options.json === true)
    terminal.out(JSON.stringify({ passed: all.length - failed, failed, files: suites }));
  else {
    for (const suite of suites)
      for (const { name, passed, failures } of suite.results) {
        if (passed) continue;
        terminal.out(`${terminal.paint('red', 'failed')}  ${name} (${suite.file})`);
        for (const { about, expected, actual } of failures)
          terminal.out(`  ${about}: expected ${expected}, got ${actual}`);
      }
    terminal.out(`${all.length - failed} passed, ${failed} failed.`);
  }
  return failed > 0 ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}
