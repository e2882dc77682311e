// Alerts with times, as `amtool alert query -o json` prints them or as a person writes them, read and checked.
import { printValue, type Diagnostic, type Report } from '../../slo/diagnostic.ts';
import { readDefinition, refuseType } from '../../slo/definition-reader.ts';
import type { DefinitionReader, Refusal, TextRule } from '../../slo/definition-reader.ts';
import { isRecord } from '../../slo/plain-data.ts';
import { INSTANT_REMEDY, parseInstant } from './instant.ts';
import { tidyLabels } from './label-set.ts';
import type { LabelSet } from './label-set.ts';

/** One stretch of time for which an alert fires. */
export interface TimedAlert {
  /** At least one, none empty. */
  readonly labels: LabelSet;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  /** The first instant at which it is resolved; undefined while it fires on. */
  readonly endsAtMs: number | undefined;
}

const MOST_ALERTS = 100_000;
const MOST_LABELS = 128;
const LONGEST_VALUE = 65_536;
/** Diagnostics beyond this many add nothing. */
const MOST_DIAGNOSTICS = 200;

export const INSTANT_RULE: TextRule<number> = {
  code: 'wrong-type',
  parse: parseInstant,
  expected: 'a time with an offset or a zone',
  remedy: INSTANT_REMEDY,
};

/** Reads a list of at most 100,000 alerts out of parsed JSON or YAML; all mistakes at once. */
export function readAlertList(
  data: unknown,
): { readonly alerts: readonly TimedAlert[] } | { readonly problems: readonly Diagnostic[] } {
  return readAll(data, `[{ labels, startsAt, endsAt }, …]`, readAlert);
}

/** An alert that may fire beside another one. */
export interface FiringAlert {
  readonly labels: LabelSet;
  /** Undefined: since ever. */
  readonly startsAtMs: number | undefined;
  readonly endsAtMs: number | undefined;
}

/** As readAlertList, but times may be left out, and an alert may be nothing but its labels. */
export function readFiringAlerts(
  data: unknown,
): { readonly alerts: readonly FiringAlert[] } | { readonly problems: readonly Diagnostic[] } {
  return readAll(
    data,
    `[{ severity: 'page' }, …] or [{ labels: { severity: 'page' } }, …]`,
    readFiring,
  );
}

function readAll<Alert>(
  data: unknown,
  example: string,
  read: (value: unknown, path: string, report: Report) => Alert | undefined,
): { readonly alerts: readonly Alert[] } | { readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const report: Report = (problem) => {
    if (problems.length < MOST_DIAGNOSTICS) problems.push(problem);
  };
  const list = checkedList(data, example, report);
  const alerts = list.flatMap((each, index): Alert[] => {
    const alert = read(each, `[${index}]`, report);
    return alert === undefined ? [] : [alert];
  });
  return problems.length > 0 ? { problems } : { alerts };
}

function checkedList(data: unknown, example: string, report: Report): readonly unknown[] {
  if (!Array.isArray(data)) {
    refuseType(data, '', report, 'a list of alerts', `Write ${example}.`);
    return [];
  }
  if (data.length <= MOST_ALERTS) return data;
  report({
    code: 'out-of-range',
    severity: 'error',
    path: '',
    value: String(data.length),
    message: `There are ${data.length} alerts.`,
    remedy: `Give at most ${MOST_ALERTS}, of a shorter time.`,
  });
  return [];
}

/** What an alert may have; what Alertmanager's API tells besides changes nothing of what is sent. */
const ALERT_FIELDS = [
  'labels',
  'annotations',
  'startsAt',
  'endsAt',
  'fingerprint',
  'generatorURL',
  'receivers',
  'status',
  'updatedAt',
];

function readFiring(value: unknown, path: string, report: Report): FiringAlert | undefined {
  // A label may be called `labels`, but then its value is text.
  if (!isRecord(value) || !isRecord(value['labels'])) return labelsAlone(value, path, report);
  const reader = readDefinition(value, path, report, {
    known: ALERT_FIELDS,
    example: `{ labels: { severity: 'page' } }`,
  });
  const labels = reader === undefined ? undefined : readLabelSet(reader, 'labels');
  if (reader === undefined || labels === undefined) return undefined;
  const startsAtMs = reader.parsed('startsAt', INSTANT_RULE);
  return { labels, startsAtMs, endsAtMs: readEnd(reader, startsAtMs) };
}

function labelsAlone(value: unknown, path: string, report: Report): FiringAlert | undefined {
  const labels = checkedLabels(value, (problem): undefined => {
    report({ severity: 'error', path, value: printValue(value), ...problem });
  });
  return labels === undefined ? undefined : { labels, startsAtMs: undefined, endsAtMs: undefined };
}

function readAlert(value: unknown, path: string, report: Report): TimedAlert | undefined {
  const reader = readDefinition(value, path, report, {
    known: ALERT_FIELDS,
    needed: ['labels', 'startsAt'],
    example: `{ labels: { alertname: 'X' }, startsAt: '2026-03-29T00:30:00Z' }`,
  });
  if (reader === undefined) return undefined;
  const labels = readLabelSet(reader, 'labels');
  const annotations = reader.has('annotations')
    ? checkedTexts(reader.raw('annotations'), (problem) => reader.refuse('annotations', problem))
    : {};
  const startsAtMs = reader.parsed('startsAt', INSTANT_RULE);
  const endsAtMs = readEnd(reader, startsAtMs);
  if (labels === undefined || startsAtMs === undefined) return undefined;
  return { labels, annotations: annotations ?? {}, startsAtMs, endsAtMs };
}

/** Go's zero time, which Alertmanager writes for an alert without an end, is none. */
function readEnd(reader: DefinitionReader, startsAtMs: number | undefined): number | undefined {
  if (reader.raw('endsAt') === null || reader.raw('endsAt') === '0001-01-01T00:00:00Z')
    return undefined;
  const endsAtMs = reader.parsed('endsAt', INSTANT_RULE);
  if (endsAtMs === undefined || startsAtMs === undefined || endsAtMs >= startsAtMs) return endsAtMs;
  return reader.refuse('endsAt', {
    code: 'out-of-range',
    message: `The alert ends at ${printValue(reader.raw('endsAt'))}, before it starts at ${printValue(reader.raw('startsAt'))}.`,
    remedy: 'Write an end that is not before the start.',
  });
}

/** A property that holds labels; at least one of them must have a value. */
export function readLabelSet(reader: DefinitionReader, name: string): LabelSet | undefined {
  return reader.has(name)
    ? checkedLabels(reader.raw(name), (problem) => reader.refuse(name, problem))
    : undefined;
}

type Refuse = (problem: Refusal) => undefined;

/** Labels, at least one of them with a value; undefined when they were refused. */
export function checkedLabels(value: unknown, refuse: Refuse): LabelSet | undefined {
  const texts = checkedTexts(value, refuse);
  if (texts === undefined) return undefined;
  const labels = tidyLabels(texts);
  if (Object.keys(labels).length > 0) return labels;
  return refuse({
    code: 'missing-field',
    message: 'There is no label with a value.',
    remedy: `Write at least one, such as alertname.`,
  });
}

/** Texts by name. */
function checkedTexts(
  value: unknown,
  refuse: Refuse,
): Readonly<Record<string, string>> | undefined {
  if (!isRecord(value) || Object.keys(value).length > MOST_LABELS)
    return refuse({
      code: 'wrong-type',
      message: `${printValue(value)} is not an object of at most ${MOST_LABELS} texts.`,
      remedy: `Write { severity: 'page' }.`,
    });
  const wrong = Object.entries(value).find(
    ([, text]) => typeof text !== 'string' || text.length > LONGEST_VALUE,
  );
  if (wrong === undefined) return value as Readonly<Record<string, string>>;
  return refuse({
    code: 'wrong-type',
    message: `${printValue(wrong[1])} of '${wrong[0]}' is not text of at most ${LONGEST_VALUE} characters.`,
    remedy: 'Write text; put quotes around numbers and true or false.',
  });
}
