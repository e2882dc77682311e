// Names the panel that breaks a rule.
import type { LintedPanel } from './linted-dashboard.ts';
import type { Breach } from './rule.ts';

/** A breach of a panel, which is named by its id when it has no title. */
export function panelBreach({ title, id }: LintedPanel, message: string, remedy: string): Breach {
  return { panel: title === '' ? `#${id ?? '?'}` : title, message, remedy };
}
