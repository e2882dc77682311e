// The normal form of every SLI: which events count (total), and which of them are bad or good.
// The collector and every renderer know these forms only; an SLI kind (slo/sli/) lowers itself to one of them.
import type { Predicate } from './predicate.ts';
import type { Quorum } from './quorum.ts';

/** Whether the counted part of the events is the bad or the good one. */
export type CountedPart = 'bad' | 'good';

/** Prometheus counters picked by one vector selector; `le` adds a histogram bound, compared as a number. */
export interface CounterQuery {
  /** PromQL vector selector without range, offset or function: `http_requests_total{job="api"}`. */
  readonly selector: string;
  /** Upper bound of a classic histogram bucket as normalised float text ('0.5', '+Inf'); absent for plain counters. */
  readonly le?: string;
}

/** Counters read as raw samples; every increase is counted exactly once. */
export interface CounterForm {
  readonly form: 'counters';
  readonly total: CounterQuery;
  readonly counted: CountedPart;
  readonly part: CounterQuery;
}

/** PromQL whose value at each step is a number of events in that step; approximate by nature. */
export interface ExpressionForm {
  readonly form: 'expression';
  /** PromQL in which `$step` stands for the step as a duration. */
  readonly total: string;
  readonly counted: CountedPart;
  readonly part: string;
  readonly stepSeconds: number;
}

/** A gauge judged once in every slice of time: one event per slice, good when every point compares so. */
export interface GaugeForm {
  readonly form: 'gauge';
  readonly expression: string;
  readonly goodWhen: Comparison;
  readonly sliceSeconds: number;
}

/** `value operator bound`, for example `>= 0.99`. */
export interface Comparison {
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly bound: number;
}

/** Log lines counted by LogQL log queries (a stream selector with a pipeline, no range). */
export interface LogForm {
  readonly form: 'logs';
  readonly total: string;
  readonly counted: CountedPart;
  readonly part: string;
}

/** Where events come from: a Kafka topic, or a named HTTP ingest stream. */
export type EventOrigin =
  { readonly kafka: { readonly topic: string } } | { readonly ingest: { readonly stream: string } };

/** How the time of an event is read from its field; `broker` takes the record's own timestamp (Kafka) or arrival (ingest). */
export type EventTime =
  | 'broker'
  | { readonly field: string; readonly as: 'rfc3339' | 'epoch-seconds' | 'epoch-milliseconds' };

/** A quorum of places, and what of an event says where it comes from and to which slot it belongs. */
export interface EventQuorum extends Quorum {
  /** The field that names the place. */
  readonly field: string;
  readonly slotTime: EventTime;
}

/** Single events, each judged by a predicate on its fields. */
export interface EventForm {
  readonly form: 'events';
  readonly origin: EventOrigin;
  readonly time: EventTime;
  /** Which events count; absent: all that carry the needed fields. */
  readonly total?: Predicate;
  readonly counted: CountedPart;
  readonly part: Predicate;
  /** How often events come, in seconds, when that is known: silence for less than a few of them is nothing unusual. */
  readonly everySeconds?: number;
  /** Present when several places tell together what counts: one event for each slot of time; of ingest streams only. */
  readonly quorum?: EventQuorum;
}

export type SliForm = CounterForm | ExpressionForm | GaugeForm | LogForm | EventForm;

/** A lowered SLI: its form, the name of the connection it is read from, and the kind's name as users wrote it. */
export interface Sli {
  /** The SLI kind, as `prometheusRatio`; for messages only, nobody decides by it. */
  readonly kind: string;
  /** Name of the connection in ninefold.config.ts. @default 'default' */
  readonly connection: string;
  readonly form: SliForm;
}
