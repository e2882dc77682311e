// Finds SLOs that differ in nothing but the value of one label of the series they count: they can share their rules.
import { formatSelector, parseSelector, type Selector } from '../../formats/promql-selector.ts';
import { escapePattern } from '../../formats/regular-expression.ts';
import type { CounterForm, CounterQuery } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import { identitiesOf, type SloIdentity } from './slo-identity.ts';
import { jsonOf } from './slo-key.ts';

export interface SloFamily {
  /** `http-requests-total-1c9e66b0`: the same whichever SLOs belong to it. */
  readonly name: string;
  /** By their ids. */
  readonly slos: readonly Slo[];
  /** The label whose value tells them apart; no two have the same. */
  readonly label: string;
  /** Of the label, by the ids of the SLOs. */
  readonly values: ReadonlyMap<string, string>;
  /** How a value tells the SLO. */
  readonly identity: SloIdentity;
  /** Their selectors as one: `job=~"a|b"`. */
  readonly form: CounterForm;
}

/** Fewer read better in the file of their service. */
export const FEWEST_SHARING = 10;

/** More would be late together when one of them is slow; so large a family has several files. */
export const MOST_SHARING = 100;

/** SLOs of which so many others differ only in one label, and all that stay by themselves, each in the order given. */
export function findFamilies(slos: readonly Slo[]): {
  readonly families: readonly SloFamily[];
  readonly alone: readonly Slo[];
} {
  const found: Candidate[][] = [];
  for (const near of Map.groupBy(slos, beginnings).values()) {
    if (near.length < FEWEST_SHARING) continue;
    for (const likely of Map.groupBy(near.flatMap(likeliest), ({ key }) => key).values())
      if (likely.length >= FEWEST_SHARING)
        found.push(...Map.groupBy(likely.flatMap(candidates), ({ key }) => key).values());
  }
  // The largest first: an SLO that fits into several belongs to that.
  found.sort((a, b) => b.length - a.length || (keyOf(a) < keyOf(b) ? -1 : 1));
  const taken = new Set<Slo>();
  const families: SloFamily[] = [];
  for (const all of found) {
    const own = all.filter(({ slo }) => !taken.has(slo));
    if (own.length < FEWEST_SHARING) continue;
    for (const { slo } of own) taken.add(slo);
    families.push(...shardsOf(own));
  }
  return {
    families: families.sort((a, b) => (a.name < b.name ? -1 : 1)),
    alone: slos.filter((slo) => !taken.has(slo)),
  };
}

/** An SLO that a label may tell from others of the same key. */
interface Likely {
  readonly slo: Slo;
  readonly form: CounterForm;
  readonly label: string;
  readonly value: string;
  readonly key: string;
}

interface Candidate extends Likely {
  readonly identity: SloIdentity;
  /** That of what was likely. */
  readonly shape: string;
}

/** What can be compared without reading the selectors: most SLOs have nothing in common. */
function beginnings({ sli: { form } }: Slo): string {
  if (form.form !== 'counters') return '';
  const [total, part] = [form.total.selector, form.part.selector];
  return `${total.slice(0, total.indexOf('{'))} ${part.slice(0, part.indexOf('{'))}`;
}

function keyOf([first]: readonly Candidate[]): string {
  return first === undefined ? '' : JSON.stringify([first.shape, first.identity]);
}

function likeliest(slo: Slo): readonly Likely[] {
  const { form, connection } = slo.sli;
  if (form.form !== 'counters' || slo.method.kind !== 'occurrences') return [];
  const [total, part] = [parseSelector(form.total.selector), parseSelector(form.part.selector)];
  if (total?.metric === undefined || part?.metric === undefined) return [];
  return valuesIn(total).flatMap(([label, value]) => {
    if (!valuesIn(part).some(([other, its]) => other === label && its === value)) return [];
    const shape = [without(total, label, value), without(part, label, value)];
    const bounds = [form.total.le, form.part.le, form.counted];
    const rest = [slo.objective.text, slo.window, slo.groupBy];
    const key = `${JSON.stringify([label, shape, bounds, connection, rest])} ${jsonOf(slo.burnPolicy)}`;
    return [{ slo, form, label, value, key }];
  });
}

/** Labels that a selector fixes; a value of none is no label. */
function valuesIn({ matchers }: Selector): readonly (readonly [label: string, value: string])[] {
  return matchers.flatMap(({ name, operator, value }) =>
    operator === '=' && value !== '' ? [[name, value] as const] : [],
  );
}

function without(selector: Selector, label: string, value: string): string {
  const matchers = selector.matchers.filter(
    (each) => each.name !== label || each.operator !== '=' || each.value !== value,
  );
  return formatSelector({ ...selector, matchers });
}

function candidates(likely: Likely): readonly Candidate[] {
  return identitiesOf(likely.slo, likely.value).map((identity) => ({
    ...likely,
    identity,
    shape: likely.key,
    key: [likely.key, identity.pattern, identity.service, identity.slo].join('\n'),
  }));
}

/** @param members of one key; their identity tells one SLO for each value, so no two have the same */
function shardsOf(members: readonly Candidate[]): readonly SloFamily[] {
  const own = members.toSorted((a, b) => (a.slo.id < b.slo.id ? -1 : 1));
  const shards = Math.ceil(own.length / MOST_SHARING);
  return Array.from({ length: shards }, (_, shard) => {
    const some = own.slice(shard * MOST_SHARING, (shard + 1) * MOST_SHARING);
    return some.slice(0, 1).map((first) => familyOf(first, some, shard));
  }).flat();
}

function familyOf(first: Candidate, own: readonly Candidate[], shard: number): SloFamily {
  const { label, form, identity } = first;
  const together = (query: CounterQuery): CounterQuery => ({
    ...query,
    selector: sharedSelector(query.selector, first, own),
  });
  const metric = parseSelector(form.total.selector)?.metric ?? '';
  const name = `${metric.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${digest(keyOf([first]))}`;
  return {
    name: shard === 0 ? name : `${name}-${shard + 1}`,
    slos: own.map(({ slo }) => slo),
    label,
    values: new Map(own.map(({ slo, value: its }) => [slo.id, its])),
    identity,
    form: { ...form, total: together(form.total), part: together(form.part) },
  };
}

function sharedSelector(
  text: string,
  { label, value }: Candidate,
  own: readonly Candidate[],
): string {
  const selector = parseSelector(text);
  if (selector === undefined) throw new RangeError(`${text} was a selector`);
  const values = own.map((each) => escapePattern(each.value)).join('|');
  const matchers = selector.matchers.map((each) =>
    each.name === label && each.operator === '=' && each.value === value
      ? ({ name: label, operator: '=~', value: values } as const)
      : each,
  );
  return formatSelector({ ...selector, matchers });
}

/** FNV-1a of 32 bits, as eight hexadecimal digits: short, and the same everywhere. */
function digest(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
