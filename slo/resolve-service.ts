// Checks a service as written and fills in what was left out.
import { readDefinition, refuseType } from './definition-reader.ts';
import type { Report } from './diagnostic.ts';
import { isRecord } from './plain-data.ts';
import { type Resolved, resolved } from './resolved.ts';
import { type Service, TIERS } from './service.ts';
import { NAME_RULE, readLabels, URL_RULE } from './text-rules.ts';

/** The service that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveService(definition: unknown, path = ''): Resolved<Service> {
  return resolved((report) => readService(definition, path, report));
}

const SHAPE = {
  known: ['kind', 'name', 'team', 'tier', 'description', 'labels', 'links'],
  needed: ['name', 'team'],
  example: `defineService({ name: 'checkout', team: 'shop' })`,
};

/** Reads a service; undefined when its name or team is missing or wrong. */
export function readService(
  definition: unknown,
  path: string,
  report: Report,
): Service | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'service')
    return refuseType(
      definition,
      path,
      report,
      'a service',
      `Pass what ${SHAPE.example} returned.`,
    );
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const name = reader.parsed('name', NAME_RULE);
  const team = reader.parsed('team', NAME_RULE);
  const tier = reader.oneOf('tier', TIERS) ?? 'standard';
  const description = reader.text('description');
  const labels = readLabels(reader);
  const links = readLinks(
    reader.object('links', linksShape(definition['links'])),
    definition['links'],
  );
  if (name === undefined || team === undefined) return undefined;
  return {
    kind: 'service',
    name,
    team,
    tier,
    ...(description === undefined ? {} : { description }),
    labels,
    links,
  };
}

const MOST_LINKS = 30;

function linksShape(links: unknown): {
  readonly known: readonly string[];
  readonly example: string;
} {
  const known = isRecord(links) ? Object.keys(links).slice(0, MOST_LINKS) : [];
  return { known, example: `{ wiki: 'https://wiki.example/checkout' }` };
}

function readLinks(
  reader: ReturnType<typeof readDefinition>,
  written: unknown,
): Readonly<Record<string, string>> {
  if (reader === undefined || !isRecord(written)) return {};
  const names = linksShape(written).known;
  const links = names.map((name) => [name, reader.parsed(name, URL_RULE)] as const);
  return Object.fromEntries(
    links.filter((link): link is [string, string] => link[1] !== undefined),
  );
}
