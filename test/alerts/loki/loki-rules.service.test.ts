// Generated ruler files in a real Loki: they decide as the arithmetic does, count what was pushed, and reach Alertmanager.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { burnExpression } from '../../../alerts/loki/burn-expression.ts';
import { lineCounts } from '../../../alerts/loki/line-counts.ts';
import { generateLokiRules } from '../../../alerts/loki/loki-rules.ts';
import { type Condition, errorThreshold } from '../../../slo/burn-policy.ts';
import { type BurnRule, conditionHolds } from '../../../slo/burn-rate.ts';
import { fraction, toNumber } from '../../../slo/decimal.ts';
import type { SloInput } from '../../../slo/define-slo.ts';
import { criticalBad } from '../../../slo/evidence.ts';
import { alertLabels, ALERTS } from '../../../slo/names.ts';
import { lokiRatio } from '../../../slo/sli/loki-ratio.ts';
import type { LogForm } from '../../../slo/sli.ts';
import { pushLines } from '../../collector/sources/loki/log-writer.ts';
import { eventually } from '../../e2e/deployed-files.ts';
import { type RunningAlertmanager, startAlertmanager } from '../../services/alertmanager.ts';
import { startLoki } from '../../services/loki.ts';
import type { RunningServer } from '../../services/running-server.ts';
import { describeWithService } from '../../services/services.ts';
import { slo } from '../team-workspace.ts';

const shop = { name: 'shop', team: 'shop', tier: 'critical', labels: { cell: 'one' } } as const;
const burnPolicy = {
  conditions: [{ longWindow: '5m', shortWindow: '1m', burnRate: '10', severity: 'page' }],
} as const;

/** Bad lines are counted, and their query ends in a comment. */
const checkout = slo(shop, {
  name: 'checkout',
  objective: '99%',
  burnPolicy,
  sli: lokiRatio({
    total: '{app="checkout"} | logfmt # requests',
    bad: '{app="checkout"} | logfmt | status >= 500 # failures',
  }),
});

/** Good lines are counted, in each region. */
const search = slo(shop, {
  name: 'search',
  objective: '99%',
  burnPolicy,
  groupBy: ['region'],
  sli: lokiRatio({ total: '{app="search"}', good: '{app="search"} |= "status=200"' }),
  runbookUrl: 'https://wiki.example/search',
});

/** Nothing is ever written for it; its windows are of several units. */
const silent = slo(shop, {
  name: 'silent',
  sli: lokiRatio({ total: '{app="none"}', bad: '{app="none"} |= "x"' }),
  burnPolicy: {
    conditions: [
      { longWindow: '1h', shortWindow: '5m', burnRate: '14.4', severity: 'page' },
      { longWindow: '36h', shortWindow: '90m', burnRate: '2', severity: 'ticket' },
    ],
  },
});

const KEEPS_FIRING = `groups:
  - name: keep
    rules:
      - alert: KeepsFiring
        expr: sum(count_over_time({app="none"}[1m])) > 0
        keep_firing_for: 30m
`;

describeWithService(['loki', 'alertmanager'], 'generated rules in Loki', () => {
  let alertmanager: RunningAlertmanager;
  let loki: RunningServer;
  beforeAll(async () => {
    alertmanager = await startAlertmanager({
      config: { route: { receiver: 'none', group_wait: '0s' }, receivers: [{ name: 'none' }] },
    });
    const { files } = generateLokiRules([checkout, search, silent]);
    loki = await startLoki({
      alertmanagerUrl: alertmanager.url,
      rules: {
        ...Object.fromEntries(files.map(({ path, text }) => [path, text])),
        'keep.yaml': KEEPS_FIRING,
      },
    });
  });

  const ask = async (query: string): Promise<readonly VectorSample[]> => {
    const response = await fetch(`${loki.url}/loki/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query }),
    });
    const text = await response.text();
    expect([response.status, text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    return (JSON.parse(text) as { data: { result: readonly VectorSample[] } }).data.result;
  };

  it('decide as the arithmetic does, at any burn rate and any traffic', async () => {
    const seen = { on: 0, off: 0 };
    await fc.assert(
      fc.asyncProperty(decisions, async ({ rule, condition, long, short }) => {
        const counts = (seconds: number) => {
          const { total, bad } = seconds === condition.longWindow ? long : short;
          return { total: `vector(${total})`, bad: `vector(${bad})` };
        };
        const answer = await ask(burnExpression(rule, [condition], counts));
        const on = conditionHolds(rule, condition, { ...long, scale: 1 }, { ...short, scale: 1 });
        seen[on ? 'on' : 'off'] += 1;
        const rate = long.bad / long.total / toNumber(rule.objective.budget);
        expect(answer.map(({ value }) => Number(value[1]).toPrecision(9))).toEqual(
          on ? [rate.toPrecision(9)] : [],
        );
      }),
      { numRuns: 1000, seed: 7 },
    );
    expect(Math.min(seen.on, seen.off)).toBeGreaterThan(200);
  });

  it('cannot keep alerts firing, because the ruler takes that and forgets it', async () => {
    const response = await fetch(`${loki.url}/loki/api/v1/rules`);
    const loaded = await response.text();
    expect(loaded).toContain('KeepsFiring');
    expect(loaded).not.toContain('keep_firing_for');
  });

  it('count what was pushed, and nothing that is still under way', async () => {
    const now = Date.now();
    const stream = (region: string) => ({ app: 'counted', region });
    await pushLines(loki.url, stream('eu'), linesOf(300, 503, now - 240_000));
    await pushLines(loki.url, stream('us'), linesOf(200, 200, now - 240_000));
    await pushLines(loki.url, stream('us'), linesOf(7, 503, now - 200_000));
    // Of the last seconds, and from before the window.
    await pushLines(loki.url, stream('us'), linesOf(50, 503, now + 1_000));
    await pushLines(loki.url, stream('us'), linesOf(50, 503, now - 900_000));
    const bad = '{app="counted"} |= "status=503"';
    const good = '{app="counted"} |= "status=200"';
    const counted = async (form: LogForm, groups: readonly string[]) => {
      const counts = lineCounts(form, groups, 300);
      return { total: valuesOf(await ask(counts.total)), bad: valuesOf(await ask(counts.bad)) };
    };
    const forms = [
      { form: 'logs', total: '{app="counted"}', counted: 'bad', part: bad },
      { form: 'logs', total: '{app="counted"}', counted: 'good', part: good },
    ] as const;
    for (const form of forms) {
      expect(await counted(form, [])).toEqual({ total: { all: 507 }, bad: { all: 307 } });
      expect(await counted(form, ['region'])).toEqual({
        total: { eu: 300, us: 207 },
        bad: { eu: 300, us: 7 },
      });
    }
  });

  it('page through Alertmanager while lines fail, and no longer', async () => {
    await fail(loki.url);
    const labels = [
      alertLabels(ALERTS.burn, checkout, {}, 'page'),
      alertLabels(ALERTS.burn, search, { region: 'eu' }, 'page'),
    ];
    const pages = async (): Promise<readonly PostedAlert[]> =>
      (await alertsOf(alertmanager)).filter((alert) => alert.labels['severity'] === 'page');
    const fired = await eventually(
      'both pages',
      async () => {
        const all = await pages();
        return all.length >= 2 ? all : undefined;
      },
      60_000,
    );
    expect(fired.map((alert) => alert.labels).toSorted(bySlo)).toEqual(labels);
    const annotations = fired.map((alert) => alert.annotations);
    expect(annotations.map(({ summary }) => summary).toSorted(byText)).toEqual([
      'shop/checkout burns its error budget at 50×',
      'shop/search{region="eu"} burns its error budget at 100×',
    ]);
    expect(annotations.every((each) => each['fired_by'] === '5m/1m above 10×')).toBe(true);
    expect(annotations.filter((each) => each['runbook_url'] !== undefined).length).toBe(1);
    await recover(loki.url);
    await eventually(
      'the end of both pages',
      async () => ((await pages()).length === 0 ? true : undefined),
      60_000,
    );
  });

  it('tell once of an SLO without any line', async () => {
    await recover(loki.url);
    const missing = await eventually(
      'the alert of silence',
      async () => {
        const all = await alertsOf(alertmanager);
        const found = all.filter(({ labels }) => labels['alertname'] === ALERTS.missing);
        // The others are silent, too, until their lines are seen.
        return found.map(({ labels }) => labels['slo']).join() === silent.id ? found : undefined;
      },
      150_000,
    );
    expect(missing.map(({ labels }) => labels)).toEqual([
      alertLabels(ALERTS.missing, silent, {}, 'ticket'),
    ]);
  }, 160_000);
});

interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** By region; without one, all. */
function valuesOf(samples: readonly VectorSample[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    samples.map(({ metric, value }) => [metric['region'] ?? 'all', Number(value[1])]),
  );
}

/** So many lines with a status, a millisecond apart, up to a moment. */
function linesOf(count: number, status: number, untilMs: number) {
  return Array.from({ length: count }, (_, index) => ({
    ns: BigInt(untilMs - count + index) * 1_000_000n,
    text: `status=${status} path=/orders`,
  }));
}

/** Half of the checkouts, and all searches of one region. */
async function fail(url: string): Promise<void> {
  const at = Date.now() - 12_000;
  await pushLines(url, { app: 'checkout' }, linesOf(200, 200, at));
  await pushLines(url, { app: 'checkout' }, linesOf(200, 500, at));
  await pushLines(url, { app: 'search', region: 'eu' }, linesOf(200, 500, at));
  await pushLines(url, { app: 'search', region: 'us' }, linesOf(200, 200, at));
}

/** So many good lines that the share of bad ones falls below ten budgets. */
async function recover(url: string): Promise<void> {
  const at = Date.now();
  for (const stream of [{ app: 'checkout' }, { app: 'search', region: 'eu' }])
    await pushLines(url, stream, linesOf(9_000, 200, at));
}

async function alertsOf({ url }: RunningAlertmanager): Promise<readonly PostedAlert[]> {
  return (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly PostedAlert[];
}

function bySlo(a: PostedAlert['labels'], b: PostedAlert['labels']): number {
  return byText(a['slo'], b['slo']);
}

function byText(a = '', b = ''): number {
  return a < b ? -1 : 1;
}

interface Decision {
  readonly rule: BurnRule;
  readonly condition: Condition;
  readonly long: { readonly total: number; readonly bad: number };
  readonly short: { readonly total: number; readonly bad: number };
}

const RATES = [fraction(72, 5), fraction(6, 1), fraction(1, 1), fraction(11, 10), fraction(1, 2)];

/** Rules of every kind, and counts that lie around what they turn on; few and many events, in both windows alike. */
const decisions: fc.Arbitrary<Decision> = fc
  .record({
    objective: fc.constantFrom<SloInput['objective'][]>(
      '99%',
      '99.9%',
      '99.99%',
      '99.99999%',
      '95%',
    ),
    burnRate: fc.constantFrom(...RATES),
    severity: fc.constantFrom('page' as const, 'page' as const, 'ticket' as const),
    evidenceGate: fc.constantFrom(true, true, false),
    around: fc.constantFrom('evidence' as const, 'threshold' as const, 'anything' as const),
    most: fc.constantFrom(60, 3_000_000),
  })
  .chain(({ objective, burnRate, severity, evidenceGate, around, most }) => {
    const { objective: target } = slo(shop, { objective });
    const condition = { longWindow: 3600, shortWindow: 300, burnRate, severity };
    const rule = {
      objective: target,
      burnPolicy: { conditions: [condition], evidenceGate, keepFiring: { page: 0, ticket: 0 } },
    };
    const counts = fc
      .record({
        total: fc.integer({ min: 1, max: most }),
        by: fc.integer({ min: -2, max: 4 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ total, by, share }) => {
        const threshold = errorThreshold(condition, target);
        const edges = {
          evidence: criticalBad(total, threshold, target.budget) ?? total,
          threshold: Math.floor(total * toNumber(threshold)),
          anything: Math.floor(total * share),
        };
        return { total, bad: Math.min(Math.max(edges[around] + by, 0), total) };
      });
    return fc.record({ long: counts, short: counts }).map((both) => ({ rule, condition, ...both }));
  });
