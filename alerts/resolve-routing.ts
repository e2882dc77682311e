// Checks routing as written and fills in what was left out.
import { type DefinitionReader, readDefinition, refuseType } from '../slo/definition-reader.ts';
import type { Report } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import { NAME_RULE } from '../slo/text-rules.ts';
import { hostPort, readSecret } from './receivers/field-rules.ts';
import { readReceivers } from './receivers/receiver.ts';
import { readDependencies } from './resolve-dependencies.ts';
import { readHours } from './resolve-hours.ts';
import { readReferences, readSeverities } from './resolve-references.ts';
import { readTimers } from './resolve-timers.ts';
import {
  DEFAULT_ROUTING,
  INCIDENT_SCOPES,
  type MaintenanceWindow,
  type Routing,
  type SmtpSettings,
} from './routing.ts';

/** The routing that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveRouting(definition: unknown, path = ''): Resolved<Routing> {
  return resolved((report) => readRouting(definition, path, report));
}

const SHAPE = {
  known: [
    'kind',
    'unowned',
    'incidentPer',
    'timers',
    'maintenance',
    'dependencies',
    'smtp',
    'secretsFolder',
  ],
  example: `defineRouting({ unowned: [slack({ webhookUrl: fromFile('/run/secrets/slack') })] })`,
};

function readRouting(definition: unknown, path: string, report: Report): Routing | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'routing')
    return refuseType(definition, path, report, 'routing', `Write ${SHAPE.example}.`);
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const smtp = readSmtp(reader);
  return {
    kind: 'routing',
    unowned: readReceivers(reader, 'unowned'),
    incidentPer: reader.oneOf('incidentPer', INCIDENT_SCOPES) ?? DEFAULT_ROUTING.incidentPer,
    timers: readTimers(reader),
    maintenance: readMaintenance(reader),
    dependencies: readDependencies(reader),
    ...(smtp === undefined ? {} : { smtp }),
    secretsFolder: readFolder(reader) ?? DEFAULT_ROUTING.secretsFolder,
  };
}

function readFolder(reader: DefinitionReader): string | undefined {
  return reader.parsed('secretsFolder', {
    code: 'unknown-value',
    parse: (text) => (/^\/[^\0\n]{1,4000}$/.test(text) ? text.replace(/\/+$/, '') : undefined),
    expected: 'an absolute path',
    remedy: `Write a folder on Alertmanager's machine: '/etc/alertmanager/secrets'.`,
  });
}

function readSmtp(reader: DefinitionReader): SmtpSettings | undefined {
  const smtp = reader.object('smtp', {
    known: ['smarthost', 'from', 'user', 'password', 'requireTls'],
    needed: ['smarthost', 'from'],
    example: `{ smarthost: 'mail.example:587', from: 'alerts@example.com' }`,
    secret: true,
  });
  if (smtp === undefined) return undefined;
  const smarthost = hostPort('').read(smtp, 'smarthost');
  const from = smtp.text('from', 320);
  const user = smtp.text('user', 320);
  const password = readSecret(smtp, 'password');
  const requireTls = smtp.flag('requireTls');
  if (typeof smarthost !== 'string' || from === undefined) return undefined;
  return {
    smarthost,
    from,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(requireTls === undefined ? {} : { requireTls }),
  };
}

const MOST_WINDOWS = 100;

function readMaintenance(reader: DefinitionReader): readonly MaintenanceWindow[] {
  const list = reader.list('maintenance', MOST_WINDOWS) ?? [];
  const names = new Set<string>();
  return list.slice(0, MOST_WINDOWS).flatMap((written, index) => {
    const path = `${reader.at('maintenance')}[${index}]`;
    const each = readDefinition(written, path, reader.report, {
      known: ['name', 'during', 'teams', 'services', 'mutes'],
      needed: ['name', 'during'],
      example: `{ name: 'patch-night', during: { zone: 'UTC', days: 'sunday', from: '01:00', to: '03:00' } }`,
    });
    if (each === undefined) return [];
    const name = each.parsed('name', NAME_RULE);
    const during = readHours(each, 'during');
    const teams = readReferences(each, 'teams', 'team');
    const services = readReferences(each, 'services', 'service');
    const mutes = readSeverities(each, 'mutes') ?? ['ticket'];
    if (name === undefined || during === undefined) return [];
    if (names.has(name))
      each.refuse('name', {
        code: 'duplicate-name',
        message: `There are two maintenance windows called '${name}'.`,
        remedy: 'Give each its own name; several times fit into one window as a list.',
      });
    names.add(name);
    return [
      {
        name,
        during,
        mutes,
        ...(teams === undefined ? {} : { teams }),
        ...(services === undefined ? {} : { services }),
      },
    ];
  });
}
