// Where the series of SLOs come from: generated rules in Prometheus, or the collector's own /metrics, scraped by it.
import { SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { LintException } from '../dashboard.ts';
import type { LabelVariable } from '../variable.ts';

export type SeriesSource = 'rules' | 'collector';

/** What a site runs, and how it tells this workspace from others. */
export interface Site {
  /** The workspace's name in Grafana, when it shares that with others. */
  readonly workspace?: string | undefined;
  /** Rules where there are any, or the collector for everything. */
  readonly source: SeriesSource;
  /** Whether there are rules of an SLO: events of streams are judged by the collector alone. */
  readonly hasRules: (slo: Slo) => boolean;
}

/** How the series of some SLOs are selected, so that none is counted twice. */
export interface SeriesDialect {
  /** `both`: some of the SLOs have rules and others have none. */
  readonly origin: SeriesSource | 'both';
  /** A selector of a series with these matchers: `slo="a"`. */
  readonly select: (series: string, ...matchers: readonly string[]) => string;
}

/** The dialect of an expression over these SLOs. */
export function dialectOf(slos: readonly Slo[], site: Site): SeriesDialect {
  const origin = originOf(slos, site);
  const own = ownMatchers(origin, slos);
  return {
    origin,
    select(series, ...matchers) {
      const all = [...matchers, ...own].filter((each) => each !== '');
      return all.length === 0 ? series : `${series}{${all.join(',')}}`;
    },
  };
}

/** Variables by which readers choose among collectors, when a page has expressions over these sets of SLOs. */
export function sourceVariables(
  sets: readonly (readonly Slo[])[],
  site: Site,
): readonly LabelVariable[] {
  if (!sets.some((slos) => originOf(slos, site) === 'collector')) return [];
  return [
    { kind: 'label', name: 'job', selector: SERIES.objective },
    { kind: 'label', name: 'instance', selector: `${SERIES.objective}{job=~"$job"}` },
  ];
}

/** Rules of the linter that cannot hold for such a page, and why. */
export function sourceExceptions(
  sets: readonly (readonly Slo[])[],
  site: Site,
): readonly LintException[] {
  const reason =
    'Recording rules judge a service as a whole: their series have neither job nor instance.';
  const template = ['template-job-rule', 'template-instance-rule'];
  const target = ['target-job-rule', 'target-instance-rule'];
  const origins = sets.map((slos) => originOf(slos, site));
  if (origins.every((origin) => origin === 'collector')) return [];
  const broken = origins.includes('collector') ? target : [...template, ...target];
  return broken.map((rule) => ({ rule, reason }));
}

function originOf(slos: readonly Slo[], { source, hasRules }: Site): SeriesDialect['origin'] {
  if (source === 'collector') return 'collector';
  if (slos.every(hasRules)) return 'rules';
  return slos.some(hasRules) ? 'both' : 'collector';
}

function ownMatchers(origin: SeriesDialect['origin'], slos: readonly Slo[]): readonly string[] {
  if (origin === 'collector') return ['job=~"$job"', 'instance=~"$instance"'];
  if (origin === 'both') return [];
  // A scraped series always has both; a recorded one has them only when the definitions set them.
  const used = new Set(
    slos.flatMap(({ groupBy, labels, service }) => [
      ...(groupBy?.labels ?? []),
      ...Object.keys({ ...service.labels, ...labels }),
    ]),
  );
  const free = ['job', 'instance'].find((label) => !used.has(label));
  return free === undefined ? [] : [`${free}=""`];
}
