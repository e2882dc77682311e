// Checks which services need which others, and that none needs itself on the way round.
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import { checkLabelName } from '../slo/text-rules.ts';
import { readReference, readReferences, readSeverities } from './resolve-references.ts';
import type { Dependency } from './routing.ts';

const MOST_DEPENDENCIES = 1000;
const SHAPE = {
  known: ['service', 'needs', 'mutes', 'equal'],
  needed: ['service', 'needs'],
  example: `{ service: checkout, needs: [payments] }`,
};

export function readDependencies(reader: DefinitionReader): readonly Dependency[] {
  const list = reader.list('dependencies', MOST_DEPENDENCIES) ?? [];
  const read = list.slice(0, MOST_DEPENDENCIES).flatMap((written, index) => {
    const path = `${reader.at('dependencies')}[${index}]`;
    const each = readDefinition(written, path, reader.report, SHAPE);
    if (each === undefined) return [];
    const service = each.has('service')
      ? readReference(each.raw('service'), each.at('service'), reader.report, 'service')
      : undefined;
    const needs = readReferences(each, 'needs', 'service');
    const mutes = readSeverities(each, 'mutes') ?? ['page' as const, 'ticket' as const];
    const equal = readEqual(each);
    return service === undefined || needs === undefined ? [] : [{ service, needs, mutes, equal }];
  });
  refuseCircles(reader, read);
  return read;
}

function readEqual(reader: DefinitionReader): readonly string[] {
  const list = reader.list('equal', 30) ?? [];
  const names = list.filter(
    (each): each is string =>
      typeof each === 'string' &&
      checkLabelName(each, (problem) => reader.refuse('equal', problem)),
  );
  if (list.some((each) => typeof each !== 'string'))
    reader.refuse('equal', {
      code: 'wrong-type',
      message: 'Not every element of the list is text.',
      remedy: `Write label names: ['region'].`,
    });
  return [...new Set(names)].sort();
}

/** Two services that mute each other would both be silent when both fail. */
function refuseCircles(reader: DefinitionReader, dependencies: readonly Dependency[]): void {
  const needs = new Map<string, Set<string>>();
  for (const [index, { service, needs: own }] of dependencies.entries()) {
    for (const needed of own) {
      const way = wayBetween(needs, needed, service);
      if (way === undefined) {
        const known = needs.get(service) ?? new Set();
        needs.set(service, known.add(needed));
        continue;
      }
      reader.refuse('dependencies', {
        code: 'unknown-value',
        message: `Dependency ${index} goes round: ${[service, ...way].join(' needs ')}. All of them would fall silent together.`,
        remedy: 'Leave out one of these dependencies.',
      });
    }
  }
}

/** The services on the way from one to the other, both included; undefined when there is none. */
function wayBetween(
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const [at] of cameFrom) {
    if (at === to) {
      const way: string[] = [];
      for (let each: string | undefined = at; each !== undefined; each = cameFrom.get(each))
        way.unshift(each);
      return way;
    }
    for (const next of needs.get(at) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, at);
  }
  return undefined;
}
