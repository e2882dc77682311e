// The second judge: the collector's own fold, engine and evaluator, fed sample by sample under a clock set by hand.
import { createEngine } from '../../../collector/pipeline/engine.ts';
import { createEvaluator } from '../../../collector/pipeline/evaluator.ts';
import { createCounterFeed } from '../../../collector/sources/prometheus/counter-feed.ts';
import { createCounterFold } from '../../../collector/sources/prometheus/counter-fold.ts';
import { memoryFor } from '../../../collector/sources/prometheus/counter-position.ts';
import { createSeriesRoutes } from '../../../collector/sources/prometheus/series-routes.ts';
import { budgetOf } from '../../../slo/budget.ts';
import type { Severity } from '../../../slo/burn-policy.ts';
import { layoutFor } from '../../../slo/history-layout.ts';
import { ALERTS } from '../../../slo/names.ts';
import type { Slo } from '../../../slo/slo.ts';
import { nominalSeconds } from '../../../slo/window.ts';
import type { CountsAt } from './arithmetic-judge.ts';
import { END_SECONDS, GRID_SECONDS, type Sample } from './scenario.ts';

/** A series as it is scraped, all its labels included. */
export interface ScrapedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

export interface CollectorVerdict {
  counts(instance: string, from: number, to: number): CountsAt;
  budgetRemaining(instance: string, to: number): number | undefined;
  /** When the alert of an instance began to fire, in seconds. */
  began(instance: string, severity: Severity): readonly number[];
}

/** A whole hour, away from nought: the fold takes no sample of 1970. */
const START = 1_700_006_400;

export function judgeByCollector(
  slo: Slo,
  series: readonly ScrapedSeries[],
  tickSeconds: number,
): CollectorVerdict {
  const feed = createCounterFeed(slo);
  const engine = createEngine({
    start: START,
    layout: (totalSeconds) => layoutFor({ fineSeconds: 3 * 3600, totalSeconds }),
  });
  engine.define([slo]);
  const fold = createCounterFold({
    feeds: [feed],
    routes: createSeriesRoutes([feed]),
    ledger: { instance: (owner, labels) => engine.admit(owner, labels) },
    memory: memoryFor([feed], undefined),
  });
  const evaluator = createEvaluator({ engine });
  const began = new Map<string, number[]>();
  for (let at = 0; at <= END_SECONDS; at += GRID_SECONDS) {
    const now = START + at;
    fold.latestMs = now * 1000;
    for (const { labels, samples } of series) {
      const sample = samples[at / GRID_SECONDS];
      if (typeof sample !== 'number') continue;
      const folded = fold.series(labels);
      if (folded !== undefined) fold.sample(folded, now * 1000, sample);
    }
    fold.settle();
    const { cells, coverage } = fold.drain(0);
    engine.advance(now);
    engine.apply(cells);
    engine.cover(coverage);
    engine.watermark(slo.id, now);
    if (at % tickSeconds !== 0) continue;
    for (const { name, instance, severity, transition } of evaluator.evaluate(now).events) {
      if (name !== ALERTS.burn || transition !== 'firing') continue;
      const key = `${severity} ${instance}`;
      began.set(key, [...(began.get(key) ?? []), at]);
    }
  }
  const tracked = engine.find(slo.id);
  const read = (id: string, from: number, to: number) => {
    const instance = tracked?.instances.get(id);
    if (tracked === undefined || instance === undefined) return { total: 0, bad: 0, scale: 1 };
    return tracked.history.sum(instance.column, START + from, START + to);
  };
  return {
    counts(instance, from, to) {
      const { total, bad, scale } = read(instance, from, to);
      return { total: total / scale, bad: bad / scale };
    },
    budgetRemaining: (instance, to) =>
      budgetOf(read(instance, to - nominalSeconds(slo.window), to), slo.objective).budgetRemaining,
    began: (instance, severity) => began.get(`${severity} ${instance}`) ?? [],
  };
}
