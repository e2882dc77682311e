// Names the panel or the query that breaks a rule, and where it is in the JSON.
import type { LintedPanel } from './linted-dashboard.ts';
import type { QueryPlace } from './telemetry.ts';
import type { Breach } from './rule.ts';

/** A breach of a panel, which is named by its id when it has no title. */
export function panelBreach(
  { title, id, path }: LintedPanel,
  message: Breach['message'],
  remedy: string,
): Breach {
  return { panel: title === '' ? `#${id ?? '?'}` : title, path, message, remedy };
}

/** A breach of one of its queries. */
export function queryBreach(
  { panel, target: { refId, index } }: QueryPlace,
  message: Breach['message'],
  remedy: string,
): Breach {
  const breach = panelBreach(panel, message, remedy);
  return { ...breach, path: queryPath(panel, index), target: { refId, index } };
}

function queryPath({ path }: LintedPanel, index: number): string {
  const inResource = /\.elements[.[]/.test(path);
  return inResource ? `${path}.spec.data.spec.queries[${index}]` : `${path}.targets[${index}]`;
}
