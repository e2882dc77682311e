// What the default runbooks of burn alerts differ in, by the form of the SLI.
import type { Slo } from '../../slo/slo.ts';
import type { Decision, Step } from '../runbook.ts';
import { percent } from './guide-parts.ts';

/** What to look at between the first look and the changes. */
export interface Burn {
  readonly symptoms: readonly string[];
  /** How much is bad now; absent where only the collector knows. */
  readonly now?: Step;
  /** Between that and the changes. */
  readonly look: readonly Step[];
  /** Lead to `change`, where they do not end. */
  readonly decisions: readonly Decision[];
}

/** The share of bad events that is allowed, for people. */
export function budgetText({ objective: { budget } }: Slo): string {
  return percent(budget.num / budget.den);
}

/** What the SLO says of itself, as the end of a sentence. */
export function described({ description }: Slo): string {
  return description === undefined ? '' : `: ${description.replace(/\.$/, '')}`;
}
