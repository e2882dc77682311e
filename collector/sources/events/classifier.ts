// The SLOs of one origin (topic or stream) compiled: what of an event counts for whom, as what, and when.
import { fieldsOf, type Predicate } from '../../../slo/predicate.ts';
import type { EventForm, EventQuorum } from '../../../slo/sli.ts';
import type { Slo } from '../../../slo/slo.ts';
import { compilePredicate, type EventTest } from './compiled-predicate.ts';
import { compileField, type FieldReader } from './event-field.ts';
import { compileEventTime, eventTimeKey, type TimeReader } from './event-time.ts';

/** How one SLO sees events. */
export interface Judge {
  readonly slo: Slo;
  /** Index into the classifier's timelines. */
  readonly timeline: number;
  readonly counts: EventTest;
  readonly isBad: EventTest;
  /** Present when the SLO is grouped: label names with the fields that give their values. */
  readonly groups?: readonly { readonly label: string; readonly read: FieldReader }[];
  /** Present when places vote: who says it, and for which slot. */
  readonly quorum?: EventQuorum & {
    readonly readPlace: FieldReader;
    readonly readSlotTime: TimeReader;
  };
}

/** One way of reading time, shared by all SLOs that name it. */
export interface Timeline {
  readonly key: string;
  readonly read: TimeReader;
  /** Ids of the SLOs on it. */
  readonly slos: readonly string[];
}

export interface Classifier {
  readonly judges: readonly Judge[];
  /** Every field that judging reads: all else in an event may be left unread. */
  readonly fields: readonly string[];
  readonly timelines: readonly Timeline[];
}

/** An SLO whose SLI is made of events. */
export interface EventSlo extends Slo {
  readonly sli: Slo['sli'] & { readonly form: EventForm };
}

export function isEventSlo(slo: Slo): slo is EventSlo {
  return slo.sli.form.form === 'events';
}

export function createClassifier(slos: readonly EventSlo[]): Classifier {
  const keys = [...new Set(slos.map((slo) => eventTimeKey(slo.sli.form.time)))];
  return {
    judges: slos.map((slo) => judge(slo, keys.indexOf(eventTimeKey(slo.sli.form.time)))),
    fields: [...new Set(slos.flatMap(readFields))].sort(),
    timelines: keys.map((key) => timeline(key, slos)),
  };
}

function readFields({ sli: { form }, groupBy }: EventSlo): readonly string[] {
  return [
    ...fieldsOf(form.part),
    ...(form.total === undefined ? [] : fieldsOf(form.total)),
    ...(form.time === 'broker' ? [] : [form.time.field]),
    ...(form.quorum === undefined ? [] : [form.quorum.field]),
    ...(form.quorum === undefined || form.quorum.slotTime === 'broker'
      ? []
      : [form.quorum.slotTime.field]),
    ...(groupBy?.labels ?? []),
  ];
}

function timeline(key: string, slos: readonly EventSlo[]): Timeline {
  const members = slos.filter((slo) => eventTimeKey(slo.sli.form.time) === key);
  const time = members[0]?.sli.form.time ?? 'broker';
  return { key, read: compileEventTime(time), slos: members.map((slo) => slo.id) };
}

function judge(slo: EventSlo, timeline: number): Judge {
  const { total, part, counted, quorum } = slo.sli.form;
  const isPart = compilePredicate(part);
  return {
    slo,
    timeline,
    counts: total === undefined ? carriesFieldsOf(part) : compilePredicate(total),
    isBad: counted === 'bad' ? isPart : (event) => !isPart(event),
    ...(slo.groupBy && {
      groups: slo.groupBy.labels.map((label) => ({ label, read: compileField(label) })),
    }),
    ...(quorum && {
      quorum: {
        ...quorum,
        readPlace: compileField(quorum.field),
        readSlotTime: compileEventTime(quorum.slotTime),
      },
    }),
  };
}

/** Without a total, an event counts when it has every field that the part compares; `exists` compares nothing. */
function carriesFieldsOf(part: Predicate): EventTest {
  const asked = fieldsOf({ all: comparisons(part) });
  return compilePredicate({ all: asked.map((field) => ({ field, exists: true })) });
}

function comparisons(predicate: Predicate): Predicate[] {
  if ('all' in predicate) return predicate.all.flatMap(comparisons);
  if ('any' in predicate) return predicate.any.flatMap(comparisons);
  if ('not' in predicate) return comparisons(predicate.not);
  return 'exists' in predicate ? [] : [predicate];
}
