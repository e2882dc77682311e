// Tells what will happen next: how far a fault is from paging, and about how long that takes at this pace.
import type { ConditionView, InstanceView } from '../../collector/view.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';

export interface Prospect {
  readonly condition: ConditionView;
  /** The window that still has to burn faster, and its rate. */
  readonly windowSeconds: number;
  readonly burnRate: number;
  /** Until the condition holds, at the pace of the last seconds; undefined while that cannot be told. */
  readonly seconds: number | undefined;
}

export interface Outlook {
  /** Notes the burn rates of this moment. */
  observe(at: EpochSeconds, budgets: readonly InstanceView[]): void;
  /** The page condition that will hold first; undefined when one holds already or there is none. */
  prospect(budget: InstanceView): Prospect | undefined;
}

/** The pace is that of the last so many seconds. */
const PACE_SECONDS = 10;

type Rates = readonly { readonly long: number; readonly short: number }[];

export function createOutlook(): Outlook {
  const seen = new Map<InstanceId, { readonly at: EpochSeconds; readonly rates: Rates }[]>();
  return {
    observe(at, budgets) {
      for (const { instance, conditions } of budgets) {
        const rates = conditions.map(({ long, short }) => ({
          long: long.burnRate ?? 0,
          short: short.burnRate ?? 0,
        }));
        const recent = (seen.get(instance) ?? []).filter((each) => each.at >= at - PACE_SECONDS);
        seen.set(instance, [...recent, { at, rates }]);
      }
    },
    prospect({ instance, conditions }) {
      const history = seen.get(instance) ?? [];
      const [first, last] = [history[0], history.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      if (conditions.some(({ severity, on }) => severity === 'page' && on === true))
        return undefined;
      const prospects = conditions.flatMap((condition, index): Prospect[] => {
        if (condition.severity !== 'page') return [];
        const windows = (['long', 'short'] as const).map((which) => {
          const burnRate = last.rates[index]?.[which] ?? 0;
          const pace = (burnRate - (first.rates[index]?.[which] ?? 0)) / (last.at - first.at);
          const missing = condition.burnRateThreshold - burnRate;
          const seconds = missing <= 0 ? 0 : pace > 0 ? missing / pace : Infinity;
          const windowSeconds =
            which === 'long' ? condition.longWindowSeconds : condition.shortWindowSeconds;
          return { windowSeconds, burnRate, seconds };
        });
        const slower = windows.toSorted((a, b) => b.seconds - a.seconds)[0];
        return slower === undefined ? [] : [{ condition, ...slower }];
      });
      const soonest = prospects.toSorted((a, b) => (a.seconds ?? 0) - (b.seconds ?? 0))[0];
      if (soonest === undefined) return undefined;
      const { seconds = Infinity } = soonest;
      return { ...soonest, seconds: Number.isFinite(seconds) ? seconds : undefined };
    },
  };
}
