// SLOs whose events the same rules count: one by itself, or a family that counts the same series but for one label.
import { formatStringLiteral } from '../../formats/string-literal.ts';
import type { Slo } from '../../slo/slo.ts';
import { counterEvents } from './counter-events.ts';
import type { EventTile } from './event-tile.ts';
import type { PrometheusTarget } from './prometheus-target.ts';
import type { Refusal } from './rule.ts';
import { sliEvents } from './sli-events.ts';
import type { SloFamily } from './slo-family.ts';
import { valueTemplate } from './slo-identity.ts';

export interface CountedSlos {
  /** All of one grouping. */
  readonly slos: readonly Slo[];
  readonly tile: EventTile;
  /** Labels that keep the events of the tile apart. */
  readonly keys: readonly string[];
  /** What a rule must set beside: the identity of the SLO, when it is one. */
  readonly labels: Readonly<Record<string, string>>;
  /** What texts about an SLO of a family may hold, and a template that says it of whichever it is. */
  readonly told?: { readonly values: ReadonlyMap<string, string>; readonly template: string };
  /** PromQL whose elements, summed up by `keys`, get the labels `slo` and `service`. */
  named(text: string): string;
}

/** An SLO by itself, or why rules cannot count its events. */
export function countedAlone(slo: Slo, target: PrometheusTarget): CountedSlos | Refusal {
  const tile = sliEvents(slo, target);
  if ('reason' in tile) return tile;
  return {
    slos: [slo],
    tile,
    keys: slo.groupBy?.labels ?? [],
    labels: { slo: slo.id, service: slo.service.name },
    named: (text) => setLabel(setLabel(text, 'slo', slo.id), 'service', slo.service.name),
  };
}

/** Some SLOs of a family, or why rules cannot count the events of any of them. */
export function countedTogether(
  { slos, label, values, form, identity }: SloFamily,
  target: PrometheusTarget,
): CountedSlos | Refusal {
  const keys = [...new Set([label, ...(slos[0]?.groupBy?.labels ?? [])])];
  const tile = counterEvents(form, keys, target, label);
  if ('reason' in tile) return tile;
  return {
    slos,
    tile,
    keys,
    labels: {},
    told: { values, template: valueTemplate(identity) },
    named(text) {
      const { service, slo, pattern } = identity;
      const from = `"${label}", ${formatStringLiteral(pattern)}`;
      return `label_replace(label_replace(${text}, "service", "${service}", ${from}), "slo", "${slo}", ${from})`;
    },
  };
}

function setLabel(text: string, label: string, value: string): string {
  return `label_replace(${text}, "${label}", "${value}", "", "")`;
}
