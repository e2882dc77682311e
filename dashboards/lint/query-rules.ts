// Rules about queries, as dashboard-linter of Grafana's makers has them.
import { logqlProblems, logqlRangesIn } from '../../formats/dashboard-query.ts';
import { formatSelector } from '../../formats/promql-selector.ts';
import type { QueryProblem } from '../../formats/query-problem.ts';
import { queryBreach } from './panel-breach.ts';
import type { Breach, LintContext, LintRule } from './rule.ts';
import type { QueryPlace } from './telemetry.ts';

/** Fewer than Grafana's scrape interval would leave gaps: only these take the variable. */
const RATES = ['rate', 'irate'];
const COUNTING = ['rate', 'irate', 'increase'];

const promql: LintRule = {
  name: 'target-promql-rule',
  demand: 'PromQL parses.',
  severity: 'error',
  check: (_, { promql, queries }) =>
    problems(queries('prometheus'), (text) => promql(text).problems),
};

const logql: LintRule = {
  name: 'target-logql-rule',
  demand: 'LogQL parses.',
  severity: 'error',
  check: (_, { queries }) => problems(queries('loki'), logqlProblems),
};

const rateInterval: LintRule = {
  name: 'target-rate-interval-rule',
  demand: 'Rates are over $__rate_interval, which always holds enough samples.',
  severity: 'error',
  check: (_, context) =>
    parsed(context).flatMap((place) =>
      context
        .promql(place.target.expression)
        .selectors.filter(
          ({ call, range }) => RATES.includes(call ?? '') && !isVariable(range, 'rate_interval'),
        )
        .map(({ call, range }) =>
          queryBreach(place, `${call} is over [${range}].`, 'Write [$__rate_interval].'),
        ),
    ),
};

const logqlAuto: LintRule = {
  name: 'target-logql-auto-rule',
  demand: 'Ranges of LogQL are $__auto, which follows the time range.',
  severity: 'error',
  check: (_, { queries }) =>
    queries('loki')
      .filter(({ target }) => !target.expression.includes('$__auto'))
      .flatMap((place) =>
        logqlRangesIn(place.target.expression)
          .filter((range) => !isVariable(range, 'auto'))
          .map((range) => queryBreach(place, `It counts over [${range}].`, 'Write [$__auto].')),
      ),
};

const counters: LintRule = {
  name: 'target-counter-agg-rule',
  demand: 'Counters are shown as rates: their own value says nothing.',
  severity: 'error',
  check: (_, context) =>
    parsed(context).flatMap((place) =>
      context
        .promql(place.target.expression)
        .selectors.filter(
          ({ selector, call }) =>
            selector.metric?.endsWith('_total') === true && !COUNTING.includes(call ?? ''),
        )
        .map(({ selector }) =>
          queryBreach(
            place,
            `The counter ${selector.metric ?? ''} is shown as it is.`,
            'Put it into rate, irate or increase.',
          ),
        ),
    ),
};

export const QUERY_RULES: readonly LintRule[] = [
  promql,
  logql,
  rateInterval,
  matcherRule('job'),
  matcherRule('instance'),
  counters,
  logqlAuto,
];

/** Every selector follows the reader's choice of a job or an instance. */
function matcherRule(label: 'job' | 'instance'): LintRule {
  return {
    name: `target-${label}-rule`,
    demand: `Every selector has ${label}=~"$${label}".`,
    severity: 'error',
    check: (_, context) =>
      parsed(context).flatMap((place) =>
        context
          .promql(place.target.expression)
          .selectors.filter(
            ({ selector }) =>
              !selector.matchers.some(
                ({ name, operator, value }) =>
                  name === label && operator === '=~' && value === `$${label}`,
              ),
          )
          .map(({ selector }) =>
            queryBreach(
              place,
              () =>
                `The selector ${formatSelector(selector)} does not follow the choice of ${label}.`,
              `Add ${label}=~"$${label}" to it.`,
            ),
          ),
      ),
  };
}

function problems(
  places: readonly QueryPlace[],
  check: (text: string) => readonly QueryProblem[],
): readonly Breach[] {
  return places.flatMap((place) =>
    check(place.target.expression).map(({ message, remedy }) =>
      queryBreach(place, `'${place.target.expression}': ${message}`, remedy),
    ),
  );
}

/** Queries to Prometheus whose other faults are worth naming: that a query does not parse is a rule of its own. */
function parsed({ promql, queries }: LintContext): readonly QueryPlace[] {
  return queries('prometheus').filter(
    ({ target }) => promql(target.expression).problems.length === 0,
  );
}

function isVariable(range: string | undefined, name: string): boolean {
  return range === `$__${name}` || range === `\${__${name}}`;
}
