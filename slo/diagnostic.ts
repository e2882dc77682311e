// Diagnostics: a user's mistakes as values, gathered all, printed together.
import { frozenCopy } from './plain-data.ts';

/** One mistake or doubt about a definition. */
export interface Diagnostic {
  /** Stable code, documented at docs/diagnostics.md under the same heading. */
  readonly code: DiagnosticCode;
  /** Errors refuse the workspace; warnings are told and accepted. */
  readonly severity: 'error' | 'warning';
  /** The user's file, relative to the workspace, when known. */
  readonly file?: string;
  /** Line in the file, from 1, when the mistake is in the text of the file itself. */
  readonly line?: number;
  /** Where in the definition: `checkoutAvailability.objective`. */
  readonly path: string;
  /** The offending value as text, at most 200 characters; never a secret. */
  readonly value: string;
  /** What is wrong, printing the value. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
}

/** Where diagnostics are gathered. */
export type Report = (diagnostic: Diagnostic) => void;

/** What each code means, in one line; the docs page holds one heading for each. */
export const DIAGNOSTIC_CODES = {
  'not-a-name': 'a name is not made of lower-case letters, digits and dashes',
  'not-an-objective': 'an objective is not a percentage between 0 and 100',
  'not-a-percentage': 'a share is not a percentage such as 5%',
  'not-a-duration': 'a duration is not a whole number of s, m, h, d or w',
  'not-a-date': 'a date is not a calendar day such as 2026-11-22',
  'not-a-zone': 'a time zone is not in the IANA database',
  'not-a-label':
    'a label is not one that Prometheus or Kubernetes accepts, or its name is reserved',
  'not-a-uid':
    'a dashboard has a uid that Grafana does not take, or that is kept for generated ones',
  'not-a-url': 'a link is not an http or https address',
  'not-a-topic': 'a Kafka topic or an ingest stream has a name that cannot be one',
  'not-a-comparison': 'a gauge comparison is not an operator and a number',
  'not-an-assertion': 'an expectation does not give assertions about the answer',
  'not-a-predicate': 'an event predicate does not give a condition',
  'duplicate-name': 'two definitions claim the same name',
  'duplicate-runbook': 'two runbooks are for the same alert',
  'duplicate-label': 'a label is given twice, as a fixed label and by grouping',
  'unknown-value': 'a property holds none of the values it may have',
  'unknown-connection': 'an SLI names a connection that ninefold.config.ts does not have',
  'unknown-field': 'a definition has a property that nothing reads',
  'unknown-team': 'a service belongs to a team that nobody defines, while others are defined',
  'unknown-alert': 'a runbook is for an alert that its SLO never raises',
  'unknown-check': 'a step of a runbook, or an SLO, is about a check that no file exports',
  'unknown-step': 'a decision of a runbook leads to a step that is not there',
  'broken-runbook': 'a link to the generated runbooks leads to no page or heading',
  'unknown-event-field':
    'a predicate, a time or a grouping names an event field that is not declared',
  'unknown-label': 'a legend or a column names a label that its signal does not keep',
  'unknown-slo': 'a dashboard, a runbook or a witness is about an SLO that no file exports',
  'mixed-units': 'a panel mixes units, or has a limit in another unit than its own',
  'missing-field': 'a definition lacks a property that it needs',
  'wrong-type': 'a property holds a value of another type than it must',
  'out-of-range': 'a number or a size is outside of its limits',
  'bad-or-good': 'an SLI gives both its bad and its good events, or neither',
  'window-too-short': 'a compliance window is shorter than an hour',
  'window-too-long': 'a compliance window is longer than 366 days',
  'unreachable-burn-rate': 'no error ratio can reach the burn rate: burn rate × budget ≥ 1',
  'short-window-not-shorter': 'a short window is not shorter than its long window',
  'long-window-not-shorter': 'a long window is not shorter than the compliance window',
  'burn-rate-not-positive': 'a burn rate is not a positive decimal',
  'no-conditions': 'a burn policy has no condition',
  'check-outlasts-period': 'a check with its retries can take longer than its period',
  'unknown-variable': 'a step of a journey uses a variable that no step before it saves',
  'limit-order': 'a limit of a check is not below the next one',
  'slice-length': 'a time slice is shorter than 10 seconds or does not divide a day',
  'slice-burns-at-once': 'one bad time slice alone reaches a page',
  'group-limit': 'a grouping has no labels or a limit outside 1 to 10,000',
  'promql-syntax': 'PromQL does not parse',
  'promql-type': 'PromQL parses, but a function or operator gets an argument of the wrong kind',
  'promql-selector': 'a counter query is not a bare vector selector',
  'promql-step': 'a PromQL expression does not use $step',
  'logql-syntax': 'LogQL does not parse',
  'logql-log-query': 'a Loki query is not a log query (selector and pipeline, no range)',
  'histogram-name': 'a histogram is not named by its base metric name',
  'histogram-bound': 'a latency bound is not a positive duration',
  'same-query': 'total and part are the same query: the SLI would be constant',
  'secret-in-text': 'a secret is written out instead of referenced',
  'not-an-address': 'an address is not a host and port',
  'insecure-listen': 'the HTTP service listens beyond loopback without tokens',
  'no-definitions': 'a workspace defines no SLO and no check',
  'not-loadable': 'a file of the workspace could not be loaded',
  'config-missing': 'a workspace has no ninefold.config.ts',
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

const LONGEST_VALUE = 200;
const SECRET_NAME = /password|token|secret|bearer|authorization/i;

/** A value as a message prints it: text in single quotes, the rest as JSON, 200 characters at most, secrets hidden. */
export function printValue(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : printData(value);
  const visible = text.replace(/(\/\/[^/@\s:]*):[^/@\s]+@/g, '$1:(hidden)@');
  return visible.length <= LONGEST_VALUE ? visible : `${visible.slice(0, LONGEST_VALUE - 1)}…`;
}

function printData(value: unknown): string {
  if (value === undefined) return 'undefined';
  // A copy, because what is printed may be cyclic, or deeper than the stack.
  const data: unknown = frozenCopy(value);
  if (typeof data === 'string') return data;
  return JSON.stringify(data, (name, each: unknown) =>
    typeof each === 'string' && SECRET_NAME.test(name) ? '(hidden)' : each,
  );
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The path of a property or an element below another path: `slo.groupBy`, `slos[3]`, `labels["a-b"]`. */
export function joinPath(base: string, key: string | number): string {
  if (typeof key === 'number') return `${base}[${key}]`;
  if (!IDENTIFIER.test(key)) return `${base}[${JSON.stringify(key)}]`;
  return base === '' ? key : `${base}.${key}`;
}

/** A report whose paths lie below `base`: what a definition's part found, seen from the whole. */
export function reportBelow(report: Report, base: string): Report {
  return (diagnostic) =>
    report({
      ...diagnostic,
      path:
        diagnostic.path === ''
          ? base
          : base === ''
            ? diagnostic.path
            : `${base}${diagnostic.path.startsWith('[') ? '' : '.'}${diagnostic.path}`,
    });
}
