// Checks a runbook as written and fills in what was left out.
import { SEVERITIES } from '../slo/burn-policy.ts';
import { type DefinitionReader, readDefinition, refuseType } from '../slo/definition-reader.ts';
import { joinPath, printValue, type Report } from '../slo/diagnostic.ts';
import { ALERTS } from '../slo/names.ts';
import { isRecord } from '../slo/plain-data.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import { NAME_RULE } from '../slo/text-rules.ts';
import {
  DATE_RULE,
  readDashboards,
  readEscalation,
  readIncidents,
  readTeam,
} from './read-context.ts';
import { readDecisions, readQuery, readSteps, referenceId } from './read-steps.ts';
import type { Runbook, RunbookSubject } from './runbook.ts';

/** The runbook that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveRunbook(definition: unknown, path = ''): Resolved<Runbook> {
  return resolved((report) => readRunbook(definition, path, report));
}

const SHAPE = {
  known: [
    'kind',
    'name',
    'title',
    'alerts',
    'symptoms',
    'firstFiveMinutes',
    'decisions',
    'verification',
    'rollBack',
    'escalation',
    'dashboards',
    'logs',
    'incidents',
    'owner',
    'reviewed',
  ],
  needed: ['name', 'title', 'alerts', 'firstFiveMinutes', 'reviewed'],
  example: `defineRunbook({ name: 'checkout-errors', title: '…', alerts: [{ slo }], firstFiveMinutes: [{ do: '…' }], reviewed: '2026-11-22' })`,
};

const LONGEST_TITLE = 120;

function readRunbook(definition: unknown, path: string, report: Report): Runbook | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'runbook')
    return refuseType(definition, path, report, 'a runbook', `Write ${SHAPE.example}.`);
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const name = reader.parsed('name', NAME_RULE);
  const title = reader.text('title', LONGEST_TITLE);
  const alerts = readSubjects(reader);
  const guide = {
    symptoms: readLines(reader, 'symptoms'),
    firstFiveMinutes: readSteps(reader, 'firstFiveMinutes'),
    decisions: readDecisions(reader, 'decisions'),
    verification: readSteps(reader, 'verification'),
    rollBack: readSteps(reader, 'rollBack'),
  };
  refuseEmpty(
    reader,
    'firstFiveMinutes',
    `Say what to do first: [{ do: 'See what was deployed last.' }].`,
  );
  const escalation = readEscalation(reader);
  const dashboards = readDashboards(reader);
  const logs = readQuery(reader, 'logs', 'logql');
  const incidents = readIncidents(reader);
  const owner = reader.has('owner')
    ? readTeam(reader.raw('owner'), reader.at('owner'), report)
    : undefined;
  const reviewed = reader.parsed('reviewed', DATE_RULE);
  if (name === undefined || title === undefined || reviewed === undefined) return undefined;
  return {
    kind: 'runbook',
    name,
    title,
    alerts,
    ...guide,
    escalation,
    dashboards,
    ...(logs === undefined ? {} : { logs }),
    incidents,
    ...(owner === undefined ? {} : { owner }),
    reviewed,
  };
}

const MOST_LINES = 50;
const LONGEST_LINE = 1000;

function readLines(reader: DefinitionReader, name: string): readonly string[] {
  const list = reader.list(name, MOST_LINES) ?? [];
  return list.slice(0, MOST_LINES).flatMap((each, index) => {
    if (typeof each === 'string' && each.trim() !== '' && each.length <= LONGEST_LINE)
      return [each];
    const expected = `text of 1 to ${LONGEST_LINE} characters`;
    const path = joinPath(reader.at(name), index);
    refuseType(each, path, reader.report, expected, 'Write a sentence in quotes.');
    return [];
  });
}

function refuseEmpty(reader: DefinitionReader, name: string, remedy: string): void {
  const written = reader.raw(name);
  if (!Array.isArray(written) || written.length > 0) return;
  reader.refuse(name, { code: 'missing-field', message: 'The list is empty.', remedy });
}

const MOST_SUBJECTS = 1000;
const SUBJECT = {
  known: ['slo', 'alert', 'severity'],
  example: `{ slo: availability, severity: 'page' }`,
};
const ALERT_NAME = /^[A-Za-z_:][\w:]{0,199}$/;

function readSubjects(reader: DefinitionReader): readonly RunbookSubject[] {
  refuseEmpty(reader, 'alerts', 'Name the alerts that it is for: [{ slo: availability }].');
  const list = reader.list('alerts', MOST_SUBJECTS) ?? [];
  return list.slice(0, MOST_SUBJECTS).flatMap((each, index) => {
    const path = joinPath(reader.at('alerts'), index);
    const subject = readDefinition(each, path, reader.report, SUBJECT);
    const read = subject && readSubject(subject);
    return read === undefined ? [] : [read];
  });
}

function readSubject(reader: DefinitionReader): RunbookSubject | undefined {
  const alert = reader.parsed('alert', {
    code: 'unknown-alert',
    parse: (text) => (ALERT_NAME.test(text) ? text : undefined),
    expected: 'the name of an alert',
    remedy: `Write it as rules do: '${ALERTS.missing}'.`,
  });
  const severity = reader.oneOf('severity', SEVERITIES);
  if (!reader.has('slo')) {
    if (!reader.has('alert'))
      reader.refuse('alert', {
        code: 'missing-field',
        message: 'This names neither an SLO nor an alert.',
        remedy: `Write ${SUBJECT.example}, or { alert: '${ALERTS.missing}' }.`,
      });
    return alert === undefined ? undefined : { alert, ...(severity && { severity }) };
  }
  const slo = readSloReference(reader);
  if (slo === undefined) return undefined;
  return { slo, alert: alert ?? ALERTS.burn, ...(severity && { severity }) };
}

/** The id of an SLO that is passed itself. */
function readSloReference(reader: DefinitionReader): string | undefined {
  const written = reader.raw('slo');
  const id = referenceId(written, 'slo');
  if (id !== undefined) return id;
  const message = `${printValue(written)} is not an SLO.`;
  return reader.refuse('slo', {
    code: 'wrong-type',
    message,
    remedy: 'Pass what defineSlo returned.',
  });
}
