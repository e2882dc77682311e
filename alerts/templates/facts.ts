// What a notification says about a burning budget, in the order in which a person needs it.
import { ANNOTATIONS } from '../../slo/names.ts';

export interface Fact {
  /** Name of the annotation that holds it. */
  readonly annotation: string;
  /** How people read it. */
  readonly title: string;
}

export const FACTS: readonly Fact[] = [
  { annotation: ANNOTATIONS.description, title: 'What' },
  { annotation: ANNOTATIONS.firedBy, title: 'Fired by' },
  { annotation: ANNOTATIONS.burnRates, title: 'Burn rates' },
  { annotation: ANNOTATIONS.budgetRemaining, title: 'Budget left' },
  { annotation: ANNOTATIONS.budgetSpent, title: 'Budget spent' },
  { annotation: ANNOTATIONS.exhaustion, title: 'Exhausted in' },
  { annotation: ANNOTATIONS.evidence, title: 'Evidence' },
  { annotation: ANNOTATIONS.coverage, title: 'Measured' },
];
