// Prometheus rules out of SLOs: one file a service, with the counters, windows, alerts and budgets of its SLOs.
import { isReachable } from '../../slo/burn-policy.ts';
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import type { Slo } from '../../slo/slo.ts';
import { type CountedSlos, countedAlone, countedTogether } from './counted-slos.ts';
import type { EventTile } from './event-tile.ts';
import type { PrometheusTarget } from './prometheus-target.ts';
import { createRepeatedTexts } from './repeated-text.ts';
import { formatRuleFile } from './rule-file.ts';
import { ruleGroups } from './rule-groups.ts';
import type { Refusal, RuleGroup } from './rule.ts';
import { findFamilies } from './slo-family.ts';
import { matchersOf } from './slo-set.ts';
import { TILE_SECONDS } from './tile.ts';
import { KNOWN_YEARS } from './zone-offset.ts';

export interface PrometheusRulesOptions {
  readonly target: PrometheusTarget;
  /**
   * Whether raw data from before the rules count, read once an hour: a window is then right from the first hour on.
   * @default true
   */
  readonly firstDay?: boolean;
  /**
   * Whether ten SLOs and more that differ only in the value of one label share their rules.
   * @default true
   */
  readonly shared?: boolean;
}

export interface RulesFile {
  /** `checkout.rules.yaml`, `shared.http-requests-total-1c9e66b0.rules.yaml` */
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

/** The groups of one file: of a service, or of SLOs that share their rules. */
export interface ServiceRules {
  /** Its name, or `shared.` and what SLOs of several services share. */
  readonly service: string;
  readonly isShared: boolean;
  readonly groups: readonly RuleGroup[];
  readonly sourceIds: readonly string[];
}

export interface PrometheusRules {
  readonly target: PrometheusTarget;
  readonly files: readonly RulesFile[];
  readonly services: readonly ServiceRules[];
  readonly notes: readonly RulesNote[];
}

/** The rules of all SLOs that Prometheus can judge; the others are told in the notes. */
export function generatePrometheusRules(
  slos: readonly Slo[],
  { target, firstDay = true, shared = true }: PrometheusRulesOptions,
): PrometheusRules {
  const notes: RulesNote[] = [];
  const sorted = slos.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { families, alone } = shared ? findFamilies(sorted) : { families: [], alone: sorted };
  const sharing = new Set(
    families.flatMap((family) => family.slos.map(({ service }) => service.name)),
  );
  const textOf = serviceTexts(target, firstDay);
  const services = [...Map.groupBy(alone, ({ service }) => service.name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([service, own]) => {
      const counted = own.flatMap((slo) => told([slo], countedAlone(slo, target), notes));
      if (counted.length === 0) return [];
      const isPart = sharing.has(service);
      const rules = serviceRules(service, counted, isPart, firstDay);
      return [{ rules, text: () => textOf(counted, isPart) }];
    });
  const together = families.flatMap((family) =>
    told(family.slos, countedTogether(family, target), notes).map((counted) => {
      const rules = familyRules(family.name, counted, firstDay);
      return { rules, text: () => formatRuleFile(COMMENT, rules.groups) };
    }),
  );
  const all = [...services, ...together];
  notes.sort((a, b) => (a.slo < b.slo ? -1 : a.slo > b.slo ? 1 : 0));
  return {
    target,
    files: all.map(({ rules, text }) => new WrittenFile(rules, text)),
    services: all.map(({ rules }) => rules),
    notes,
  };
}

const COMMENT = `# Made by ninefold from SLO definitions; changes here are lost.
`;

/**
 * The text is made when it is asked for: whoever writes one file after another never holds them all.
 * A class, as ten thousand objects with getters of their own take seven times the memory.
 */
class WrittenFile implements RulesFile {
  readonly path: string;
  readonly sourceIds: readonly string[];
  readonly #write: () => string;

  constructor({ service, sourceIds }: ServiceRules, write: () => string) {
    this.path = `${service}.rules.yaml`;
    this.sourceIds = sourceIds;
    this.#write = write;
  }

  get text(): string {
    return this.#write();
  }
}

/** Writes services' files, each as if by itself; `isPart` of those some of whose SLOs are elsewhere. */
function serviceTexts(
  target: PrometheusTarget,
  firstDay: boolean,
): (counted: readonly CountedSlos[], isPart: boolean) => string {
  const [whole, parts] = [false, true].map((isPart) =>
    createRepeatedTexts({
      count(slo) {
        const counted = countedAlone(slo, target);
        return 'reason' in counted ? undefined : counted;
      },
      write(counted) {
        const service = counted[0]?.slos[0]?.service.name ?? '';
        return formatRuleFile(COMMENT, serviceRules(service, counted, isPart, firstDay).groups);
      },
    }),
  );
  return (counted, isPart) => (isPart ? parts : whole)?.(counted) ?? '';
}

function told(
  slos: readonly Slo[],
  counted: CountedSlos | Refusal,
  notes: RulesNote[],
): readonly CountedSlos[] {
  if ('reason' in counted) {
    const { reason } = counted;
    notes.push(...slos.map(({ id }) => ({ slo: id, severity: 'info', reason }) as const));
    return [];
  }
  for (const slo of slos) notes.push(...unreachable(slo), ...limitsOf(slo, counted.tile));
  return [counted];
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

/** Its groups are made when they are asked for. */
class MadeRules implements ServiceRules {
  readonly service: string;
  readonly isShared: boolean;
  readonly sourceIds: readonly string[];
  readonly #make: () => readonly RuleGroup[];

  constructor(
    { service, isShared }: Pick<ServiceRules, 'service' | 'isShared'>,
    counted: readonly CountedSlos[],
    make: () => readonly RuleGroup[],
  ) {
    this.service = service;
    this.isShared = isShared;
    this.sourceIds = counted.flatMap(({ slos }) => slos.map(({ id }) => id));
    this.#make = make;
  }

  get groups(): readonly RuleGroup[] {
    return this.#make();
  }
}

function serviceRules(
  service: string,
  counted: readonly CountedSlos[],
  isPart: boolean,
  firstDay: boolean,
): ServiceRules {
  const shards = Math.ceil(counted.length / MOST_SLOS);
  return new MadeRules({ service, isShared: false }, counted, () =>
    Array.from({ length: shards }, (_, shard) => {
      const part = counted.slice(shard * MOST_SLOS, (shard + 1) * MOST_SLOS);
      const slos = part.flatMap((each) => each.slos);
      const matchers = shards === 1 && !isPart ? `service="${service}"` : matchersOf(slos);
      const suffix = shard === 0 ? '' : `-${shard + 1}`;
      const name = (what: string): string => `ninefold-${service}-${what}${suffix}`;
      return ruleGroups(name, part, { slos, matchers, isOneLook: part.every(isOneLook) }, firstDay);
    }).flat(),
  );
}

function isOneLook({ tile }: CountedSlos): boolean {
  return tile.both !== undefined;
}

/** The rules of SLOs that share them, named as no service can be. */
function familyRules(name: string, counted: CountedSlos, firstDay: boolean): ServiceRules {
  const { slos } = counted;
  const service = `shared.${name}`;
  return new MadeRules({ service, isShared: true }, [counted], () => {
    const set = { slos, matchers: matchersOf(slos), isOneLook: isOneLook(counted) };
    return ruleGroups((what) => `ninefold-${service}-${what}`, [counted], set, firstDay);
  });
}
