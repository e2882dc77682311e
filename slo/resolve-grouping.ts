// Checks what an SLO is grouped by.
import type { DefinitionReader } from './definition-reader.ts';
import { printValue } from './diagnostic.ts';
import { didYouMean } from './nearest-name.ts';
import type { Grouping } from './slo.ts';
import { checkLabelName } from './text-rules.ts';

const DEFAULT_LIMIT = 500;
const HIGHEST_LIMIT = 10_000;
const MOST_LABELS = 10;

/** The grouping in `groupBy`, labels sorted; undefined when there is none or it is wrong. */
export function readGrouping(
  reader: DefinitionReader,
  known: {
    /** What the SLI can be grouped by, when that is known. */
    readonly groupLabels: readonly string[] | undefined;
    /** Labels that the SLO or its service sets to one value. */
    readonly fixed: readonly string[];
  },
): Grouping | undefined {
  if (!reader.has('groupBy')) return undefined;
  const short = Array.isArray(reader.raw('groupBy'));
  const group = short
    ? undefined
    : reader.object('groupBy', {
        known: ['labels', 'limit'],
        needed: ['labels'],
        example: `['route'], or { labels: ['route'], limit: 100 }`,
      });
  const owner = short ? reader : group;
  if (owner === undefined) return undefined;
  const property = short ? 'groupBy' : 'labels';
  const labels = owner.list(property, MOST_LABELS)?.filter((label, index) => {
    return checkGroupLabel(owner, property, index, label, known);
  });
  const limit = readLimit(group);
  if (labels === undefined) return undefined;
  if ((owner.raw(property) as readonly unknown[]).length === 0)
    owner.refuse(property, {
      code: 'group-limit',
      message: 'The grouping names no label.',
      remedy: `Name at least one, such as ['route'], or leave groupBy out.`,
    });
  return {
    labels: [...new Set(labels as readonly string[])].sort(),
    limit: limit ?? DEFAULT_LIMIT,
  };
}

function readLimit(group: DefinitionReader | undefined): number | undefined {
  const limit = group?.raw('limit');
  if (group === undefined || limit === undefined) return undefined;
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= HIGHEST_LIMIT)
    return limit;
  return group.refuse('limit', {
    code: 'group-limit',
    message: `${printValue(limit)} is not a number of groups.`,
    remedy: `Write a whole number from 1 to ${HIGHEST_LIMIT}; each group has a budget and alerts of its own.`,
  });
}

function checkGroupLabel(
  owner: DefinitionReader,
  property: string,
  index: number,
  label: unknown,
  known: Parameters<typeof readGrouping>[1],
): boolean {
  const refuse = (
    problem: Pick<Parameters<DefinitionReader['refuse']>[1], 'code' | 'message' | 'remedy'>,
  ): boolean => {
    owner.report({
      ...problem,
      severity: 'error',
      path: `${owner.at(property)}[${index}]`,
      value: printValue(label),
    });
    return false;
  };
  if (typeof label !== 'string')
    return refuse({
      code: 'wrong-type',
      message: `${printValue(label)} is not a label name.`,
      remedy: `Write names in quotes: ['route'].`,
    });
  if (!checkLabelName(label, refuse)) return false;
  if (known.groupLabels?.length === 0)
    return refuse({
      code: 'unknown-event-field',
      message: 'What this SLI counts has no field of its own.',
      remedy: 'Leave groupBy out.',
    });
  if (known.groupLabels !== undefined && !known.groupLabels.includes(label))
    return refuse({
      code: 'unknown-event-field',
      message: `The event has no field '${label}'.${didYouMean(label, known.groupLabels)}`,
      remedy: `Group by one of: ${known.groupLabels.join(', ')}; or add ${label} to the SLI's fields.`,
    });
  if (known.fixed.includes(label))
    return refuse({
      code: 'duplicate-label',
      message: `The label '${label}' is also set to one value in labels.`,
      remedy: `Leave ${label} out of either groupBy or labels.`,
    });
  return true;
}
