// Runs route tests against a configuration, and says what differs.
import type { JunitSuite } from '../../formats/junit.ts';
import type { AlertmanagerConfiguration, Integration } from './configuration.ts';
import { INCIDENT_KINDS } from './incident-kinds.ts';
import { createRouteDecisions } from './route-decision.ts';
import type { RouteDecision, SimulationOptions } from './route-decision.ts';
import type { RouteTest } from './route-test.ts';

/** What one test came to. */
export interface RouteTestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly RouteTestFailure[];
  readonly decision: RouteDecision;
}

export interface RouteTestFailure {
  readonly about: 'receivers' | 'muted' | 'inhibited' | 'resolved';
  readonly expected: string;
  readonly actual: string;
}

/** @throws SyntaxError when a matcher's regular expression is none; RangeError when a zone or an interval is unknown */
export function runRouteTests(
  configuration: AlertmanagerConfiguration,
  tests: readonly RouteTest[],
  options: SimulationOptions = {},
): RouteTestResult[] {
  const decide = createRouteDecisions(configuration, options);
  const integrations = new Map(
    configuration.receivers.map((each) => [each.name, each.integrations]),
  );
  return tests.map((test) => {
    const decision = decide(test);
    const failures = failuresOf(test, decision, integrations);
    return { name: test.name, passed: failures.length === 0, failures, decision };
  });
}

function failuresOf(
  { expect }: RouteTest,
  decision: RouteDecision,
  integrations: ReadonlyMap<string, readonly Integration[]>,
): RouteTestFailure[] {
  const { receivers, routes } = decision;
  const failures: RouteTestFailure[] = [];
  const compare = (about: RouteTestFailure['about'], expected: string, actual: string): void => {
    if (expected !== actual) failures.push({ about, expected, actual });
  };
  compare('receivers', names(expect.receivers), names(receivers));
  if (expect.muted !== undefined) {
    const muted = routes.filter((route) => route.muted).map(({ receiver }) => receiver);
    const expected = expectedMuted(expect.muted, receivers);
    compare('muted', names(expected), names(muted));
  }
  if (expect.inhibited !== undefined) {
    const inhibitors = routes[0]?.inhibitedBy ?? [];
    compare('inhibited', yesOrNo(expect.inhibited), yesOrNo(inhibitors.length > 0));
  }
  if (expect.resolved !== undefined) {
    const untold = receivers
      .flatMap((name) => integrations.get(name) ?? [])
      .filter(({ kind, sendResolved }) => INCIDENT_KINDS.has(kind) && !sendResolved);
    compare('resolved', yesOrNo(expect.resolved), yesOrNo(untold.length === 0));
  }
  return failures;
}

function expectedMuted(
  muted: boolean | readonly string[],
  receivers: readonly string[],
): readonly string[] {
  if (typeof muted === 'boolean') return muted ? receivers : [];
  return muted;
}

const names = (list: readonly string[]): string => (list.length === 0 ? 'nobody' : list.join(', '));
const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

/** The results of one file, ready for JUnit XML. */
export function junitSuite(file: string, results: readonly RouteTestResult[]): JunitSuite {
  return {
    name: file,
    cases: results.map(({ name, failures, decision }) => ({
      name,
      file,
      failures:
        failures.length === 0
          ? []
          : [
              ...failures.map(
                ({ about, expected, actual }) => `${about}: expected ${expected}, got ${actual}`,
              ),
              ...decision.routes.map(
                ({ path, receiver }) =>
                  `route ${path.map(({ matchers }) => matchers).join('/')} (line ${path.at(-1)?.position.line}) → ${receiver}`,
              ),
            ],
    })),
  };
}
