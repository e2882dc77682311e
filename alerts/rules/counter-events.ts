// The events of an SLI of counters: which selectors are read, in the spelling of the target.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { formatSelector, parseSelector, type Selector } from '../../formats/promql-selector.ts';
import { escapePattern } from '../../formats/regular-expression.ts';
import type { CounterForm, CounterQuery } from '../../slo/sli.ts';
import { boundMatcher } from './bucket-bound.ts';
import { counterTile, indented, sumBy } from './counter-tile.ts';
import type { EventTile, ToldBad } from './event-tile.ts';
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
  const told = counted === 'bad' ? toldBad(all, some) : undefined;
  return new CounterEvents(
    {
      total: all.text,
      part: some.text,
      isOneMetric: all.metric === some.metric,
      ...(told !== undefined && { told }),
    },
    { isBad: counted === 'bad', groups, key },
  );
}

type Reads = NonNullable<EventTile['reads']>;

interface Counting {
  /** Whether the part are the bad events; else the good ones. */
  readonly isBad: boolean;
  readonly groups: readonly string[];
  readonly key: string | undefined;
}

/**
 * Its texts are made when they are written: those of ten thousand SLOs are not held at once.
 * A class, as an object with getters of its own takes several times the memory.
 */
class CounterEvents implements EventTile {
  readonly reads: Reads;
  readonly #as: Counting;

  constructor(reads: Reads, as: Counting) {
    this.reads = reads;
    this.#as = as;
  }

  get total(): readonly string[] {
    return this.#membersOf(this.reads.total);
  }

  get bad(): readonly string[] {
    const { total, part } = this.reads;
    const { isBad, groups } = this.#as;
    const sum = sumBy(groups);
    return isBad
      ? this.#membersOf(part)
      : [whole(sum, this.#membersOf(total)), less(sum, this.#membersOf(part))];
  }

  get both(): EventTile['both'] {
    const { total, told } = this.reads;
    return told && { told, members: this.#membersOf(total, told) };
  }

  get measured(): string {
    const { key } = this.#as;
    return `count${key === undefined ? '' : ` by (${key})`} (${this.reads.total} ${AT_END})`;
  }

  readonly increase: NonNullable<EventTile['increase']> = (range) => {
    const { isBad, groups } = this.#as;
    const sum = sumBy(groups);
    const increase = (text: string): string => `${sum} (increase(${text}[${range}] ${AT_END}))`;
    const [total, part] = [increase(this.reads.total), increase(this.reads.part)];
    return { total, bad: isBad ? part : `${total} - (${part} or 0 * ${total})` };
  };

  #membersOf(selector: string, told?: ToldBad): readonly string[] {
    const { total, part, isOneMetric } = this.reads;
    const { groups, key } = this.#as;
    return counterTile({
      selector,
      known: isOneMetric ? [total] : [total, part],
      groups,
      ...(key !== undefined && { key }),
      ...(told !== undefined && { told }),
    });
  }
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
