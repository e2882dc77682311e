// Checks the queries of an SLI's form with the grammars of their languages.
import { checkLogQuery } from '../formats/logql.ts';
import { checkPromql, substituteStep } from '../formats/promql.ts';
import { formatSelector, parseSelector } from '../formats/promql-selector.ts';
import type { QueryProblem } from '../formats/query-problem.ts';
import { type DiagnosticCode, printValue, type Report } from '../slo/diagnostic.ts';
import type { CounterQuery, SliForm } from '../slo/sli.ts';

/** Where the queries of an SLI were written. */
interface Written {
  readonly total: string;
  readonly part: string;
}

/** Reports what is wrong with the queries of a form; `path` is the SLI's, `written` names its properties. */
export function validateQueries(
  form: SliForm,
  written: Written,
  path: string,
  report: Report,
): void {
  const refuse: Refuse = (property, value, code, message, remedy) =>
    report({
      code,
      severity: 'error',
      path: `${path}.${property}`,
      value: printValue(value),
      message: `${message} The query is ${printValue(value)}.`,
      remedy,
    });
  switch (form.form) {
    case 'counters':
      return checkCounters(form, written, refuse);
    case 'expression':
      checkExpression(form.total, form.stepSeconds, written.total, refuse);
      checkExpression(form.part, form.stepSeconds, written.part, refuse);
      return checkSame(squeeze(form.total), squeeze(form.part), written, form.part, refuse);
    case 'gauge':
      return checkValue(form.expression, written.total, form.expression, refuse);
    case 'logs':
      checkLogs(form.total, written.total, refuse);
      checkLogs(form.part, written.part, refuse);
      return checkSame(squeeze(form.total), squeeze(form.part), written, form.part, refuse);
    case 'events':
  }
}

type Refuse = (
  property: string,
  value: string,
  code: DiagnosticCode,
  message: string,
  remedy: string,
) => void;

function checkCounters(
  form: Extract<SliForm, { form: 'counters' }>,
  written: Written,
  refuse: Refuse,
): void {
  const total = checkSelector(form.total, written.total, refuse);
  // One property that gives both queries is told once.
  const silent = total === undefined && written.part === written.total;
  const part = checkSelector(form.part, written.part, silent ? () => {} : refuse);
  if (total === undefined || part === undefined) return;
  checkSame(
    `${total} ${form.total.le ?? ''}`,
    `${part} ${form.part.le ?? ''}`,
    written,
    form.part.selector,
    refuse,
  );
}

const SELECTOR_REMEDY = `Write a metric with matchers only, http_requests_total{job="api"}: increases are counted by Ninefold.`;

/** The selector in one spelling; undefined after reporting that it is none. */
function checkSelector(query: CounterQuery, property: string, refuse: Refuse): string | undefined {
  const selector = parseSelector(query.selector);
  if (selector === undefined || checkPromql(query.selector).problems.length > 0) {
    const { problems } = checkPromql(query.selector);
    const [problem] = problems;
    if (problem === undefined)
      refuse(
        property,
        query.selector,
        'promql-selector',
        'This is more than a vector selector.',
        SELECTOR_REMEDY,
      );
    else refuseProblem(problem, property, query.selector, refuse);
    return undefined;
  }
  const bound = selector.matchers.some((matcher) => matcher.name === 'le');
  if (query.le === undefined || !bound) return formatSelector(selector);
  refuse(
    property,
    query.selector,
    'promql-selector',
    'The selector matches the label le, which the bound does already.',
    'Leave le out of the selector.',
  );
  return undefined;
}

function refuseProblem(
  problem: QueryProblem,
  property: string,
  query: string,
  refuse: Refuse,
): void {
  const code = problem.kind === 'syntax' ? 'promql-syntax' : 'promql-type';
  refuse(property, query, code, problem.message, problem.remedy);
}

function checkExpression(query: string, step: number, property: string, refuse: Refuse): void {
  if (!query.includes('$step'))
    refuse(
      property,
      query,
      'promql-step',
      'The expression does not use $step, so it cannot count the events of a step.',
      'Write $step as the range: sum(increase(errors_total[$step])).',
    );
  checkValue(substituteStep(query, step), property, query, refuse);
}

function checkValue(expression: string, property: string, written: string, refuse: Refuse): void {
  const { type, problems } = checkPromql(expression);
  for (const problem of problems) refuseProblem(problem, property, written, refuse);
  if (type === 'range vector' || type === 'string')
    refuse(
      property,
      written,
      'promql-type',
      `The expression gives a ${type}, not a number for each series.`,
      'Put a function around it: sum(increase(…)).',
    );
}

function checkLogs(query: string, property: string, refuse: Refuse): void {
  for (const problem of checkLogQuery(query)) {
    const code = problem.kind === 'syntax' ? 'logql-syntax' : 'logql-log-query';
    refuse(property, query, code, problem.message, problem.remedy);
  }
}

function checkSame(
  total: string,
  part: string,
  written: Written,
  query: string,
  refuse: Refuse,
): void {
  if (total !== part) return;
  refuse(
    written.part,
    query,
    'same-query',
    `This is the same query as ${written.total}, so the SLI would always be 0% or 100%.`,
    `Add what sets the ${written.part} events apart, such as code=~"5..".`,
  );
}

/** A query without the spaces between its words; text in quotes stays. */
function squeeze(query: string): string {
  return query.replace(/("(?:[^"\\]|\\.)*"|`[^`]*`)|\s+/g, '$1');
}
