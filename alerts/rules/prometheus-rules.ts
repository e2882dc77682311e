// Prometheus rules out of SLOs: one file a service, with the counters, windows, alerts and budgets of its SLOs.
import { isReachable, type Severity, SEVERITIES } from '../../slo/burn-policy.ts';
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { type SloSet, matchersOf, windowRules } from './alert-windows.ts';
import { burnAnnotations } from './annotation-template.ts';
import { burnAlert } from './burn-alert.ts';
import { isCalendarSlo, periodRules } from './calendar-period.ts';
import {
  burnRateRule,
  byLabels,
  COMPLIANCE_SECONDS,
  complianceRules,
  evidenceRule,
} from './compliance.ts';
import { eventCounters } from './event-counters.ts';
import type { EventTile } from './event-tile.ts';
import { FIRST_DAY_SECONDS, firstDayRules } from './first-day.ts';
import { missingAlert } from './missing-alert.ts';
import type { PrometheusTarget } from './prometheus-target.ts';
import { formatRuleFile } from './rule-file.ts';
import type { RecordingRule, Rule, RuleGroup } from './rule.ts';
import { sliEvents } from './sli-events.ts';
import { TILE_SECONDS } from './tile.ts';
import { KNOWN_YEARS } from './zone-offset.ts';

export interface PrometheusRulesOptions {
  readonly target: PrometheusTarget;
  /**
   * Whether raw data from before the rules count, read once an hour: a window is then right from the first hour on.
   * @default true
   */
  readonly firstDay?: boolean;
}

export interface RulesFile {
  /** `checkout.rules.yaml` */
  readonly path: string;
  readonly text: string;
  /** Ids of the SLOs in it. */
  readonly sourceIds: readonly string[];
}

export interface RulesNote {
  /** Id of the SLO. */
  readonly slo: string;
  readonly severity: 'warning' | 'info';
  readonly reason: string;
}

/** The groups of one service. */
export interface ServiceRules {
  readonly service: string;
  readonly groups: readonly RuleGroup[];
  readonly sourceIds: readonly string[];
}

export interface PrometheusRules {
  readonly files: readonly RulesFile[];
  readonly services: readonly ServiceRules[];
  readonly notes: readonly RulesNote[];
}

/** The rules of all SLOs that Prometheus can judge; the others are told in the notes. */
export function generatePrometheusRules(
  slos: readonly Slo[],
  options: PrometheusRulesOptions,
): PrometheusRules {
  const notes: RulesNote[] = [];
  const services = [...Map.groupBy(slos, ({ service }) => service.name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([service, own]) => {
      const counted = own
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .flatMap((slo) => countedSlo(slo, options.target, notes));
      if (counted.length === 0) return [];
      return [
        {
          service,
          sourceIds: counted.map(({ slo }) => slo.id),
          get groups() {
            return serviceGroups(service, counted, options.firstDay ?? true);
          },
        },
      ];
    });
  return { files: services.map(rulesFile), services, notes };
}

const COMMENT = `# Made by ninefold from SLO definitions; changes here are lost.
`;

/** The text is made when it is asked for: whoever writes one file after another never holds them all. */
function rulesFile(rules: ServiceRules): RulesFile {
  return {
    path: `${rules.service}.rules.yaml`,
    sourceIds: rules.sourceIds,
    get text() {
      return formatRuleFile(COMMENT, rules.groups);
    },
  };
}

interface CountedSlo {
  readonly slo: Slo;
  readonly tile: EventTile;
}

function countedSlo(slo: Slo, target: PrometheusTarget, notes: RulesNote[]): CountedSlo[] {
  const tile = sliEvents(slo, target);
  if ('reason' in tile) {
    notes.push({ slo: slo.id, severity: 'info', reason: tile.reason });
    return [];
  }
  notes.push(...unreachable(slo), ...limitsOf(slo, tile));
  return [{ slo, tile }];
}

function unreachable(slo: Slo): readonly RulesNote[] {
  const { conditions } = slo.burnPolicy;
  const { num, den } = slo.objective.budget;
  return conditions
    .filter((condition) => !isReachable(condition, slo.objective))
    .map(({ longWindow, shortWindow, burnRate }) => ({
      slo: slo.id,
      severity: 'warning',
      reason: `Even when all events fail, ${formatDuration(longWindow)}/${formatDuration(shortWindow)} never burns ${toNumber(burnRate)} times too fast: ${slo.objective.text} allows at most ${Number((den / num).toPrecision(3))}. The pair is left out; raise the objective or lower its burn rate.`,
    }));
}

/** What the rules of an SLO say differently than the collector. */
function limitsOf(slo: Slo, tile: EventTile): readonly RulesNote[] {
  const reasons = [
    slo.groupBy === undefined
      ? ''
      : `Every set of ${slo.groupBy.labels.join(', ')} has a budget of its own, also beyond the limit of ${slo.groupBy.limit}.`,
    slo.window.kind === 'rolling'
      ? ''
      : `A period begins at most ${TILE_SECONDS} s of events early, and the first one with the rules; clocks are known to ${KNOWN_YEARS.last}.`,
    tile.increase === undefined ? 'What happened before the rules were loaded does not count.' : '',
  ];
  return reasons
    .filter((reason) => reason !== '')
    .map((reason) => ({ slo: slo.id, severity: 'info', reason }));
}

/** More SLOs in one group would be late when one of them is slow. */
const MOST_SLOS = 40;

function serviceGroups(
  service: string,
  counted: readonly CountedSlo[],
  firstDay: boolean,
): readonly RuleGroup[] {
  const groups: RuleGroup[] = [];
  const shards = Math.ceil(counted.length / MOST_SLOS);
  for (let shard = 0; shard < shards; shard += 1) {
    const part = counted.slice(shard * MOST_SLOS, (shard + 1) * MOST_SLOS);
    const slos = part.map(({ slo }) => slo);
    const set = { slos, matchers: shards === 1 ? `service="${service}"` : matchersOf(slos) };
    const name = (what: string): string =>
      `ninefold-${service}-${what}${shard === 0 ? '' : `-${shard + 1}`}`;
    groups.push(
      {
        name: name('alerts'),
        intervalSeconds: TILE_SECONDS,
        rules: fastRules(part, set, firstDay),
      },
      {
        name: name('budgets'),
        intervalSeconds: COMPLIANCE_SECONDS,
        rules: byLabels(set).flatMap((own) => complianceRules(own, firstDay)),
      },
    );
    const seeds = firstDay ? part.flatMap(({ slo, tile }) => firstDayRules(slo, tile)) : [];
    if (seeds.length > 0)
      groups.push({ name: name('first-day'), intervalSeconds: FIRST_DAY_SECONDS, rules: seeds });
  }
  return groups;
}

/** What a decision rests on and the decision itself, one after another: nothing in between is half a minute old. */
function fastRules(
  counted: readonly CountedSlo[],
  set: SloSet,
  firstDay: boolean,
): readonly Rule[] {
  return [
    ...counted.flatMap(({ slo, tile }) => eventCounters(slo, tile)),
    ...periodRules(set.slos.filter(isCalendarSlo)),
    measuredRule(counted),
    ...windowRules(set, firstDay),
    ...(slosWithGate(set).length === 0 ? [] : [evidenceRule(set)]),
    ...byLabels(set).map(burnRateRule),
    ...counted.flatMap(({ slo }) => [
      ...SEVERITIES.flatMap(
        (severity: Severity) => burnAlert(slo, severity, burnAnnotations(slo, severity)) ?? [],
      ),
      missingAlert(slo),
    ]),
  ];
}

function slosWithGate({ slos }: SloSet): readonly Slo[] {
  return slos.filter(({ burnPolicy: { evidenceGate, conditions } }) =>
    evidenceGate ? conditions.some(({ severity }) => severity === 'page') : false,
  );
}

function measuredRule(counted: readonly CountedSlo[]): RecordingRule {
  const each = counted.map(
    ({ slo, tile }) =>
      `label_replace(label_replace(${tile.measured}, "slo", "${slo.id}", "", ""), "service", "${slo.service.name}", "", "")`,
  );
  return { record: RULE_SERIES.measured, labels: {}, expr: each.join('\nor ') };
}
