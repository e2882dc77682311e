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
          entries: distinctBreaches(own).map(({ dashboard, panel, target }) => ({
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
      return { rule, reason, dashboards, breaches: distinctBreaches(own).length };
    });
}

/** One for each entry of `.lint`, without what none of them says: several selectors of one query are one entry. */
export function distinctBreaches(
  breaches: readonly ExceptedBreach[],
): readonly Omit<ExceptedBreach, 'path'>[] {
  const keys = new Set<string>();
  return breaches.flatMap((all) => {
    const { path: _, ...breach } = all;
    const { rule, dashboard, panel, target } = breach;
    const key = `${rule}\n${dashboard}\n${panel ?? ''}\n${target?.index ?? ''}`;
    return keys.size === keys.add(key).size ? [] : [breach];
  });
}
