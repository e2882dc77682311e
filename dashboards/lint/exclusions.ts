// The exceptions of dashboards as the file `.lint` that dashboard-linter of Grafana's makers reads, one entry each.
import { writeYaml } from '../../formats/yaml-writer.ts';
import type { LintResult } from './lint-dashboard.ts';

/** What of an excepted breach its exception names. */
export type ExceptedBreach = Pick<
  LintResult['excepted'][number],
  'rule' | 'reason' | 'dashboard' | 'panel' | 'target'
>;

/** The text of `.lint`; every breach that is excepted has its own entry, so that they can be counted. */
export function lintExclusions(excepted: readonly ExceptedBreach[]): string {
  const rules = [...Map.groupBy(excepted, ({ rule }) => rule)].sort(([a], [b]) => (a < b ? -1 : 1));
  return writeYaml({
    exclusions: Object.fromEntries(
      rules.map(([rule, own]) => [
        rule,
        {
          reason: [...new Set(own.map(({ reason }) => reason))].join(' '),
          entries: distinct(
            own.map(({ dashboard, panel, target }) => ({
              dashboard,
              ...(panel !== undefined && { panel }),
              ...(target !== undefined && { targetIdx: String(target.index) }),
            })),
          ),
        },
      ]),
    ),
  });
}

function distinct<T>(entries: readonly T[]): readonly T[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}
