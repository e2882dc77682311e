// Route tests as data (`*.routes.yaml`): which alert, when, beside which others, and what has to become of it.
import { printValue, type Diagnostic, type Report } from '../../slo/diagnostic.ts';
import { readDefinition } from '../../slo/definition-reader.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { checkedLabels, INSTANT_RULE, readLabelSet } from './alert-list.ts';
import type { LabelSet } from './label-set.ts';

/** One test. */
export interface RouteTest {
  readonly name: string;
  readonly labels: LabelSet;
  /** Without a time nothing counts as muted. */
  readonly atMs: number | undefined;
  /** Labels of other alerts that fire. */
  readonly firing: readonly LabelSet[];
  readonly expect: RouteExpectation;
}

export interface RouteExpectation {
  /** Names in the order of the routes; all that the alert reaches, muted or not. */
  readonly receivers: readonly string[];
  /** Whether all routes are muted, or the names of the receivers whose routes are; undefined: not asked. */
  readonly muted: boolean | readonly string[] | undefined;
  readonly inhibited: boolean | undefined;
  /** Whether all integrations that keep an incident open until they are told will be told of the end. */
  readonly resolved: boolean | undefined;
}

const MOST_TESTS = 10_000;
const MOST_FIRING = 1000;
const MOST_RECEIVERS = 1000;
const MOST_DIAGNOSTICS = 200;

const EXAMPLE = `{ name: 'a page reaches its pager', labels: { severity: 'page' }, expect: { receivers: ['pager'] } }`;

/** Reads a file's tests out of parsed YAML or JSON, a list or `{ tests: [ … ] }`; all mistakes at once. */
export function readRouteTests(
  data: unknown,
): { readonly tests: readonly RouteTest[] } | { readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const report: Report = (problem) => {
    if (problems.length < MOST_DIAGNOSTICS) problems.push(problem);
  };
  const tests = readTests(data, report);
  return problems.length > 0 ? { problems } : { tests };
}

function readTests(data: unknown, report: Report): RouteTest[] {
  if (Array.isArray(data)) return readList(data, '', report);
  const reader = readDefinition(data, '', report, {
    known: ['tests'],
    needed: ['tests'],
    example: `{ tests: [${EXAMPLE}] }`,
  });
  const list = reader?.list('tests', MOST_TESTS);
  return list === undefined ? [] : readList(list, 'tests', report);
}

function readList(list: readonly unknown[], path: string, report: Report): RouteTest[] {
  if (list.length === 0 || list.length > MOST_TESTS) {
    report({
      code: 'out-of-range',
      severity: 'error',
      path,
      value: String(list.length),
      message: list.length === 0 ? 'There is no test.' : `There are ${list.length} tests.`,
      remedy: `Write 1 to ${MOST_TESTS} tests.`,
    });
    return [];
  }
  return list.flatMap((each, index) => readTest(each, `${path}[${index}]`, report) ?? []);
}

function readTest(value: unknown, path: string, report: Report): RouteTest | undefined {
  const reader = readDefinition(value, path, report, {
    known: ['name', 'labels', 'at', 'firing', 'expect'],
    needed: ['name', 'labels', 'expect'],
    example: EXAMPLE,
  });
  if (reader === undefined) return undefined;
  const name = reader.text('name');
  const labels = readLabelSet(reader, 'labels');
  const atMs = reader.parsed('at', INSTANT_RULE);
  const firing = readFiring(reader, report);
  const expect = readExpectation(reader);
  if (name === undefined || labels === undefined || expect === undefined) return undefined;
  if (atMs === undefined && expect.muted !== undefined && expect.muted !== false)
    return reader.refuse('at', {
      code: 'missing-field',
      message: 'Without a time nothing is muted.',
      remedy: `Add at: '2026-03-29T02:30[Europe/Berlin]'.`,
    });
  return { name, labels, atMs, firing, expect };
}

function readFiring(reader: DefinitionReader, report: Report): LabelSet[] {
  const list = reader.list('firing', MOST_FIRING) ?? [];
  return list.flatMap((each, index): LabelSet[] => {
    const place = { path: `${reader.at('firing')}[${index}]`, value: printValue(each) };
    const labels = checkedLabels(each, (problem): undefined => {
      report({ severity: 'error', ...place, ...problem });
    });
    return labels === undefined ? [] : [labels];
  });
}

function readExpectation(test: DefinitionReader): RouteExpectation | undefined {
  const reader = test.object('expect', {
    known: ['receivers', 'muted', 'inhibited', 'resolved'],
    needed: ['receivers'],
    example: `{ receivers: ['pager'], muted: false }`,
  });
  if (reader === undefined) return undefined;
  const receivers = readNames(reader, 'receivers');
  const muted = Array.isArray(reader.raw('muted'))
    ? readNames(reader, 'muted')
    : reader.flag('muted');
  const inhibited = reader.flag('inhibited');
  const resolved = reader.flag('resolved');
  return receivers === undefined ? undefined : { receivers, muted, inhibited, resolved };
}

function readNames(reader: DefinitionReader, name: string): readonly string[] | undefined {
  const list = reader.list(name, MOST_RECEIVERS);
  if (list === undefined || list.every((each) => typeof each === 'string')) return list;
  return reader.refuse(name, {
    code: 'wrong-type',
    message: `${printValue(list)} is not a list of names.`,
    remedy: `Write ['pager'].`,
  });
}
