// Which fields hold lists or maps, of what, and which of them keep the places of their entries.
import type { FieldType } from '../capability.ts';

/** What the entries of a list or map are read as. */
const ENTRY_TYPES: Readonly<Partial<Record<FieldType, string>>> = {
  texts: 'text',
  templates: 'template',
  secrets: 'secret',
  'text-map': 'text',
  'template-map': 'template',
  'secrets-map': 'secrets',
  'pattern-map': 'pattern',
  'label-set': 'template',
  headers: '{header}',
  matchers: 'matcher',
  'label-names': 'label-name',
  weekdays: 'weekday',
  'days-of-month': 'day-of-month',
  months: 'month',
  years: 'year',
};

/** Lists whose texts keep their place, for whoever has something to say about one of them. */
const TEXT_LISTS: ReadonlySet<string> = new Set(['texts', 'templates', 'label-names']);

const MAPS: ReadonlySet<string> = new Set([
  'text-map',
  'template-map',
  'secrets-map',
  'pattern-map',
  'label-set',
  'headers',
]);

/** What the entries are read as; undefined when the type is neither list nor map. */
export function entryType(type: string): string | undefined {
  return ENTRY_TYPES[type as FieldType];
}

export function isMapType(type: string): boolean {
  return MAPS.has(type);
}

export function keepsPlaces(type: string): boolean {
  return TEXT_LISTS.has(type);
}
