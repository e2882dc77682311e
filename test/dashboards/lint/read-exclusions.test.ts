// Exceptions are those of dashboard-linter's file: exact, each with a reason, and told when nothing needs them.
import { expect, it } from 'vitest';
import {
  countExceptions,
  distinctBreaches,
  lintExclusions,
} from '../../../dashboards/lint/exclusions.ts';
import { exceptFindings, readExclusions } from '../../../dashboards/lint/read-exclusions.ts';
import type { LintFinding } from '../../../dashboards/lint/rule.ts';

const finding = (change: Partial<LintFinding> = {}): LintFinding => ({
  rule: 'target-job-rule',
  severity: 'error',
  dashboard: 'Orders',
  panel: 'Rate',
  target: { refId: 'A', index: 0 },
  message: 'It does not follow.',
  remedy: 'Let it.',
  ...change,
});

const result = (text: string, all: readonly LintFinding[] = [finding()]) => {
  const { findings, excepted, unused } = exceptFindings(all, readExclusions(text));
  return {
    findings: findings.map(({ rule }) => rule),
    excepted: excepted.length,
    unused: unused.length,
  };
};

const entry = (words: string): string =>
  `exclusions: { target-job-rule: { reason: it has none, entries: [${words}] } }`;

it.each([
  ['everywhere', 'exclusions: { target-job-rule: { reason: it has none } }'],
  ['on a dashboard', entry('{ dashboard: Orders }')],
  ['in a panel', entry('{ dashboard: Orders, panel: Rate }')],
  ['of a query', entry('{ dashboard: Orders, panel: Rate, targetIdx: "0" }')],
])('excepts %s', (_, text) => {
  expect(result(text)).toEqual({ findings: [], excepted: 1, unused: 0 });
});

it.each([
  ['another dashboard', entry('{ dashboard: Order }')],
  ['another panel', entry('{ dashboard: Orders, panel: Rates }')],
  ['another query', entry('{ dashboard: Orders, panel: Rate, targetIdx: "1" }')],
  ['another rule', 'exclusions: { target-instance-rule: { reason: it has none } }'],
])('does not except %s', (_, text) => {
  expect(result(text)).toEqual({ findings: ['target-job-rule'], excepted: 0, unused: 1 });
});

it.each([
  'exclusions: { target-job-rule: }',
  'exclusions: { target-job-rule: { entries: [{ dashboard: Orders }] } }',
])('does not except without a reason: %s', (text) => {
  expect(result(text)).toEqual({ findings: ['exception-reason-rule'], excepted: 0, unused: 0 });
});

it('makes warnings of what shall only warn', () => {
  const { findings } = exceptFindings(
    [finding(), finding({ rule: 'panel-units-rule' })],
    readExclusions('warnings: { target-job-rule: }'),
  );
  expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'error']);
});

it('reads what build writes', () => {
  const excepted = [finding(), finding({ panel: 'Sum', target: { refId: 'B', index: 1 } })].map(
    (each) => ({ ...each, reason: 'Recorded series have no job.' }),
  );
  expect(result(lintExclusions(excepted), excepted)).toEqual({
    findings: [],
    excepted: 2,
    unused: 0,
  });
  expect(result(lintExclusions(excepted), [finding({ panel: 'Other' })])).toMatchObject({
    findings: ['target-job-rule'],
    unused: 2,
  });
});

it('lists the selectors of one query once, and counts them so', () => {
  const reason = 'Recorded series have no job.';
  const target = { refId: 'A', index: 0 };
  const excepted = [
    finding({ path: '$.panels[0].targets[0]', target }),
    finding({ path: '$.panels[0].targets[0].expr', target }),
    finding({ target: { refId: 'B', index: 1 } }),
    finding({ rule: 'target-instance-rule', target }),
  ].map((each) => ({ ...each, reason }));
  expect(distinctBreaches(excepted).map(({ rule, target }) => [rule, target?.index])).toEqual([
    ['target-job-rule', 0],
    ['target-job-rule', 1],
    ['target-instance-rule', 0],
  ]);
  expect(countExceptions(excepted).map(({ rule, breaches }) => [rule, breaches])).toEqual([
    ['target-instance-rule', 1],
    ['target-job-rule', 2],
  ]);
  expect(lintExclusions(distinctBreaches(excepted))).toBe(lintExclusions(excepted));
});

it('is told where it is no YAML', () => {
  expect(() => readExclusions('exclusions: {\n a: [')).toThrow(/line \d/);
  expect(readExclusions('')).toEqual({ exclusions: [], warnings: [] });
  expect(readExclusions('[1, 2]')).toEqual({ exclusions: [], warnings: [] });
});
