// Checks an SLI as an SLO holds it: what its kind reported, and that its form is one of the normal forms.
import { refuseType } from './definition-reader.ts';
import { type Diagnostic, DIAGNOSTIC_CODES, type Report, reportBelow } from './diagnostic.ts';
import { isPredicate } from './evaluate-predicate.ts';
import { isRecord } from './plain-data.ts';
import type { Sli, SliForm } from './sli.ts';
import type { SliDefinition } from './sli/sli-definition.ts';

const REMEDY =
  'Pass what an SLI kind returns: prometheusRatio({ … }), prometheusLatency({ … }), lokiRatio({ … }), kafkaEvents({ … }) …';

/** What the rest of an SLO's checks need of its SLI. */
export interface ReadSli {
  readonly sli: Sli;
  readonly groupLabels?: readonly string[];
}

/** Reads an SLI, which may hold anything; undefined when it has no form. */
export function readSli(value: unknown, path: string, report: Report): ReadSli | undefined {
  if (!isRecord(value) || !Array.isArray(value['problems']))
    return refuseType(value, path, report, 'an SLI', REMEDY);
  const definition = value as unknown as SliDefinition;
  const below = reportBelow(report, path);
  const problems = (value['problems'] as readonly unknown[]).filter(isDiagnostic);
  for (const problem of problems) below(problem);
  const { kind, connection, form, groupLabels } = definition;
  if (!isForm(form) || typeof kind !== 'string' || typeof connection !== 'string') {
    if (problems.length === 0) refuseType(value, path, report, 'an SLI', REMEDY);
    return undefined;
  }
  return {
    sli: { kind, connection, form },
    ...(Array.isArray(groupLabels) ? { groupLabels: groupLabels.map(String) } : {}),
  };
}

function isDiagnostic(value: unknown): value is Diagnostic {
  if (!isRecord(value)) return false;
  const { code, severity } = value;
  const texts = ['path', 'value', 'message', 'remedy'].every(
    (name) => typeof value[name] === 'string',
  );
  const known = typeof code === 'string' && Object.hasOwn(DIAGNOSTIC_CODES, code);
  return texts && known && (severity === 'error' || severity === 'warning');
}

/** The form of an SLI as written, when it has one. */
export function readForm(value: Readonly<Record<string, unknown>>): SliForm | undefined {
  return isForm(value['form']) ? value['form'] : undefined;
}

/** Whether a value is one of the five forms, each property of its type. */
function isForm(value: unknown): value is SliForm {
  if (!isRecord(value)) return false;
  const { form, total, part, expression } = value;
  const counted = value['counted'] === 'bad' || value['counted'] === 'good';
  switch (form) {
    case 'counters':
      return counted && isCounterQuery(total) && isCounterQuery(part);
    case 'expression':
      return counted && isText(total) && isText(part) && isSeconds(value['stepSeconds']);
    case 'gauge':
      return (
        isText(expression) && isSeconds(value['sliceSeconds']) && isComparison(value['goodWhen'])
      );
    case 'logs':
      return counted && isText(total) && isText(part);
    case 'events':
      return (
        counted &&
        isPredicate(part) &&
        (total === undefined || isPredicate(total)) &&
        isOrigin(value['origin']) &&
        isTime(value['time']) &&
        (value['everySeconds'] === undefined || isSeconds(value['everySeconds'])) &&
        (value['quorum'] === undefined || isQuorum(value['quorum'], value['origin']))
      );
    default:
      return false;
  }
}

function isCounterQuery(value: unknown): boolean {
  return isRecord(value) && isText(value['selector']);
}

function isComparison(value: unknown): boolean {
  return isRecord(value) && isText(value['operator']) && typeof value['bound'] === 'number';
}

/** Places vote in the streams of an ingest; a topic has no votes. */
function isQuorum(value: unknown, origin: unknown): boolean {
  if (!isRecord(value) || !isRecord(origin) || !isRecord(origin['ingest'])) return false;
  const { field, among, atLeast, slotSeconds, slotTime } = value;
  return (
    isText(field) &&
    Array.isArray(among) &&
    among.every(isText) &&
    isSeconds(atLeast) &&
    Number(atLeast) <= among.length &&
    isSeconds(slotSeconds) &&
    isTime(slotTime)
  );
}

function isOrigin(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kafka, ingest } = value;
  return isRecord(kafka) ? isText(kafka['topic']) : isRecord(ingest) && isText(ingest['stream']);
}

function isTime(value: unknown): boolean {
  return value === 'broker' || (isRecord(value) && isText(value['field']) && isText(value['as']));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
