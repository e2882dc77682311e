// The events of an SLI of counters: which selectors are read, in the spelling of the target.
import { formatSelector, parseSelector, type Selector } from '../../formats/promql-selector.ts';
import type { CounterForm, CounterQuery } from '../../slo/sli.ts';
import { boundMatcher } from './bucket-bound.ts';
import { counterTile, indented, sumBy } from './counter-tile.ts';
import type { EventTile } from './event-tile.ts';
import { type PrometheusTarget, takesQuotedNames } from './prometheus-target.ts';
import type { Refusal } from './rule.ts';
import { AT_END } from './tile.ts';

/**
 * The tile of an SLI of counters, or why there is none.
 * @param key the label by which the SLOs of a family are told apart, one of `groups`
 */
export function counterEvents(
  { total, counted, part }: CounterForm,
  groups: readonly string[],
  target: PrometheusTarget,
  key?: string,
): EventTile | Refusal {
  const all = readQuery(total, target);
  const some = readQuery(part, target);
  if ('reason' in all) return all;
  if ('reason' in some) return some;
  const proofs = all.metric === some.metric ? [all] : [all, some];
  const sum = sumBy(groups);
  const tileOf = ({ text: selector }: ReadQuery): readonly string[] =>
    counterTile({
      selector,
      known: proofs.map(({ text }) => text),
      groups,
      ...(key !== undefined && { key }),
    });
  return {
    // Made when they are written: the tiles of ten thousand SLOs are not held at once.
    get total() {
      return tileOf(all);
    },
    get bad() {
      return counted === 'bad' ? tileOf(some) : [whole(sum, tileOf(all)), less(sum, tileOf(some))];
    },
    measured: `count${key === undefined ? '' : ` by (${key})`} (${all.text} ${AT_END})`,
    increase(range) {
      const increase = (text: string): string => `${sum} (increase(${text}[${range}] ${AT_END}))`;
      const [total, part] = [increase(all.text), increase(some.text)];
      return { total, bad: counted === 'bad' ? part : `${total} - (${part} or 0 * ${total})` };
    },
  };
}

function whole(sum: string, members: readonly string[]): string {
  return `${sum} (\n  ${indented(members.join('\nor '))}\n)`;
}

function less(sum: string, members: readonly string[]): string {
  return `label_replace(-${whole(sum, members)}, "part", "good", "", "")`;
}

interface ReadQuery extends Selector {
  readonly text: string;
}

function readQuery({ selector, le }: CounterQuery, target: PrometheusTarget): ReadQuery | Refusal {
  const parsed = parseSelector(selector);
  if (parsed?.metric === undefined)
    return {
      reason: `${selector} names no metric, and series of several metrics cannot be told apart in a rule. Name one metric, without a pattern.`,
    };
  const matchers =
    le === undefined
      ? parsed.matchers
      : [...parsed.matchers.filter(({ name }) => name !== 'le'), boundMatcher(le)];
  const text = formatSelector({ metric: parsed.metric, matchers });
  if (!takesQuotedNames(target) && /^\{|[{,]"/.test(text))
    return {
      reason: `${selector} has a name that Prometheus before 3.0 cannot hold. Choose a target of 3.5 or later.`,
    };
  return { metric: parsed.metric, matchers, text };
}
