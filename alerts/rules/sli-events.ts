// Chooses how rules count an SLO's events, or says why they cannot.
import type { Slo } from '../../slo/slo.ts';
import { counterEvents } from './counter-events.ts';
import type { EventTile } from './event-tile.ts';
import type { PrometheusTarget } from './prometheus-target.ts';
import type { Refusal } from './rule.ts';
import { stepTile } from './step-tile.ts';

/** The tile of an SLO, or why rules cannot count its events. */
export function sliEvents(slo: Slo, target: PrometheusTarget): EventTile | Refusal {
  const { form } = slo.sli;
  const groups = slo.groupBy?.labels ?? [];
  if (slo.method.kind === 'time-slices') {
    if (form.form !== 'gauge')
      return refusal('It counts slices of time, and whole slices only the collector sees.');
    if (slo.method.emptySlice !== 'ignore')
      return refusal('It counts slices that were not measured, of which Prometheus knows nothing.');
  }
  switch (form.form) {
    case 'counters':
      return counterEvents(form, groups, target);
    case 'expression':
    case 'gauge':
      return stepTile(form, groups, target);
    case 'events':
      return refusal('Its events are read one by one, and Prometheus has none.');
    case 'logs':
      return refusal('Its events are log lines, and Prometheus has none.');
  }
}

function refusal(why: string): Refusal {
  return { reason: `${why} No rule is written; the collector counts it.` };
}
