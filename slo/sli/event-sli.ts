// What the event SLI kinds share: declared fields, an event time, and predicates on them.
import { type DefinitionReader, readDefinition } from '../definition-reader.ts';
import { joinPath, printValue } from '../diagnostic.ts';
import { type EventPredicate, evaluatePredicate } from '../evaluate-predicate.ts';
import { FIELD_KINDS, type FieldKind, type FieldKinds } from '../event-fields.ts';
import { didYouMean, nearestName } from '../nearest-name.ts';
import { isRecord } from '../plain-data.ts';
import type { EventOrigin, EventTime } from '../sli.ts';
import { type BadOrGood, type Lowered, readPart } from './sli-definition.ts';

type NamesOf<Kinds extends FieldKinds, Kind extends FieldKind> = {
  [Name in keyof Kinds]: Kinds[Name] extends Kind ? Name : never;
}[keyof Kinds];

/** The field that holds an event's time, and how it is written there; `'broker'` takes the record's own time, or arrival. */
export type EventTimeInput<Kinds extends FieldKinds> =
  | 'broker'
  | { readonly field: NamesOf<Kinds, 'string'>; readonly as: 'rfc3339' }
  | {
      readonly field: NamesOf<Kinds, 'number'>;
      readonly as: 'epoch-seconds' | 'epoch-milliseconds';
    };

/** What every event SLI takes beside its origin. */
export type EventInput<Kinds extends FieldKinds> = {
  /** The fields that predicates, time and grouping use, and what they hold. */
  readonly fields: Kinds;
  /** @default 'broker' */
  readonly time?: EventTimeInput<NoInfer<Kinds>>;
  /** Which events count. @default all that hold the fields that are read */
  readonly total?: EventPredicate<NoInfer<Kinds>>;
} & BadOrGood<EventPredicate<NoInfer<Kinds>>>;

export const EVENT_PROPERTIES = ['fields', 'time', 'total', 'bad', 'good'] as const;

const FIELD_NAME = /^[A-Za-z_@][\w@-]*(?:\.[A-Za-z_@][\w@-]*){0,7}$/;
const MOST_FIELDS = 100;

/** Lowers what every event SLI has; `origin` is undefined when it was refused. */
export function lowerEvents<Label extends string>(
  reader: DefinitionReader,
  origin: EventOrigin | undefined,
): Lowered<Label> | undefined {
  const fields = readFields(reader);
  const time = readTime(reader, fields);
  const total = evaluatePredicate(reader, 'total', fields);
  const part = readPart(reader, (name) => evaluatePredicate(reader, name, fields));
  if (origin === undefined || part === undefined) return undefined;
  return {
    form: {
      form: 'events',
      origin,
      time,
      ...(total === undefined ? {} : { total }),
      counted: part.counted,
      part: part.value,
    },
    written: { total: 'total', part: part.counted },
    groupLabels: Object.keys(fields) as Label[],
  };
}

function readFields(reader: DefinitionReader): FieldKinds {
  const written = reader.raw('fields');
  if (written === undefined) return {};
  const names = isRecord(written) ? Object.keys(written) : [];
  const fields = readDefinition(written, reader.at('fields'), reader.report, {
    known: names,
    example: `{ status: 'status', latency: 'seconds', path: 'string' }`,
  });
  if (fields === undefined) return {};
  if (names.length === 0 || names.length > MOST_FIELDS)
    reader.refuse('fields', {
      code: 'out-of-range',
      message: `${names.length} fields are declared.`,
      remedy: `Declare 1 to ${MOST_FIELDS}: { status: 'status', latency: 'seconds' }.`,
    });
  const kinds: Record<string, FieldKind> = {};
  for (const name of names.slice(0, MOST_FIELDS)) {
    if (!FIELD_NAME.test(name))
      fields.refuse(name, {
        code: 'not-a-name',
        message: `${printValue(name)} cannot be a field's name.`,
        remedy: 'Use letters, digits, _, @ and -; dots reach into nested objects.',
      });
    kinds[name] = fields.oneOf(name, FIELD_KINDS) ?? 'string';
  }
  return kinds;
}

const TIME_FORMATS = ['rfc3339', 'epoch-seconds', 'epoch-milliseconds'] as const;

function readTime(reader: DefinitionReader, fields: FieldKinds): EventTime {
  if (!reader.has('time') || reader.raw('time') === 'broker') return 'broker';
  const time = reader.object('time', {
    known: ['field', 'as'],
    needed: ['field', 'as'],
    example: `'broker', or { field: 'time', as: 'rfc3339' }`,
  });
  const field = time?.text('field');
  const as = time?.oneOf('as', TIME_FORMATS);
  if (time === undefined || field === undefined || as === undefined) return 'broker';
  const needed = as === 'rfc3339' ? 'string' : 'number';
  const kind = fields[field];
  if (kind === undefined)
    time.refuse('field', {
      code: 'unknown-event-field',
      message: `The field '${field}' is not declared in fields.${didYouMean(field, Object.keys(fields))}`,
      remedy: `Add ${nearestName(field, Object.keys(fields)) ?? field}: '${needed}' to fields, and name it here.`,
    });
  else if (kind !== needed)
    time.refuse('field', {
      code: 'wrong-type',
      message: `The field '${field}' is declared as ${kind}, but ${as} is read from a ${needed}.`,
      remedy: `Declare ${joinPath('fields', field)} as '${needed}', or choose another format.`,
    });
  return { field, as };
}
