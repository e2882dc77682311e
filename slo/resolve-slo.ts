// Checks an SLO as written and fills in what was left out: the step from what people write to what is computed.
import { type DefinitionReader, readDefinition, refuseType } from './definition-reader.ts';
import type { Report } from './diagnostic.ts';
import { type Objective, parseObjective } from './objective.ts';
import { isRecord } from './plain-data.ts';
import { readBurnPolicy } from './resolve-burn-policy.ts';
import { readGrouping } from './resolve-grouping.ts';
import { readMethod } from './resolve-method.ts';
import { readService } from './resolve-service.ts';
import { readSli } from './resolve-sli.ts';
import { readWindow } from './resolve-window.ts';
import { type Resolved, resolved } from './resolved.ts';
import type { Slo } from './slo.ts';
import { NAME_RULE, readLabels, URL_RULE } from './text-rules.ts';

/** The SLO that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveSlo(definition: unknown, path = ''): Resolved<Slo> {
  return resolved((report) => readSlo(definition, path, report));
}

const SHAPE = {
  known: [
    'kind',
    'service',
    'name',
    'description',
    'objective',
    'window',
    'sli',
    'method',
    'groupBy',
    'burnPolicy',
    'runbookUrl',
    'dashboardUrl',
    'witnessOf',
    'labels',
  ],
  needed: ['service', 'name', 'objective', 'sli'],
  example: `defineSlo({ service: checkout, name: 'availability', objective: '99.9%', sli: prometheusRatio({ … }) })`,
};

/** Objectives of more digits leave no room for exact products with burn rates. */
const MOST_OBJECTIVE_DIGITS = 9;

/**
 * Reads an SLO; undefined when a part that everything needs is wrong.
 * What is wrong with its service goes to `serviceReport`, so that a service of many SLOs is told once.
 */
export function readSlo(
  definition: unknown,
  path: string,
  report: Report,
  serviceReport: Report = report,
): Slo | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'slo')
    return refuseType(definition, path, report, 'an SLO', `Write ${SHAPE.example}.`);
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const service = reader.has('service')
    ? readService(
        reader.raw('service'),
        reader.at('service'),
        isRecord(reader.raw('service')) ? serviceReport : report,
      )
    : undefined;
  const name = reader.parsed('name', NAME_RULE);
  const objective = readObjective(reader);
  const window = readWindow(reader);
  const sli = reader.has('sli') ? readSli(reader.raw('sli'), reader.at('sli'), report) : undefined;
  const method = readMethod(reader, sli?.sli.form);
  const burnPolicy = readBurnPolicy(reader, { objective, window, method });
  const labels = readLabels(reader);
  const fixed = [...Object.keys(labels), ...Object.keys(service?.labels ?? {})];
  const groupBy = readGrouping(reader, { groupLabels: sli?.groupLabels, fixed });
  const links = readLinks(reader);
  const witnessOf = readWitnessOf(reader);
  if (service === undefined || name === undefined || objective === undefined) return undefined;
  if (sli === undefined || window === undefined || method === undefined) return undefined;
  if (burnPolicy === undefined) return undefined;
  return {
    kind: 'slo',
    id: `${service.name}/${name}`,
    name,
    service,
    sli: sli.sli,
    objective,
    window,
    method,
    ...(groupBy === undefined ? {} : { groupBy }),
    burnPolicy,
    ...links,
    ...(witnessOf === undefined ? {} : { witnessOf }),
    labels,
  };
}

function readObjective(reader: DefinitionReader): Objective | undefined {
  return reader.parsed('objective', {
    code: 'not-an-objective',
    parse: (text) =>
      text.replace(/\D/g, '').length <= MOST_OBJECTIVE_DIGITS ? parseObjective(text) : undefined,
    expected: 'an objective above 0% and below 100%',
    remedy: `Write a decimal of at most ${MOST_OBJECTIVE_DIGITS} digits with %, in quotes: '99.9%'.`,
  });
}

/** The id alone: what is wrong with the other SLO is told where it stands. */
function readWitnessOf(reader: DefinitionReader): string | undefined {
  const other = reader.raw('witnessOf');
  if (other === undefined) return undefined;
  const service = isRecord(other) ? other['service'] : undefined;
  if (isRecord(other) && other['kind'] === 'slo' && isRecord(service)) {
    return `${String(service['name'])}/${String(other['name'])}`;
  }
  return refuseType(
    other,
    reader.at('witnessOf'),
    reader.report,
    'an SLO',
    'Pass what defineSlo returned for what users do.',
  );
}

function readLinks(
  reader: DefinitionReader,
): Pick<Slo, 'description' | 'runbookUrl' | 'dashboardUrl'> {
  const description = reader.text('description');
  const runbookUrl = reader.parsed('runbookUrl', URL_RULE);
  const dashboardUrl = reader.parsed('dashboardUrl', URL_RULE);
  return {
    ...(description === undefined ? {} : { description }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(dashboardUrl === undefined ? {} : { dashboardUrl }),
  };
}
