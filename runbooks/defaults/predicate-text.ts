// A predicate as people read it: `status ≥ 500 or latency_ms > 1000`.
import type { FieldCondition, Predicate } from '../../slo/predicate.ts';

/** The condition in words; nested ones in brackets. */
export function predicateText(predicate: Predicate): string {
  if ('all' in predicate) return joined(predicate.all, ' and ');
  if ('any' in predicate) return joined(predicate.any, ' or ');
  if ('not' in predicate) return `not (${predicateText(predicate.not)})`;
  return conditionText(predicate);
}

function joined(parts: readonly Predicate[], word: string): string {
  return parts
    .map((each) =>
      'all' in each || 'any' in each ? `(${predicateText(each)})` : predicateText(each),
    )
    .join(word);
}

function conditionText(condition: FieldCondition): string {
  const { field } = condition;
  if ('equals' in condition) return `${field} = ${JSON.stringify(condition.equals)}`;
  if ('oneOf' in condition)
    return `${field} is one of ${condition.oneOf.map((each) => JSON.stringify(each)).join(', ')}`;
  if ('lessThan' in condition) return `${field} < ${condition.lessThan}`;
  if ('atMost' in condition) return `${field} ≤ ${condition.atMost}`;
  if ('greaterThan' in condition) return `${field} > ${condition.greaterThan}`;
  if ('atLeast' in condition) return `${field} ≥ ${condition.atLeast}`;
  if ('startsWith' in condition)
    return `${field} begins with ${JSON.stringify(condition.startsWith)}`;
  if ('endsWith' in condition) return `${field} ends with ${JSON.stringify(condition.endsWith)}`;
  if ('contains' in condition) return `${field} contains ${JSON.stringify(condition.contains)}`;
  return condition.exists ? `${field} is there` : `${field} is absent`;
}
