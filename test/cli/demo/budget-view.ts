// A budget as a collector shows it, for the tests of the demo's screen.
import type { ConditionView, InstanceView } from '../../../collector/view.ts';

/** A page condition of an hour; both windows burn at the rate. */
export function pageCondition(burnRate: number, on = false): ConditionView {
  const window = { total: 3600, bad: burnRate * 3.6, burnRate };
  return {
    severity: 'page',
    longWindowSeconds: 3600,
    shortWindowSeconds: 300,
    burnRateThreshold: 14.4,
    long: window,
    short: window,
    on,
  };
}

export function budgetView(change: Partial<InstanceView> = {}): InstanceView {
  return {
    instance: 'checkout/availability',
    slo: 'checkout/availability',
    service: 'checkout',
    group: {},
    objective: 0.999,
    window: { start: 1_792_408_000, end: 1_795_000_000 },
    measurement: 'measured',
    total: 100_000,
    bad: 40,
    sli: 0.9996,
    budgetSpent: 0.4,
    budgetRemaining: 0.6,
    coverage: 0.1,
    watermark: 1_795_000_000,
    measuredThrough: 1_795_000_000,
    conditions: [pageCondition(0.4)],
    forecast: null,
    alerts: [],
    ...change,
  };
}

/** With a burn alert of a severity that fires. */
export function firing(severity: 'page' | 'ticket'): Pick<InstanceView, 'alerts'> {
  return {
    alerts: [
      {
        name: 'ErrorBudgetBurn',
        severity,
        instance: 'checkout/availability',
        phase: 'firing',
        since: 1_794_999_990,
        labels: {},
        annotations: {},
      },
    ],
  };
}
