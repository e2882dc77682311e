// Diagnostics: a user's mistakes as values, gathered all, printed together.

/** One mistake or doubt about a definition. */
export interface Diagnostic {
  /** Stable code, documented at docs/diagnostics.md under the same heading. */
  readonly code: DiagnosticCode;
  /** Errors refuse the workspace; warnings are told and accepted. */
  readonly severity: 'error' | 'warning';
  /** The user's file, relative to the workspace, when known. */
  readonly file?: string;
  /** Where in the definition: `checkoutAvailability.objective`. */
  readonly path: string;
  /** The offending value as text, at most 200 characters. */
  readonly value: string;
  /** What is wrong, printing the value. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
}

/** What each code means, in one line; the docs page holds one heading for each. */
export const DIAGNOSTIC_CODES = {
  'not-a-name': 'a name is not made of lower-case letters, digits and dashes',
  'not-an-objective': 'an objective is not a percentage between 0 and 100',
  'not-a-duration': 'a duration is not a whole number of s, m, h, d or w',
  'not-a-zone': 'a time zone is not in the IANA database',
  'not-a-label': 'a label name is not one that Prometheus accepts, or is reserved',
  'not-a-url': 'a link is not an http or https address',
  'duplicate-name': 'two definitions claim the same name',
  'unknown-tier': 'a tier is none of the known ones',
  'unknown-severity': 'a severity is neither page nor ticket',
  'unknown-connection': 'an SLI names a connection that ninefold.config.ts does not have',
  'unknown-field': 'a definition has a property that nothing reads',
  'missing-field': 'a definition lacks a property that it needs',
  'wrong-type': 'a property holds a value of another type than it must',
  'window-too-short': 'a compliance window is shorter than an hour',
  'window-too-long': 'a compliance window is longer than 366 days',
  'unreachable-burn-rate': 'no error ratio can reach the burn rate: burn rate × budget ≥ 1',
  'short-window-not-shorter': 'a short window is not shorter than its long window',
  'long-window-not-shorter': 'a long window is not shorter than the compliance window',
  'burn-rate-not-positive': 'a burn rate is not a positive decimal',
  'no-conditions': 'a burn policy has no condition',
  'slice-too-short': 'a time slice is shorter than 10 seconds or does not divide a day',
  'slice-burns-at-once': 'one bad time slice alone reaches a page',
  'group-limit': 'a grouping has no labels or a limit outside 1 to 10,000',
  'promql-syntax': 'PromQL does not parse',
  'promql-selector': 'a counter query is not a bare vector selector',
  'promql-step': 'a PromQL expression does not use $step',
  'logql-syntax': 'LogQL does not parse',
  'logql-log-query': 'a Loki query is not a log query (selector and pipeline, no range)',
  'histogram-bound': 'a latency bound is not a positive decimal',
  'same-query': 'total and part are the same query: the SLI would be constant',
  'low-traffic': 'expected traffic is too low for alerts on ratios',
  'secret-in-text': 'a secret is written out instead of referenced',
  'not-an-address': 'an address is not a host and port or an http address',
  'insecure-listen': 'the HTTP service listens beyond loopback without tokens',
  'no-definitions': 'a workspace defines no SLO',
  'not-loadable': 'a file of the workspace could not be loaded',
  'config-missing': 'a workspace has no ninefold.config.ts',
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
