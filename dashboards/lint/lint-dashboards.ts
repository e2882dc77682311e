// Lints dashboards that go into one Grafana: each by itself, and that none takes the uid or the title of another.
import type { LintException } from '../dashboard.ts';
import { lintDashboard, type LintResult } from './lint-dashboard.ts';
import { objectOf, textOf } from './json-reader.ts';
import type { LintFinding, LintKnowledge } from './rule.ts';

export interface LintedFile {
  readonly json: unknown;
  readonly exceptions: readonly LintException[];
}

/** Findings of all of them, in order, and then those between them. */
export function lintDashboards(
  files: readonly LintedFile[],
  knowledge: Pick<LintKnowledge, 'slos'> = {},
): LintResult {
  const results = files.map(({ json, exceptions }) =>
    lintDashboard(json, { ...knowledge, exceptions }),
  );
  const dashboards = files.map(({ json }) => {
    const { uid, title } = objectOf(json);
    return { uid: textOf(uid), title: textOf(title) };
  });
  return {
    findings: [...results.flatMap(({ findings }) => findings), ...sharedNames(dashboards)],
    excepted: results.flatMap(({ excepted }) => excepted),
    unused: results.flatMap(({ unused }) => unused),
  };
}

/** Uids and titles that several dashboards have. */
export function sharedNames(
  dashboards: readonly { readonly uid: string; readonly title: string }[],
): readonly LintFinding[] {
  return [
    ...doubled(
      'uid',
      dashboards.map(({ uid }) => uid),
    ),
    ...doubled(
      'title',
      dashboards.map(({ title }) => title),
    ),
  ];
}

function doubled(what: string, values: readonly string[]): readonly LintFinding[] {
  const seen = new Set<string>();
  const twice = new Set(
    values.filter((value) => value !== '' && seen.size === seen.add(value).size),
  );
  return [...twice].map((value) => ({
    rule: `unique-${what}-rule`,
    severity: 'error',
    dashboard: value,
    message: `Two dashboards have the ${what} '${value}'.`,
    remedy: `Give each a ${what} of its own: Grafana keeps only one of them.`,
  }));
}
