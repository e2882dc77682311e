// Series that stand for an SLO's events in a rule test: label sets that its selectors take, made up and then checked.
import { compileMatcher, type LabelMatcher } from '../../formats/label-matcher.ts';
import { compileSelector, parseSelector, type Selector } from '../../formats/promql-selector.ts';
import type { CounterForm, CounterQuery } from '../../slo/sli.ts';

export type Labels = Readonly<Record<string, string>>;

/** What a series counts: all events, the good or the bad ones. */
export type Share = 'all' | 'good' | 'bad';

export interface SampleSeries {
  readonly labels: Labels;
  readonly share: Share;
}

/** Two series that together tell the events of a form; undefined when no labels could be made up that do. */
export function sampleSeries(
  { total, part, counted }: CounterForm,
  groups: readonly string[],
): readonly SampleSeries[] | undefined {
  const [all, some] = [readQuery(total), readQuery(part)];
  if (all === undefined || some === undefined) return undefined;
  const extra = groupLabels(groups);
  const other: Share = counted === 'bad' ? 'good' : 'bad';
  const inside = labelsOf(all, some, extra);
  if (all.metric !== some.metric) {
    const whole = labelsOf(all, all, extra);
    const piece = labelsOf(some, some, extra);
    return whole === undefined || piece === undefined
      ? undefined
      : [
          { labels: whole, share: 'all' },
          { labels: piece, share: counted },
        ];
  }
  const outside = outsideOf(all, some, extra);
  return inside === undefined || outside === undefined
    ? undefined
    : [
        { labels: outside, share: other },
        { labels: inside, share: counted },
      ];
}

/** Labels made up for one selector; whether it takes them, the caller asks. */
export function labelsFor({ metric, matchers }: Selector, groups: readonly string[]): Labels {
  return filled(matchers, metric, groupLabels(groups));
}

function groupLabels(groups: readonly string[]): Labels {
  return Object.fromEntries(groups.map((label) => [label, 'group']));
}

function readQuery({ selector, le }: CounterQuery): Selector | undefined {
  const parsed = parseSelector(selector);
  if (parsed?.metric === undefined) return undefined;
  return le === undefined
    ? parsed
    : { ...parsed, matchers: [...parsed.matchers, { name: 'le', operator: '=', value: le }] };
}

/** Labels that both selectors take. */
function labelsOf(all: Selector, some: Selector, extra: Labels): Labels | undefined {
  const labels = filled([...all.matchers, ...some.matchers], some.metric, extra);
  return compileSelector(some)(labels) &&
    (all.metric !== some.metric || compileSelector(all)(labels))
    ? labels
    : undefined;
}

/** Labels that the first selector takes and the second does not. */
function outsideOf(all: Selector, some: Selector, extra: Labels): Labels | undefined {
  for (const matcher of some.matchers)
    for (const value of valuesAgainst(matcher)) {
      const labels = { ...filled(all.matchers, all.metric, extra), [matcher.name]: value };
      if (compileSelector(all)(labels) && !compileSelector(some)(labels)) return labels;
    }
  return undefined;
}

function filled(
  matchers: readonly LabelMatcher[],
  metric: string | undefined,
  extra: Labels,
): Record<string, string> {
  const labels: Record<string, string> = {
    __name__: metric ?? '',
    instance: 'test:80',
    job: 'test',
    ...extra,
  };
  for (const name of new Set(matchers.map((each) => each.name))) {
    const own = matchers.filter((each) => each.name === name);
    const candidates = [labels[name] ?? '', '', ...own.flatMap(valuesFor), 'other', '200'];
    const fitting = candidates.find((value) => own.every((each) => compileMatcher(each)(value)));
    if (fitting !== undefined) labels[name] = fitting;
  }
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

function valuesFor({ operator, value }: LabelMatcher): readonly string[] {
  if (operator === '=') return [value];
  return operator === '=~' ? textsOf(value) : [];
}

function valuesAgainst({ operator, value }: LabelMatcher): readonly string[] {
  if (operator === '!=') return [value];
  return operator === '!~' ? textsOf(value) : ['200', 'other', `${value}-other`];
}

/** Texts that a simple pattern may take: whoever asks tries them. */
function textsOf(pattern: string): readonly string[] {
  return pattern
    .replace(/^\(|\)$/g, '')
    .split('|')
    .map((branch) =>
      branch
        .replace(/\[([^\]])[^\]]*\]/g, '$1')
        .replace(/\\d|\./g, '0')
        .replace(/\\/g, '')
        .replace(/[*+?]/g, ''),
    );
}
