// The HTTP contract: every body that the API gives, as schemas with their types.
import { z } from 'zod';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { ALERTS } from '../../slo/names.ts';
import { TIERS } from '../../slo/service.ts';
import { CALENDAR_UNITS } from '../../slo/window.ts';
import { TESTIMONIES } from '../../slo/witness.ts';

const epoch = z.int().describe('Seconds since 1970-01-01T00:00:00Z.');
const ratio = z.number().describe('A ratio, 0 to 1.');
const count = z
  .number()
  .describe('Events; fractional where a window edge cuts a counted interval.');
const labels = z.record(z.string(), z.string());
const severity = z.enum(SEVERITIES);
/** The four kinds of knowing. */
export const Measurement = z
  .enum(['waiting', 'silent', 'measured', 'stale'])
  .describe('Never measured; measured without events; measured with events; no longer measured.');
const alertName = z.enum(ALERTS);

export const Condition = z
  .object({
    severity,
    longWindowSeconds: z.int(),
    shortWindowSeconds: z.int(),
    burnRateThreshold: z.number().describe('The burn rate above which the condition holds.'),
    long: z.object({ total: count, bad: count, burnRate: z.number().nullable() }),
    short: z.object({ total: count, bad: count, burnRate: z.number().nullable() }),
    on: z.boolean().nullable().describe('null: it cannot be known now, the data are missing.'),
  })
  .meta({ id: 'Condition', description: 'One pair of alert windows as of the last evaluation.' });

export const Alert = z
  .object({
    name: alertName,
    severity,
    phase: z.enum(['pending', 'firing']),
    since: epoch.nullable(),
    instance: z.string(),
    slo: z.string(),
    service: z.string(),
    labels,
    annotations: labels.describe('Why it fires, in words: windows, burn rates, budget, evidence.'),
    conditions: z
      .array(Condition)
      .describe('The conditions of its severity; none for missing data.'),
  })
  .meta({ id: 'Alert', description: 'An alert that is pending or firing, with its reasons.' });

export const BudgetSummary = z
  .object({
    instance: z.string().describe('service/name, with {label="value"} for a group.'),
    slo: z.string(),
    service: z.string(),
    group: labels,
    objective: ratio,
    window: z.object({ start: epoch, end: epoch }),
    measurement: Measurement,
    total: count,
    bad: count,
    sli: ratio.nullable().describe('Share of good events; null without events.'),
    budgetSpent: z
      .number()
      .nullable()
      .describe('Ratio of the whole budget; above 1 once overspent.'),
    budgetRemaining: z.number().nullable().describe('Ratio of the whole budget; may be negative.'),
    coverage: ratio.describe('Measured time ÷ elapsed time of the window.'),
    watermark: epoch.nullable().describe('Up to when telemetry has been read.'),
    measuredThrough: epoch.nullable(),
    firing: z.array(severity).describe('Severities whose burn alert fires now.'),
  })
  .meta({
    id: 'BudgetSummary',
    description: 'One error budget: of an SLO, or of one of its groups.',
  });

const Forecast = z
  .object({
    exhaustedInSeconds: z.number().nullable().describe('At the present rate; null: never.'),
    earliestSeconds: z.number().nullable().describe('Low end of the 90 % range; null: never.'),
    latestSeconds: z.number().nullable().describe('High end of the 90 % range; null: never.'),
  })
  .meta({ id: 'Forecast', description: 'When the budget will be spent.' });

export const Budget = z
  .object({
    ...BudgetSummary.shape,
    conditions: z.array(Condition),
    forecast: Forecast.nullable(),
    alerts: z.array(Alert),
  })
  .meta({
    id: 'Budget',
    description: 'One error budget with its conditions, forecast and alerts.',
  });

const sideCounts = z.object({ total: count, bad: count });

const Witness = z
  .object({
    slo: z.string().describe('The SLO that stands for this one from outside.'),
    windowSeconds: z.int().describe('The time compared, up to now.'),
    users: sideCounts.describe('What this SLO counted in it.'),
    witness: sideCounts.describe('What the other one counted in it.'),
    verdict: z
      .enum(TESTIMONIES)
      .describe('Whether both tell the same; only one of them fails; too little was counted.'),
  })
  .meta({ id: 'Witness', description: 'An SLO on checks held against one on users.' });

const Definition = z.object({
  id: z.string().describe('service/name'),
  service: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  team: z.string(),
  tier: z.enum(TIERS),
  objective: z.string().describe('As written: 99.9%.'),
  window: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rolling'), seconds: z.int() }),
    z.object({ kind: z.literal('calendar'), unit: z.enum(CALENDAR_UNITS), zone: z.string() }),
  ]),
  groupBy: z.object({ labels: z.array(z.string()), limit: z.int() }).nullable(),
  witnessOf: z.string().nullable().describe('The SLO for which this one stands from outside.'),
  witnesses: z.array(Witness).describe('What others say that stand for this one.'),
  groups: z.object({
    count: z.int().describe('Budgets of this SLO: 1 unless it is grouped.'),
    firing: z.int().describe('How many of them have a firing burn alert.'),
  }),
});

export const SloSummary = z
  .object({
    ...Definition.shape,
    budget: BudgetSummary.nullable().describe(
      'The budget; of a grouped SLO the group with the least left; null before the first group.',
    ),
  })
  .meta({ id: 'SloSummary', description: 'An SLO with its state in brief.' });

export const SloDetail = z
  .object({
    ...Definition.shape,
    labels,
    method: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('occurrences') }),
      z.object({
        kind: z.literal('time-slices'),
        sliceSeconds: z.int(),
        maxBadRatio: ratio,
        emptySlice: z.enum(['ignore', 'good', 'bad']),
      }),
    ]),
    sli: z.object({
      kind: z.string(),
      connection: z.string(),
      form: z.string(),
      quorum: z
        .object({ atLeast: z.int(), among: z.array(z.string()), slotSeconds: z.int() })
        .nullable()
        .describe('Of an SLI on which places vote: so many of them make a slot of time bad.'),
    }),
    burnPolicy: z.object({
      evidenceGate: z.boolean(),
      keepFiringSeconds: z.object({ page: z.int(), ticket: z.int() }),
    }),
    runbookUrl: z.string().nullable(),
    dashboardUrl: z.string().nullable(),
    budget: Budget.nullable().describe(
      'The budget; of a grouped SLO the group with the least left; null before the first group.',
    ),
  })
  .meta({ id: 'SloDetail', description: 'An SLO, its definition in brief and its full state.' });

const HistoryPoint = z
  .object({
    at: epoch.describe('Start of the step.'),
    total: count,
    bad: count,
    sli: ratio.nullable(),
    burnRate: z.number().nullable().describe('Error ratio of the step ÷ error budget.'),
  })
  .meta({ id: 'HistoryPoint', description: 'Counts of one step.' });

export const History = z
  .object({
    instance: z.string(),
    from: epoch,
    to: epoch,
    stepSeconds: z.int(),
    points: z.array(HistoryPoint).describe('Oldest first.'),
  })
  .meta({ id: 'History', description: 'Counts over time, for charts.' });

export const AlertChange = z
  .object({
    at: epoch,
    name: alertName,
    severity,
    instance: z.string(),
    transition: z.enum(['pending', 'firing', 'resolved']),
    evidence: z.unknown().describe('The evaluation behind it: windows, counts, burn rates.'),
  })
  .meta({
    id: 'AlertChange',
    description: 'One change of an alert, with the counts that caused it.',
  });

export const Source = z
  .object({
    name: z.string(),
    kind: z.string(),
    state: z.enum(['starting', 'backfilling', 'live', 'failing', 'stopped']),
    slos: z.array(z.string()),
    watermark: epoch.nullable(),
    lagSeconds: z.number().nullable(),
    lastError: z.object({ at: epoch, message: z.string() }).nullable(),
    counters: z.record(z.string(), z.number()),
  })
  .meta({
    id: 'Source',
    description: 'One source of telemetry: how far it has read, how it fares.',
  });

export const Heartbeat = z
  .object({
    check: z.string().describe('The check whose job reports, as service/name.'),
    awaitedSince: epoch,
    startedAt: epoch.nullable(),
    okAt: epoch.nullable(),
    failedAt: epoch.nullable(),
    durationSeconds: z.number().nullable().describe('Of the last run that ended.'),
  })
  .meta({ id: 'Heartbeat', description: 'When a job began, succeeded and failed last.' });

export const IngestAnswer = z
  .object({
    accepted: z.int(),
    rejected: z.int(),
    rejections: z
      .array(z.object({ line: z.int(), reason: z.string() }))
      .describe('The first 100 of the rejected lines.'),
    duplicate: z
      .boolean()
      .describe('The idempotency key was seen before: nothing was counted now.'),
  })
  .meta({ id: 'IngestAnswer', description: 'What became of a batch of events.' });

/** A page of a list; `nextCursor` goes into the next request as `cursor`. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('For the next page; null on the last.'),
  });
}

export const Problem = z
  .looseObject({
    type: z.string().describe('urn:ninefold:problem:…, listed in docs/api.md.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' });

export const Health = z.object({ status: z.literal('alive') }).meta({ id: 'Health' });

export const Ready = z
  .object({ ready: z.boolean(), reasons: z.array(z.string()) })
  .meta({ id: 'Ready' });

export type Condition = z.infer<typeof Condition>;
export type Alert = z.infer<typeof Alert>;
export type BudgetSummary = z.infer<typeof BudgetSummary>;
export type Budget = z.infer<typeof Budget>;
export type SloSummary = z.infer<typeof SloSummary>;
export type SloDetail = z.infer<typeof SloDetail>;
export type History = z.infer<typeof History>;
export type AlertChange = z.infer<typeof AlertChange>;
export type Source = z.infer<typeof Source>;
export type Witness = z.infer<typeof Witness>;
export type Heartbeat = z.infer<typeof Heartbeat>;
export type Problem = z.infer<typeof Problem>;
