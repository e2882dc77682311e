// From a series' labels to the SLOs that it feeds; a thousand SLOs on one metric cost one look-up, not a thousand matches.
import type { CounterFeed, FeedSelector } from './counter-feed.ts';
import type { LabelSet } from './label-matcher.ts';
import { PART, type Role, TOTAL } from './pending-counts.ts';

export interface SeriesRoute {
  readonly feed: CounterFeed;
  readonly role: Role;
}

export interface SeriesRoutes {
  /** What a series feeds; empty when no SLI selects it. */
  find(labels: LabelSet): readonly SeriesRoute[];
  /** Whether any SLI may select series of this metric. */
  hasMetric(name: string): boolean;
}

interface Candidate {
  readonly order: number;
  readonly feed: CounterFeed;
  readonly selector: FeedSelector;
  readonly role: 1 | 2;
}

/** Below so many candidates trying all is as quick as looking one up. */
const WORTH_AN_INDEX = 8;

export function createSeriesRoutes(feeds: readonly CounterFeed[]): SeriesRoutes {
  const byMetric = new Map<string, Candidate[]>();
  const anyMetric: Candidate[] = [];
  feeds.forEach((feed, order) => {
    for (const [selector, role] of [
      [feed.total, TOTAL],
      [feed.part, PART],
    ] as const) {
      const candidate = { order, feed, selector, role };
      const { metric } = selector.selector;
      if (metric === undefined) anyMetric.push(candidate);
      else listOf(byMetric, metric).push(candidate);
    }
  });
  const indexes = new Map([...byMetric].map(([metric, all]) => [metric, createIndex(all)]));
  const others = createIndex(anyMetric);
  return {
    hasMetric: (name) => anyMetric.length > 0 || indexes.has(name),
    find(labels) {
      const roles = new Map<CounterFeed, number>();
      const own = indexes.get(labels['__name__'] ?? '')?.(labels) ?? [];
      const matching = [...own, ...others(labels)].filter(({ selector }) =>
        selector.matches(labels),
      );
      for (const { feed, role } of matching.sort((a, b) => a.order - b.order))
        roles.set(feed, (roles.get(feed) ?? 0) | role);
      return [...roles].map(([feed, role]) => ({ feed, role: role as Role }));
    },
  };
}

/** Finds candidates by the value of the label that most of them demand exactly. */
function createIndex(candidates: readonly Candidate[]): (labels: LabelSet) => readonly Candidate[] {
  const demands = new Map<string, number>();
  for (const { selector } of candidates)
    for (const name of new Set(
      selector.selector.matchers.filter(({ operator }) => operator === '=').map(({ name }) => name),
    ))
      demands.set(name, (demands.get(name) ?? 0) + 1);
  const [label] = [...demands].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (label === undefined || candidates.length < WORTH_AN_INDEX) return () => candidates;
  const byValue = new Map<string, Candidate[]>();
  const rest: Candidate[] = [];
  for (const candidate of candidates) {
    const demand = candidate.selector.selector.matchers.find(
      ({ name, operator }) => name === label && operator === '=',
    );
    if (demand === undefined) rest.push(candidate);
    else listOf(byValue, demand.value).push(candidate);
  }
  return (labels) => [...(byValue.get(labels[label] ?? '') ?? []), ...rest];
}

function listOf(lists: Map<string, Candidate[]>, key: string): Candidate[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
