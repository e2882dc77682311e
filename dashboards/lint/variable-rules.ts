// Rules about variables, as dashboard-linter of Grafana's makers has them.
import { promqlProblems } from '../../formats/dashboard-query.ts';
import type { LintedDashboard } from './linted-dashboard.ts';
import type { Breach, LintRule } from './rule.ts';
import { firstPlugin, variableIn } from './telemetry.ts';

const datasource: LintRule = {
  name: 'template-datasource-rule',
  demand: 'Readers choose the datasource by a variable with the usual name.',
  severity: 'error',
  check({ variables }) {
    const own = variables.filter(({ type }) => type === 'datasource');
    if (own.length === 0)
      return [
        {
          message: 'There is no variable for the datasource.',
          remedy: 'Add a variable of type datasource named datasource, labelled Data source.',
        },
      ];
    return own.flatMap(({ name, label, query }) => {
      const plugin = query.toLowerCase();
      const title = `${plugin.slice(0, 1).toUpperCase()}${plugin.slice(1)} data source`;
      const names = [`${plugin}_datasource`, ...(own.length === 1 ? ['datasource'] : [])];
      const labels = [title, ...(own.length === 1 ? ['Data source'] : [])];
      return [
        ...wanted(`The datasource variable is named '${name}'.`, 'Name', name, names),
        ...wanted(
          `The datasource variable ${name} is labelled '${label}'.`,
          'Label',
          label,
          labels,
        ),
      ];
    });
  },
};

const job = chooserRule('job');
const instance = chooserRule('instance');

const promql: LintRule = {
  name: 'template-label-promql-rule',
  demand: 'Queries of variables are a function of the datasource over PromQL that parses.',
  severity: 'error',
  check(dashboard) {
    if (firstPlugin(dashboard) !== 'prometheus') return [];
    return dashboard.variables.flatMap(({ name, type, query, datasource }) => {
      const other = datasource.type !== undefined && datasource.type !== 'prometheus';
      return type !== 'query' || other ? [] : variableQueryBreach(name, query);
    });
  },
};

const reload: LintRule = {
  name: 'template-on-time-change-reload-rule',
  demand: 'Query variables are read again when the time range changes.',
  severity: 'error',
  check: ({ variables }) =>
    variables
      .filter(({ type, refreshesOnTimeChange }) => type === 'query' && !refreshesOnTimeChange)
      .map(({ name }) => ({
        message: `The variable ${name} keeps its values when the time range changes.`,
        remedy: 'Set its refresh to 2, on time range change.',
      })),
};

/** In the order in which readers meet them. */
export const VARIABLE_RULES: readonly LintRule[] = [datasource, job, instance, promql, reload];

/** A variable by which readers choose among jobs or instances. */
function chooserRule(name: 'job' | 'instance'): LintRule {
  return {
    name: `template-${name}-rule`,
    demand: `Readers choose ${name}s by a variable ${name}: several, or all.`,
    severity: 'error',
    check: (dashboard) =>
      firstPlugin(dashboard) === 'prometheus' ? chooserBreaches(dashboard, name) : [],
  };
}

function chooserBreaches({ variables }: LintedDashboard, name: string): readonly Breach[] {
  const variable = variables.find((each) => each.name === name);
  if (variable === undefined)
    return [
      {
        message: `There is no variable ${name}.`,
        remedy: `Add a query variable ${name}: label_values(up, ${name}).`,
      },
    ];
  const { type, label, datasource, multi, allValue = '' } = variable;
  const source = variables.find((each) => each.name === variableIn(datasource.uid ?? ''));
  const uid = datasource.uid ?? 'none';
  return [
    ...wanted(`The variable ${name} is of type ${type}.`, 'Make', type, ['query']),
    ...wanted(`The variable ${name} is labelled '${label}'.`, 'Label', label, [name]),
    ...(source?.type === 'datasource'
      ? []
      : [
          {
            message: `The variable ${name} asks the datasource '${uid}'.`,
            remedy: 'Let it ask the datasource variable: ${datasource}.',
          },
        ]),
    ...(multi
      ? []
      : [
          {
            message: `The variable ${name} takes one value only.`,
            remedy: 'Set multi to true.',
          },
        ]),
    ...wanted(`All values of ${name} are '${allValue}'.`, 'Set allValue: make', allValue, ['.+']),
  ];
}

const VARIABLE_QUERY = /^\s*(\w+)\((.*)\)\s*$/s;

function variableQueryBreach(name: string, query: string): readonly Breach[] {
  const [, call = '', inner = ''] = VARIABLE_QUERY.exec(query) ?? [];
  const remedy = 'Write label_values(metric{…}, label), metrics(pattern) or query_result(PromQL).';
  if (!['label_names', 'label_values', 'metrics', 'query_result'].includes(call))
    return [{ message: `The variable ${name} asks '${query}', which is no query.`, remedy }];
  // The label comes last, after the PromQL; a lone argument of label_values is a label.
  const comma = inner.lastIndexOf(',');
  const text = call === 'label_values' ? inner.slice(0, Math.max(0, comma)) : inner;
  if (call === 'metrics' || call === 'label_names' || text === '') return [];
  return promqlProblems(text).map(({ message }) => ({
    message: `The variable ${name} asks '${query}': ${message}`,
    remedy,
  }));
}

function wanted(
  message: string,
  verb: string,
  value: string,
  allowed: readonly string[],
): readonly Breach[] {
  return allowed.includes(value)
    ? []
    : [{ message, remedy: `${verb} it ${allowed.join(' or ')}.` }];
}
