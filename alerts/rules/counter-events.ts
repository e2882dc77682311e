// The events of an SLI of counters: which selectors are read, in the spelling of the target.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { formatSelector, parseSelector, type Selector } from '../../formats/promql-selector.ts';
import type { CounterForm, CounterQuery } from '../../slo/sli.ts';
import { boundMatcher } from './bucket-bound.ts';
import { counterTile, indented, sumBy } from './counter-tile.ts';
import type { EventTile, ToldBad } from './event-tile.ts';
import { type PrometheusTarget, takesQuotedNames } from './prometheus-target.ts';
import type { Refusal } from './rule.ts';
import { escapePattern } from './slo-identity.ts';
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
  const told = counted === 'bad' ? toldBad(all, some) : undefined;
  const tileOf = ({ text: selector }: ReadQuery, by?: ToldBad): readonly string[] =>
    counterTile({
      selector,
      known: proofs.map(({ text }) => text),
      groups,
      ...(key !== undefined && { key }),
      ...(by !== undefined && { told: by }),
    });
  const isOneMetric = all.metric === some.metric;
  return {
    reads: {
      total: all.text,
      part: some.text,
      isOneMetric,
      ...(told !== undefined && { told }),
    },
    // Made when they are written: the tiles of ten thousand SLOs are not held at once.
    get total() {
      return tileOf(all);
    },
    get bad() {
      return counted === 'bad' ? tileOf(some) : [whole(sum, tileOf(all)), less(sum, tileOf(some))];
    },
    ...(told !== undefined && {
      both: {
        told,
        get members() {
          return tileOf(all, told);
        },
      },
    }),
    measured: `count${key === undefined ? '' : ` by (${key})`} (${all.text} ${AT_END})`,
    increase(range) {
      const increase = (text: string): string => `${sum} (increase(${text}[${range}] ${AT_END}))`;
      const [total, part] = [increase(all.text), increase(some.text)];
      return { total, bad: counted === 'bad' ? part : `${total} - (${part} or 0 * ${total})` };
    },
  };
}

const PLAIN_LABEL = /^[A-Za-z_]\w*$/;

/** How bad events show when their selector is that of all with one matcher more. */
function toldBad(all: ReadQuery, some: ReadQuery): ToldBad | undefined {
  const more = some.matchers.filter((each) => !all.matchers.some((other) => isSame(each, other)));
  const isPart =
    all.metric === some.metric &&
    all.matchers.every((each) => some.matchers.some((other) => isSame(each, other)));
  const [own] = more;
  if (!isPart || more.length !== 1 || own === undefined || !PLAIN_LABEL.test(own.name))
    return undefined;
  const isPattern = own.operator.endsWith('~');
  return {
    label: own.name,
    pattern: isPattern ? own.value : escapePattern(own.value),
    matching: own.operator.startsWith('!') ? 'good' : 'bad',
  };
}

function isSame(a: LabelMatcher, b: LabelMatcher): boolean {
  return a.name === b.name && a.operator === b.operator && a.value === b.value;
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
