// What a rule of the linter is, and what it finds.
import type { LintException } from '../dashboard.ts';
import type { Slo } from '../../slo/slo.ts';
import type { ReadPromql } from '../../formats/dashboard-query.ts';
import type { LintedDashboard } from './linted-dashboard.ts';
import type { QueryPlace } from './telemetry.ts';

/** One thing that is wrong. */
export interface LintFinding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  /** Title of the dashboard. */
  readonly dashboard: string;
  /** Title of the panel. */
  readonly panel?: string;
  /** Where in the JSON: `$.panels[3].targets[0]`. */
  readonly path?: string;
  /** Letter and number of the query within the panel. */
  readonly target?: { readonly refId: string; readonly index: number };
  /** Names the value. */
  readonly message: string;
  readonly remedy: string;
}

/** What the linter may know beyond the JSON. */
export interface LintKnowledge {
  /** SLOs whose alerts the thresholds are held against. @default none */
  readonly slos?: readonly Slo[];
  /** Metrics that there are, beyond Ninefold's own; without them no metric is called unknown. @default unknown */
  readonly metrics?: ReadonlySet<string>;
  /** Labels that tell installations apart. @default `cluster`, where the dashboard has a variable of that name */
  readonly scopeLabels?: readonly string[];
  /** Reads expressions; one for many dashboards that are alike is faster. @default reads each by itself */
  readonly promql?: (expression: string) => ReadPromql;
  /** Rules that the dashboard may break, and why. @default none */
  readonly exceptions?: readonly LintException[];
}

/** What rules look things up in. */
export interface LintContext extends LintKnowledge {
  /** All queries to a plugin that are not switched off. */
  readonly queries: (plugin: string) => readonly QueryPlace[];
  /** What an expression says; every rule asks, and it is parsed once. */
  readonly promql: (expression: string) => ReadPromql;
}

/** A breach without what the linter itself knows. */
export interface Breach extends Omit<LintFinding, 'rule' | 'severity' | 'dashboard' | 'message'> {
  /** Or what gives it: of a breach that an exception allows, nobody asks. */
  readonly message: string | (() => string);
}

export interface LintRule {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly demand: string;
  readonly severity: 'error' | 'warning';
  readonly check: (dashboard: LintedDashboard, context: LintContext) => readonly Breach[];
}
