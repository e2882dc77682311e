import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CounterFeedError,
  createCounterFeed,
} from '../../../../collector/sources/prometheus/counter-feed.ts';
import {
  commonSelector,
  planCounters,
} from '../../../../collector/sources/prometheus/counter-plan.ts';
import { compileMatcher } from '../../../../collector/sources/prometheus/label-matcher.ts';
import { createSeriesRoutes } from '../../../../collector/sources/prometheus/series-routes.ts';
import { parseSelector } from '../../../../formats/promql-selector.ts';
import type { CounterQuery } from '../../../../slo/sli.ts';
import type { Slo } from '../../../../slo/slo.ts';
import { ratioSlo } from './slo-fixture.ts';

function counterSlo(
  id: string,
  total: CounterQuery,
  part: CounterQuery,
  more: Partial<Slo> = {},
): Slo {
  const slo = ratioSlo('any');
  return {
    ...slo,
    id,
    sli: { ...slo.sli, form: { form: 'counters', total, counted: 'bad', part } },
    ...more,
  };
}

const plan = (...slos: readonly Slo[]) => planCounters(slos.map(createCounterFeed));

describe('the counter plan', () => {
  it('reads a thousand SLOs on one metric with one query that names their jobs', () => {
    const groups = plan(...Array.from({ length: 1000 }, (_, i) => ratioSlo(`svc-${i}`)));
    expect(groups).toHaveLength(1);
    expect(groups[0]?.feeds).toHaveLength(1000);
    expect(groups[0]?.selector).toMatch(/^requests_total\{job=~"svc-0\|svc-1\|svc-10\|/);
    expect(groups[0]?.selector).not.toContain('code');
  });

  it('keeps metrics apart, and joins those that one SLO needs together', () => {
    const groups = plan(
      counterSlo('a/a', { selector: 'a_total' }, { selector: 'a_total{code="5"}' }),
      counterSlo('b/b', { selector: 'b_total{x="1"}' }, { selector: 'c_total{x="1"}' }),
      counterSlo('c/c', { selector: 'c_total{x="2"}' }, { selector: 'c_total{x="2",y!=""}' }),
    );
    expect(groups.map(({ selector }) => selector)).toEqual([
      'a_total',
      '{__name__=~"b_total|c_total",x=~"1|2"}',
    ]);
  });

  it('asks for the buckets that are needed, by any text of their bound', () => {
    const [group] = plan(
      counterSlo(
        'a/a',
        { selector: 'l_count{job="x"}' },
        { selector: 'l_bucket{job="x"}', le: '0.5' },
      ),
    );
    expect(group?.selector).toBe(
      '{__name__=~"l_bucket|l_count",job="x",le=~"|[+-]?0*\\\\.50*|.*[eE].*"}',
    );
  });

  it('keeps SLOs whose slices need narrow cells in a part of their own', () => {
    const slices = {
      kind: 'time-slices',
      sliceSeconds: 60,
      maxBadRatio: { num: 1, den: 10 },
      emptySlice: 'ignore',
    } as const;
    const groups = plan(
      ratioSlo('a'),
      counterSlo(
        'b/b',
        { selector: 'requests_total' },
        { selector: 'requests_total{c="5"}' },
        { method: slices },
      ),
    );
    expect(groups.map(({ feeds }) => feeds[0]?.coarsest)).toEqual([900, 60]);
  });

  it('refuses what it could not match as the server does, naming SLO and query', () => {
    expect(() =>
      plan(counterSlo('a/a', { selector: 'a{code=~"(?i)ok"}' }, { selector: 'a{code=~"a++"}' })),
    ).toThrow(CounterFeedError);
    expect(() => plan(counterSlo('a/a', { selector: 'rate(a[5m])' }, { selector: 'a' }))).toThrow(
      /SLO a\/a: counter query \{"selector":"rate\(a\[5m\]\)"\}: not a vector selector/,
    );
    expect(() =>
      plan(counterSlo('a/a', { selector: 'a' }, { selector: 'a_bucket', le: 'x' })),
    ).toThrow(/the bound is not a number/);
  });

  const value = fc.constantFrom('', 'a', 'b', 'a.b', '5', '50');
  const matcher = fc.record({
    name: fc.constantFrom('job', 'code', 'zone'),
    operator: fc.constantFrom('=', '!=', '=~', '!~'),
    value: fc.oneof(value, fc.constantFrom('a|b', '5.*', '.+', '')),
  });
  const selector = fc
    .tuple(fc.constantFrom('m_total', 'n_total'), fc.array(matcher, { maxLength: 3 }))
    .map(([metric, matchers]) => ({
      selector: `${metric}{${matchers.map((m) => `${m.name}${m.operator}${JSON.stringify(m.value)}`).join(',')}}`,
    }));
  const labels = fc.record({
    __name__: fc.constantFrom('m_total', 'n_total', 'other'),
    job: value,
    code: value,
    zone: value,
  });

  it('never leaves out a series that some SLI selects, and routes each as its selectors say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(selector, selector), { minLength: 1, maxLength: 12 }),
        fc.array(labels, { minLength: 1 }),
        (queries, series) => {
          const feeds = queries.map(([total, part], i) =>
            createCounterFeed(counterSlo(`s/${i}`, total, part)),
          );
          const routes = createSeriesRoutes(feeds);
          for (const each of series) {
            const expected = feeds
              .map((feed) => ({
                feed,
                role: (feed.total.matches(each) ? 1 : 0) + (feed.part.matches(each) ? 2 : 0),
              }))
              .filter(({ role }) => role > 0);
            expect(routes.find(each)).toEqual(expected);
            expect(expected.length === 0 || routes.hasMetric(each.__name__)).toBe(true);
          }
          for (const group of planCounters(feeds)) {
            const read = parseSelector(commonSelector(group.feeds));
            // A selector of everything is written without matchers, which only the server refuses.
            if (read === undefined) continue;
            const takes = (each: Record<string, string>): boolean =>
              (read.metric === undefined || read.metric === each['__name__']) &&
              read.matchers.every((one) => compileMatcher(one)(each));
            const wanted = series.filter((each) =>
              group.feeds.some((feed) => feed.total.matches(each) || feed.part.matches(each)),
            );
            expect(wanted.filter((each) => !takes(each))).toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
