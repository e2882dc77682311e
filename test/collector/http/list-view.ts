/** A collector's view over literal lists: real data of a small shop, no collector behind it. */
import { defaultBurnPolicy } from '../../../slo/burn-policy.ts';
import { toNumber } from '../../../slo/decimal.ts';
import { instanceId, type Labels } from '../../../slo/instance.ts';
import { ALERTS, alertLabels } from '../../../slo/names.ts';
import { parseObjective } from '../../../slo/objective.ts';
import type { Slo } from '../../../slo/slo.ts';
import type { SourceStatus } from '../../../collector/sources/source.ts';
import type { AlertEvent } from '../../../collector/stores/store.ts';
import type {
  AlertView,
  CollectorView,
  HistoryPoint,
  InstanceView,
  Readiness,
} from '../../../collector/view.ts';

export const NOW = 1_795_000_000;
const DAYS = 86_400;

/** An SLO on events of an ingest stream. */
export function shopSlo(service: string, name: string, more: Partial<Slo> = {}): Slo {
  const window = { kind: 'rolling', seconds: 30 * DAYS } as const;
  return {
    kind: 'slo',
    id: `${service}/${name}`,
    name,
    service: {
      kind: 'service',
      name: service,
      team: 'shop',
      tier: 'critical',
      labels: { region: 'eu' },
      links: {},
    },
    sli: {
      kind: 'ingestEvents',
      connection: 'default',
      form: {
        form: 'events',
        origin: { ingest: { stream: 'requests' } },
        time: 'broker',
        counted: 'bad',
        part: { field: 'status', atLeast: 500 },
      },
    },
    objective: parseObjective('99.9%')!,
    window,
    method: { kind: 'occurrences' },
    burnPolicy: defaultBurnPolicy(window),
    labels: {},
    ...more,
  };
}

/** One budget with its conditions; burn rates follow from the counts, as if errors were spread evenly. */
export function budgetOf(
  slo: Slo,
  counts: { readonly total: number; readonly bad: number },
  more: { readonly group?: Labels; readonly firing?: boolean; readonly since?: number } = {},
): InstanceView {
  const group = more.group ?? {};
  const budget = toNumber(slo.objective.budget);
  const { total, bad } = counts;
  const sli = total === 0 ? null : 1 - bad / total;
  const spent = total === 0 ? null : bad / (budget * total);
  const firing = more.firing ?? false;
  const instance = instanceId(slo.id, group);
  const alert: AlertView = {
    name: ALERTS.burn,
    severity: 'page',
    instance,
    phase: firing ? 'firing' : 'inactive',
    since: firing ? (more.since ?? NOW - 120) : null,
    labels: alertLabels(ALERTS.burn, slo, group, 'page'),
    annotations: firing ? { summary: `${slo.id} burns its error budget too fast` } : {},
  };
  return {
    instance,
    slo: slo.id,
    service: slo.service.name,
    group,
    objective: 1 - budget,
    window: { start: NOW - 30 * DAYS, end: NOW },
    measurement: total === 0 ? 'silent' : 'measured',
    total,
    bad,
    sli,
    budgetSpent: spent,
    budgetRemaining: spent === null ? null : 1 - spent,
    coverage: 1,
    watermark: NOW,
    measuredThrough: NOW,
    conditions: slo.burnPolicy.conditions.map((condition) => {
      const seen = { total: total / 100, bad: bad / 100, burnRate: spent };
      const threshold = toNumber(condition.burnRate);
      return {
        severity: condition.severity,
        longWindowSeconds: condition.longWindow,
        shortWindowSeconds: condition.shortWindow,
        burnRateThreshold: threshold,
        long: seen,
        short: seen,
        on: total === 0 ? false : firing && (spent ?? 0) > threshold,
      };
    }),
    forecast: { exhaustedInSeconds: null, earliestSeconds: null, latestSeconds: null },
    alerts: [alert],
  };
}

export interface ListViewData {
  readonly slos: readonly Slo[];
  readonly instances: readonly InstanceView[];
  readonly events?: readonly AlertEvent[];
  readonly sources?: readonly SourceStatus[];
  readonly points?: readonly HistoryPoint[];
  readonly readiness?: Readiness;
}

/** The lists as a view; events are newest first and ranges half-open, as stores give them. */
export function listView(data: ListViewData): CollectorView {
  const instances = [...data.instances].sort((a, b) => (a.instance < b.instance ? -1 : 1));
  return {
    slos: () => data.slos,
    instances: () => instances,
    instance: (id) => instances.find((each) => each.instance === id),
    history: async (_id, from, to) => (data.points ?? []).filter(({ at }) => at >= from && at < to),
    alerts: () =>
      instances.flatMap(({ alerts }) => alerts.filter(({ phase }) => phase !== 'inactive')),
    alertEvents: async ({ instance, from = 0, to = Infinity, limit }) =>
      (data.events ?? [])
        .filter((event) => (instance ?? event.instance) === event.instance)
        .filter(({ at }) => at >= from && at < to)
        .sort((a, b) => b.at - a.at)
        .slice(0, limit),
    sources: () => data.sources ?? [],
    readiness: () => data.readiness ?? { ready: true, reasons: [] },
  };
}

/** Three SLOs: one burning, one quiet, one grouped by region. */
export function shop(): ListViewData & { readonly slos: readonly Slo[] } {
  const checkout = shopSlo('checkout', 'availability');
  const search = shopSlo('search', 'availability');
  const cart = shopSlo('cart', 'latency', { groupBy: { labels: ['zone'], limit: 500 } });
  return {
    slos: [checkout, search, cart],
    instances: [
      budgetOf(checkout, { total: 100_000, bad: 2000 }, { firing: true }),
      budgetOf(search, { total: 0, bad: 0 }),
      budgetOf(cart, { total: 1000, bad: 0 }, { group: { zone: 'a' } }),
      budgetOf(cart, { total: 1000, bad: 30 }, { group: { zone: 'b' }, firing: true }),
    ],
    events: Array.from({ length: 7 }, (_, index) => ({
      name: ALERTS.burn,
      instance: checkout.id,
      severity: 'page' as const,
      // Three of them share one second.
      at: NOW - 1000 + Math.max(0, index - 2) * 60,
      transition: index % 2 === 0 ? ('firing' as const) : ('resolved' as const),
      evidence: JSON.stringify({ index, longWindow: { total: 1000, bad: 20 } }),
    })),
    sources: [
      {
        name: 'ingest:requests',
        kind: 'ingest',
        state: 'live',
        slos: [checkout.id, search.id],
        watermark: NOW - 3,
        lagSeconds: 3,
        counters: { events: 100_000, late: 2 },
      },
      {
        name: 'prometheus:default',
        kind: 'prometheus',
        state: 'failing',
        slos: [cart.id],
        lastError: { at: NOW - 5, message: 'connect ECONNREFUSED 127.0.0.1:9090' },
        counters: {},
      },
    ],
    points: Array.from({ length: 60 }, (_, index) => ({
      at: NOW - 3600 + index * 60,
      total: 100,
      bad: index % 10,
    })),
  };
}
