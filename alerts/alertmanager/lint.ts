// Lints any Alertmanager file: all that the target would refuse, and what it loads without a word although nobody can mean it.
import type { AlertmanagerTarget } from './capability.ts';
import { FindingList } from './finding.ts';
import type { AlertmanagerFinding } from './finding.ts';
import { findBrokenTemplates } from './lint/broken-templates.ts';
import { findDeprecatedParts, findEndingServices } from './lint/deprecated-parts.ts';
import { findDoubledPages } from './lint/doubled-pages.ts';
import { createLabelAlgebra } from './lint/label-conditions.ts';
import { routesOf } from './lint/lint-subject.ts';
import type { LintSubject, TemplateFile } from './lint/lint-subject.ts';
import {
  findIgnoredDocuments,
  findNullEntries,
  findUnheardAlerts,
  findUnresolvedPages,
} from './lint/lost-alerts.ts';
import { findOddInhibition } from './lint/odd-inhibition.ts';
import { findOddIntervals } from './lint/odd-intervals.ts';
import { findOddTimers } from './lint/odd-timers.ts';
import { findUnreachableRoutes } from './lint/unreachable-routes.ts';
import { findUnusedNames } from './lint/unused-names.ts';
import { readInto } from './read-configuration.ts';

export interface LintOptions {
  /** Default 0.34. */
  readonly target?: AlertmanagerTarget;
  /** The files that each glob of `templates` matches, by the glob as written; without it, globs are not judged. */
  readonly templates?: ReadonlyMap<string, readonly TemplateFile[]>;
}

export interface AlertmanagerLint {
  /** Whether the target would load the file. */
  readonly accepted: boolean;
  /** In the order of the file. */
  readonly findings: readonly AlertmanagerFinding[];
}

/** What is looked for in a file that the target loads, in this order. */
const KINDS: readonly ((subject: LintSubject) => void)[] = [
  findIgnoredDocuments,
  findNullEntries,
  findUnreachableRoutes,
  findUnheardAlerts,
  findDoubledPages,
  findUnresolvedPages,
  findUnusedNames,
  findOddTimers,
  findOddInhibition,
  findOddIntervals,
  findBrokenTemplates,
  findDeprecatedParts,
  findEndingServices,
];

export function lintAlertmanager(text: string, options: LintOptions = {}): AlertmanagerLint {
  const { target = '0.34', templates: templateFiles } = options;
  const findings = new FindingList();
  const read = readInto(text, target, findings);
  if (read !== undefined) {
    const routes = routesOf(read.configuration, read.file);
    const subject = {
      ...read,
      target,
      findings,
      templateFiles,
      routes,
      algebra: createLabelAlgebra(),
    };
    for (const find of KINDS) find(subject);
  }
  return { accepted: findings.errors === 0, findings: findings.sorted() };
}
