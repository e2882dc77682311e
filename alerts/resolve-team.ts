// Checks a team as written and fills in what was left out.
import { SEVERITIES } from '../slo/burn-policy.ts';
import { type DefinitionReader, readDefinition, refuseType } from '../slo/definition-reader.ts';
import type { Report } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import { TIERS } from '../slo/service.ts';
import { NAME_RULE } from '../slo/text-rules.ts';
import { readReceivers } from './receivers/receiver.ts';
import { readHours } from './resolve-hours.ts';
import type { Recipients, Team } from './team.ts';

/** The team that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveTeam(definition: unknown, path = ''): Resolved<Team> {
  return resolved((report) => readTeam(definition, path, report));
}

const SHAPE = {
  known: ['kind', 'name', 'page', 'ticket', 'tiers', 'hours'],
  needed: ['name', 'page'],
  example: `defineTeam({ name: 'shop', page: [pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })] })`,
};

function readTeam(definition: unknown, path: string, report: Report): Team | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'team')
    return refuseType(definition, path, report, 'a team', `Write ${SHAPE.example}.`);
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const name = reader.parsed('name', NAME_RULE);
  const page = readReceivers(reader, 'page');
  refuseNobody(reader, 'page');
  const ticket = readReceivers(reader, 'ticket');
  const tiers = readTiers(reader);
  const hours = readHours(reader, 'hours');
  if (name === undefined) return undefined;
  return { kind: 'team', name, page, ticket, tiers, ...(hours === undefined ? {} : { hours }) };
}

/** A page that reaches nobody is not one. */
function refuseNobody(reader: DefinitionReader, name: string): void {
  const written = reader.raw(name);
  if (!Array.isArray(written) || written.length > 0) return;
  reader.refuse(name, {
    code: 'missing-field',
    message: 'The list is empty: pages would reach nobody.',
    remedy: `Name at least one receiver: [pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })].`,
  });
}

function readTiers(reader: DefinitionReader): Team['tiers'] {
  const tiers = reader.object('tiers', {
    known: TIERS,
    example: `{ critical: { page: [ … ] } }`,
  });
  if (tiers === undefined) return {};
  const read = TIERS.map((tier): [string, Partial<Recipients> | undefined] => {
    const recipients = tiers.object(tier, { known: SEVERITIES, example: `{ page: [ … ] }` });
    if (recipients === undefined) return [tier, undefined];
    refuseNobody(recipients, 'page');
    const given = SEVERITIES.filter((severity) => recipients.has(severity));
    return [
      tier,
      Object.fromEntries(given.map((severity) => [severity, readReceivers(recipients, severity)])),
    ];
  });
  return Object.fromEntries(read.filter(([, recipients]) => recipients !== undefined));
}
