// The alerts of a replay in their order, with what may inhibit each of them.
import type { TimedAlert } from './alert-list.ts';
import type { AlertmanagerConfiguration } from './configuration.ts';
import { createInhibition } from './inhibition.ts';
import { compareAlertLabels, fingerprint, tidyLabels } from './label-set.ts';

/** One stretch of time for which an alert fires. */
export interface Episode extends TimedAlert {
  readonly fingerprint: string;
  /** In the order in which Alertmanager lists alerts; the same for all episodes of an alert. */
  readonly rank: number;
  /** The next time that the same alert fires. */
  readonly next: Episode | undefined;
}

export interface AlertHistory {
  /** By their start. */
  readonly episodes: readonly Episode[];
  /** The first start; 0 without alerts. */
  readonly firstMs: number;
  /** The last start or end. */
  readonly lastMs: number;
  /** Whether an alert that fires at that time inhibits this one. */
  isInhibited(episode: Episode, atMs: number): boolean;
  /** How many alerts were looked at for that so far. */
  looks(): number;
}

/** @throws SyntaxError when a matcher's regular expression is none */
export function createAlertHistory(
  alerts: readonly TimedAlert[],
  configuration: AlertmanagerConfiguration,
): AlertHistory {
  const byAlert = [...Map.groupBy(alerts.map(tidy), ({ labels }) => fingerprint(labels))]
    .map(([print, episodes]) => ({ print, episodes: withoutOverlaps(episodes) }))
    .sort((a, b) => compareAlertLabels(labelsOf(a.episodes), labelsOf(b.episodes)));
  const chains = byAlert.map(({ print, episodes }, rank) => chained(episodes, print, rank));
  const inhibitorsOf = createInhibition(configuration).among(
    byAlert.map(({ episodes }) => labelsOf(episodes)),
  );
  const inhibitors = new Map<number, readonly (readonly number[])[]>();
  const inhibitorsByRule = ({ rank, labels }: Episode): readonly (readonly number[])[] => {
    const known = inhibitors.get(rank);
    if (known !== undefined) return known;
    const found = inhibitorsOf(labels).map(({ alerts }) => alerts);
    inhibitors.set(rank, found);
    return found;
  };
  let looks = 0;
  const firesAt = (alert: number, atMs: number): boolean => {
    looks += 1;
    return chains[alert]?.some((each) => fires(each, atMs)) === true;
  };
  const episodes = chains.flat().sort((a, b) => a.startsAtMs - b.startsAtMs || a.rank - b.rank);
  return {
    episodes,
    firstMs: episodes[0]?.startsAtMs ?? 0,
    lastMs: episodes.reduce(
      (last, each) => Math.max(last, each.startsAtMs, each.endsAtMs ?? each.startsAtMs),
      0,
    ),
    isInhibited: (episode, atMs) =>
      inhibitorsByRule(episode).some((alerts) => alerts.some((alert) => firesAt(alert, atMs))),
    looks: () => looks,
  };
}

const tidy = (alert: TimedAlert): TimedAlert => ({ ...alert, labels: tidyLabels(alert.labels) });

const labelsOf = (episodes: readonly TimedAlert[]): TimedAlert['labels'] =>
  episodes[0]?.labels ?? {};

const fires = ({ startsAtMs, endsAtMs }: TimedAlert, atMs: number): boolean =>
  startsAtMs <= atMs && (endsAtMs === undefined || atMs < endsAtMs);

/** Alertmanager merges what overlaps: the earliest start, the latest end, the annotations that came last. */
function withoutOverlaps(episodes: readonly TimedAlert[]): TimedAlert[] {
  const merged: TimedAlert[] = [];
  for (const episode of episodes.toSorted((a, b) => a.startsAtMs - b.startsAtMs)) {
    const last = merged.at(-1);
    const end = last?.endsAtMs ?? Infinity;
    if (last === undefined || episode.startsAtMs >= end) {
      merged.push(episode);
      continue;
    }
    const endsAtMs = Math.max(end, episode.endsAtMs ?? Infinity);
    merged[merged.length - 1] = {
      ...episode,
      startsAtMs: last.startsAtMs,
      endsAtMs: endsAtMs === Infinity ? undefined : endsAtMs,
    };
  }
  return merged;
}

function chained(episodes: readonly TimedAlert[], print: string, rank: number): Episode[] {
  const chain: Episode[] = [];
  let next: Episode | undefined;
  for (const episode of episodes.toReversed()) {
    next = { ...episode, fingerprint: print, rank, next };
    chain.push(next);
  }
  return chain.reverse();
}
