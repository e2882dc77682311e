// The exceptions of dashboards as the file `.lint` that dashboard-linter of Grafana's makers reads, one entry each.
import { writeYaml } from '../../formats/yaml-writer.ts';
import type { ExceptedBreach } from './lint-dashboard.ts';

/** The text of `.lint`; every breach that is excepted has its own entry, so that they can be counted. */
export function lintExclusions(excepted: readonly ExceptedBreach[]): string {
  const rules = [...Map.groupBy(excepted, ({ rule }) => rule)].sort(([a], [b]) => (a < b ? -1 : 1));
  return writeYaml({
    exclusions: Object.fromEntries(
      rules.map(([rule, own]) => [
        rule,
        {
          reason: [...new Set(own.map(({ reason }) => reason))].join(' '),
          entries: distinct(own).map(({ dashboard, panel, target }) => ({
            dashboard,
            ...(panel !== undefined && { panel }),
            ...(target !== undefined && { targetIdx: String(target.index) }),
          })),
        },
      ]),
    ),
  });
}

/** What is excepted, as `index.json` lists it: each rule and its reason with how many queries, panels or dashboards break it. */
export interface CountedException {
  readonly rule: string;
  readonly reason: string;
  readonly dashboards: number;
  /** Entries of `.lint`. */
  readonly breaches: number;
}

/** All exceptions, by rule and reason. */
export function countExceptions(excepted: readonly ExceptedBreach[]): readonly CountedException[] {
  const alike = Map.groupBy(excepted, ({ rule, reason }) => `${rule}\n${reason}`);
  return [...alike]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const dashboards = new Set(own.map(({ dashboard }) => dashboard)).size;
      const { rule, reason } = first;
      return { rule, reason, dashboards, breaches: distinct(own).length };
    });
}

/** Several selectors of one query are one entry. */
function distinct(breaches: readonly ExceptedBreach[]): readonly ExceptedBreach[] {
  const keys = new Set<string>();
  return breaches.filter(({ dashboard, panel, target }) => {
    const key = `${dashboard}\n${panel ?? ''}\n${target?.index ?? ''}`;
    return keys.size !== keys.add(key).size;
  });
}
