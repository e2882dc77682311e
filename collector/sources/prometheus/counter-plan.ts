// Plans the queries: a thousand SLOs on one metric become one selector that returns all their series and few others.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import { formatSelector } from '../../../formats/promql-selector.ts';
import { escapePattern } from '../../../formats/regular-expression.ts';
import type { CounterFeed, FeedSelector } from './counter-feed.ts';
import { boundPattern } from './histogram-bound.ts';

/** SLOs that are read together, with the selector of everything they need. */
export interface CounterGroup {
  readonly feeds: readonly CounterFeed[];
  /** PromQL vector selector. */
  readonly selector: string;
}

/**
 * Groups SLOs that share a metric: total and counted part of one SLO always come from one answer, so an SLO with two
 * metrics joins what reads either. SLOs whose old counts may be told only in narrow cells are kept apart.
 */
export function planCounters(feeds: readonly CounterFeed[]): readonly CounterGroup[] {
  const groups = new Map<string, CounterFeed[]>();
  const joinedTo = new Map<string, string>();
  const root = (source: string): string => {
    let at = source;
    for (let next = joinedTo.get(at); next !== undefined; next = joinedTo.get(at)) at = next;
    return at;
  };
  for (const feed of feeds) {
    const total = root(sourceOf(feed, feed.total));
    const part = root(sourceOf(feed, feed.part));
    if (part !== total) {
      joinedTo.set(part, total);
      groups.set(total, [...(groups.get(total) ?? []), ...(groups.get(part) ?? [])]);
      groups.delete(part);
    }
    const group = groups.get(total) ?? [];
    group.push(feed);
    groups.set(total, group);
  }
  return [...groups.values()].map((group) => ({ feeds: group, selector: commonSelector(group) }));
}

/** The metric, or the whole selector when it has none of its own. */
function sourceOf({ coarsest }: CounterFeed, { selector }: FeedSelector): string {
  return `${coarsest} ${selector.metric ?? formatSelector(selector)}`;
}

/** Alternatives of one union at most, and characters of its pattern: longer ones are left to our own matching. */
const MOST_ALTERNATIVES = 2000;
const LONGEST_PATTERN = 32_768;

/** One selector that takes at least every series that any of the feeds' selectors takes. */
export function commonSelector(feeds: readonly CounterFeed[]): string {
  const selectors = feeds.flatMap(({ total, part }) => [total, part]);
  const names = [...new Set(selectors.map(({ selector }) => selector.metric))];
  const metric = names.length === 1 ? names[0] : undefined;
  const matchers: LabelMatcher[] = [];
  const first = selectors[0]?.selector.matchers ?? [];
  const labels = new Set(first.map(({ name }) => name).filter((name) => name !== 'le'));
  if (names.length > 1)
    matchers.push({ name: '__name__', operator: '=~', value: metricPattern(selectors) });
  else if (metric === undefined) labels.add('__name__');
  for (const name of [...labels].sort()) matchers.push(...commonMatchers(name, selectors));
  const bound = boundMatcher(selectors);
  if (bound !== undefined) matchers.push(bound);
  return formatSelector({ ...(metric !== undefined && { metric }), matchers });
}

function metricPattern(selectors: readonly FeedSelector[]): string {
  const patterns = selectors.flatMap(({ selector }) => {
    if (selector.metric !== undefined) return [escapePattern(selector.metric)];
    const byPattern = selector.matchers.find(
      ({ name, operator }) => name === '__name__' && operator === '=~',
    );
    return byPattern === undefined ? ['.+'] : [`(?:${byPattern.value})`];
  });
  return [...new Set(patterns)].sort().join('|');
}

/** What every selector demands of one label: the same matchers, or the union of their values. */
function commonMatchers(name: string, selectors: readonly FeedSelector[]): LabelMatcher[] {
  const demands = selectors.map(({ selector }) =>
    selector.matchers.filter((matcher) => matcher.name === name),
  );
  const shared = (demands[0] ?? []).filter(({ operator, value }) =>
    demands.every((each) =>
      each.some((other) => other.operator === operator && other.value === value),
    ),
  );
  if (shared.length > 0) return shared;
  const patterns = new Set<string>();
  for (const each of demands) {
    const wanted = each.find(({ operator }) => operator === '=' || operator === '=~');
    if (wanted === undefined) return [];
    patterns.add(wanted.operator === '=' ? escapePattern(wanted.value) : `(?:${wanted.value})`);
  }
  return unionMatcher(name, patterns);
}

function unionMatcher(name: string, patterns: ReadonlySet<string>): LabelMatcher[] {
  const value = [...patterns].sort().join('|');
  return patterns.size > MOST_ALTERNATIVES || value.length > LONGEST_PATTERN
    ? []
    : [{ name, operator: '=~', value }];
}

/** The buckets that are needed; metrics that have none by their name are let through without the label. */
function boundMatcher(selectors: readonly FeedSelector[]): LabelMatcher | undefined {
  const patterns = new Set<string>();
  for (const { selector, bound } of selectors)
    if (bound !== undefined) patterns.add(boundPattern(bound));
    else if (/_(?:count|sum|total)$/.test(selector.metric ?? '')) patterns.add('');
    else return undefined;
  if (selectors.every(({ bound }) => bound === undefined)) return undefined;
  return unionMatcher('le', patterns)[0];
}
