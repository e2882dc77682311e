// Checks a check as written and fills in what was left out: the step from what people write to what is tried.
import { type DefinitionReader, readDefinition, refuseType } from '../slo/definition-reader.ts';
import { DIAGNOSTIC_CODES, type Diagnostic, type Report, reportBelow } from '../slo/diagnostic.ts';
import { toNumber } from '../slo/decimal.ts';
import { formatDuration } from '../slo/duration.ts';
import { isRecord } from '../slo/plain-data.ts';
import { readService } from '../slo/resolve-service.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import {
  DURATION_RULE,
  NAME_RULE,
  PERCENTAGE_RULE,
  readLabels,
  URL_RULE,
} from '../slo/text-rules.ts';
import { type Check, longestRunMs, type Retries } from './check.ts';
import type { ProbeDefinition, ProbeForm } from './probe-definition.ts';
import { printLimit, readTimeLimit } from './time-limit.ts';

/** The check that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveCheck(definition: unknown, path = ''): Resolved<Check> {
  return resolved((report) => readCheck(definition, path, report));
}

const SHAPE = {
  known: [
    'kind',
    'service',
    'name',
    'description',
    'probe',
    'every',
    'jitter',
    'timeout',
    'retries',
    'degradedAfter',
    'failedAfter',
    'locations',
    'tags',
    'labels',
    'runbookUrl',
  ],
  needed: ['service', 'name', 'probe'],
  example: `defineCheck({ service: storefront, name: 'home', probe: http({ url: 'https://shop.example/' }) })`,
};

const MINUTE = 60;
const LONGEST_PERIOD = 7 * 86_400;
const USUAL_TIMEOUT_MS = 10_000;
const SHORTEST_LIMIT_MS = 1;
const LONGEST_LIMIT_MS = 600_000;

/**
 * Reads a check; undefined when a part that everything needs is wrong.
 * What is wrong with its service goes to `serviceReport`, so that a service of many checks is told once.
 */
export function readCheck(
  definition: unknown,
  path: string,
  report: Report,
  serviceReport: Report = report,
): Check | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'check')
    return refuseType(definition, path, report, 'a check', `Write ${SHAPE.example}.`);
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const written = reader.raw('service');
  const service = reader.has('service')
    ? readService(written, reader.at('service'), isRecord(written) ? serviceReport : report)
    : undefined;
  const name = reader.parsed('name', NAME_RULE);
  const probe = reader.has('probe') ? readProbe(reader) : undefined;
  const everySeconds = readPeriod(reader);
  const timing = readTiming(reader, everySeconds);
  const rest = readRest(reader);
  if (service === undefined || name === undefined || probe === undefined) return undefined;
  return {
    kind: 'check',
    id: `${service.name}/${name}`,
    name,
    service,
    probe,
    everySeconds,
    ...timing,
    ...rest,
  };
}

const PROBE_REMEDY = `Pass what a kind of probe returns: http({ url: 'https://shop.example/' }).`;

function readProbe(reader: DefinitionReader): ProbeForm | undefined {
  const value = reader.raw('probe');
  const path = reader.at('probe');
  if (!isRecord(value) || value['kind'] !== 'probe' || !Array.isArray(value['problems']))
    return refuseType(value, path, reader.report, 'a probe', PROBE_REMEDY);
  const { form, problems } = value as unknown as ProbeDefinition;
  const below = reportBelow(reader.report, path);
  const known = problems.filter(isDiagnostic);
  for (const problem of known) below(problem);
  if (isForm(form)) return form;
  return known.length > 0
    ? undefined
    : refuseType(value, path, reader.report, 'a probe', PROBE_REMEDY);
}

function isDiagnostic(value: Diagnostic): boolean {
  return isRecord(value) && Object.hasOwn(DIAGNOSTIC_CODES, value.code);
}

function isForm(value: unknown): value is ProbeForm {
  if (!isRecord(value)) return false;
  const { type, target, settings, assertions } = value;
  const texts = typeof type === 'string' && typeof target === 'string';
  return texts && isRecord(settings) && Array.isArray(assertions);
}

function readPeriod(reader: DefinitionReader): number {
  const seconds = reader.parsed('every', DURATION_RULE);
  if (seconds === undefined || seconds <= LONGEST_PERIOD) return seconds ?? MINUTE;
  reader.refuse('every', {
    code: 'out-of-range',
    message: `${formatDuration(seconds)} is longer than a week.`,
    remedy: `Write '1s' to '7d'.`,
  });
  return MINUTE;
}

type Timing = Pick<Check, 'jitter' | 'timeoutMs' | 'retries' | 'degradedAfterMs' | 'failedAfterMs'>;

function readTiming(reader: DefinitionReader, everySeconds: number): Timing {
  const limit = (name: string): number | undefined =>
    readTimeLimit(reader, name, SHORTEST_LIMIT_MS, LONGEST_LIMIT_MS);
  const jitter = reader.parsed('jitter', PERCENTAGE_RULE);
  const timeoutMs = limit('timeout') ?? Math.min(USUAL_TIMEOUT_MS, everySeconds * 500);
  const retries = readRetries(reader);
  const degradedAfterMs = limit('degradedAfter');
  const failedAfterMs = limit('failedAfter');
  checkLongest(reader, { timeoutMs, retries }, everySeconds);
  checkLimits(reader, [
    ['degradedAfter', degradedAfterMs],
    ['failedAfter', failedAfterMs],
    ['timeout', timeoutMs],
  ]);
  return {
    jitter: jitter === undefined ? 0.1 : toNumber(jitter),
    timeoutMs,
    retries,
    ...(degradedAfterMs === undefined ? {} : { degradedAfterMs }),
    ...(failedAfterMs === undefined ? {} : { failedAfterMs }),
  };
}

const MOST_RETRIES = 5;

function readRetries(reader: DefinitionReader): Retries {
  const retries = reader.object('retries', {
    known: ['most', 'wait', 'backoff', 'on'],
    needed: ['most'],
    example: `{ most: 2, wait: '1s', backoff: 'exponential' }`,
  });
  const waitMs = retries && readTimeLimit(retries, 'wait', SHORTEST_LIMIT_MS, LONGEST_LIMIT_MS);
  return {
    most: retries?.whole('most', 1, MOST_RETRIES) ?? 0,
    waitMs: waitMs ?? 1000,
    backoff: retries?.oneOf('backoff', ['fixed', 'exponential']) ?? 'fixed',
    on: retries?.oneOf('on', ['network', 'failure']) ?? 'network',
  };
}

/** A run that outlasts its period would meet the next one, here as in a CronJob. */
function checkLongest(
  reader: DefinitionReader,
  timing: Pick<Check, 'timeoutMs' | 'retries'>,
  everySeconds: number,
): void {
  const longest = longestRunMs(timing);
  if (longest <= everySeconds * 1000) return;
  reader.refuse(timing.retries.most > 0 ? 'retries' : 'timeout', {
    code: 'check-outlasts-period',
    message: `All tries and waits can take ${printLimit(longest)}, longer than the period of ${formatDuration(everySeconds)}.`,
    remedy: 'Shorten timeout, have fewer retries, or run it less often.',
  });
}

/** A limit that is not below the next one could never be told. */
function checkLimits(
  reader: DefinitionReader,
  limits: readonly (readonly [string, number | undefined])[],
): void {
  const given = limits.filter((each): each is [string, number] => each[1] !== undefined);
  for (const [index, [name, ms]] of given.entries()) {
    const [next, nextMs] = given[index + 1] ?? ['', Number.POSITIVE_INFINITY];
    if (ms < nextMs) continue;
    reader.refuse(name, {
      code: 'limit-order',
      message: `${name} is ${printLimit(ms)}, and ${next} is ${printLimit(nextMs)}.`,
      remedy: 'Have degradedAfter below failedAfter, and both below timeout.',
    });
  }
}

type Rest = Pick<Check, 'description' | 'locations' | 'tags' | 'labels' | 'runbookUrl'>;

function readRest(reader: DefinitionReader): Rest {
  const description = reader.text('description');
  const runbookUrl = reader.parsed('runbookUrl', URL_RULE);
  return {
    ...(description === undefined ? {} : { description }),
    locations: readNames(reader, 'locations'),
    tags: readNames(reader, 'tags'),
    labels: readLabels(reader),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
  };
}

const MOST_NAMES = 50;

/** A list of names, sorted, each once. */
function readNames(reader: DefinitionReader, property: string): readonly string[] {
  const list = reader.list(property, MOST_NAMES) ?? [];
  const names = list.filter(
    (each): each is string => typeof each === 'string' && NAME_RULE.parse(each) !== undefined,
  );
  if (names.length < list.length)
    reader.refuse(property, {
      code: 'not-a-name',
      message: 'Not every element of the list is a name.',
      remedy: NAME_RULE.remedy,
    });
  return [...new Set(names)].sort();
}
