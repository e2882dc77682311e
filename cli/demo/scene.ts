// What the demo shows at one moment: budgets as the collector has them, and what is wrong with the shop.
import type { ConditionView, InstanceView } from '../../collector/view.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Fault } from './shop-traffic.ts';

export interface Scene {
  readonly at: EpochSeconds;
  readonly budgets: readonly InstanceView[];
  /** Faults that are switched on, with the second since when. */
  readonly faults: ReadonlyMap<Fault, EpochSeconds>;
}

/** What a fault does, in words, and the SLO that it hurts. */
export const FAULTS: Readonly<
  Record<Fault, { readonly service: string; readonly slo: string; readonly does: string }>
> = {
  'checkout-errors': {
    service: 'checkout',
    slo: 'checkout/availability',
    does: 'Every order fails',
  },
  'storefront-errors': {
    service: 'storefront',
    slo: 'storefront/availability',
    does: 'Every page fails',
  },
  'storefront-slow': {
    service: 'storefront',
    slo: 'storefront/latency',
    does: 'Every page takes longer than 300 ms',
  },
};

export type BudgetState = 'page' | 'ticket' | 'clearing' | 'no data' | 'spent' | 'burning' | 'ok';

/** The one word for a budget: what has been told of it, else how it fares. */
export function stateOf(view: InstanceView): BudgetState {
  if (view.measurement === 'waiting' || view.measurement === 'stale') return 'no data';
  const firing = view.alerts.filter(({ phase }) => phase === 'firing');
  const page = firing.some(({ severity }) => severity === 'page');
  if (page && !view.conditions.some(({ severity, on }) => severity === 'page' && on === true))
    return 'clearing';
  if (page) return 'page';
  if (firing.length > 0) return 'ticket';
  if ((view.budgetRemaining ?? 0) < 0) return 'spent';
  return progressOf(nearest(view)) > 0.2 ? 'burning' : 'ok';
}

/** The page condition that is nearest to holding. */
export function nearest(view: InstanceView): ConditionView | undefined {
  const pages = view.conditions.filter(({ severity }) => severity === 'page');
  return pages.toSorted((a, b) => progressOf(b) - progressOf(a))[0];
}

/** How near a condition is to holding: its slower window's burn rate ÷ the threshold. */
export function progressOf(condition: ConditionView | undefined): number {
  if (condition === undefined) return 0;
  const slower = Math.min(condition.long.burnRate ?? 0, condition.short.burnRate ?? 0);
  return slower / condition.burnRateThreshold;
}
