// What Alertmanager must hear and when: the alert generator compliance list F, on a clock that the test drives.
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../collector/clock.ts';
import { silentLog } from '../../../collector/log.ts';
import { silentMetrics } from '../../../collector/metrics.ts';
import { createDispatcher, type Dispatch } from '../../../collector/pipeline/dispatcher.ts';
import { createListSink } from '../../../collector/sinks/list.ts';
import { type Sink, SinkError } from '../../../collector/sinks/sink.ts';
import type { AlertState } from '../../../slo/alert-state.ts';

const START = 1_800_000_000;

function dispatch(state: AlertState, lastSentAt?: number): Dispatch {
  return {
    record: {
      name: 'ErrorBudgetBurn',
      instance: 'shop/availability',
      severity: 'page',
      state,
      annotations: { summary: 'burns' },
      ...(lastSentAt === undefined ? {} : { lastSentAt }),
    },
    labels: { alertname: 'ErrorBudgetBurn', slo: 'shop/availability', severity: 'page' },
    generatorUrl: 'http://127.0.0.1/slos/shop/availability',
    annotations: () => ({ summary: 'burns' }),
  };
}

const firing = (since: number): AlertState => ({ phase: 'firing', firingSince: since });
const resolved = (since: number, at: number): AlertState => ({
  phase: 'inactive',
  firingSince: since,
  resolvedAt: at,
});

function repeating(): Sink & { readonly list: ReturnType<typeof createListSink> } {
  const list = createListSink();
  return { ...list, name: 'repeating', repeat: true, list };
}

/** Offers the state of every second to the dispatcher and returns what the sink got. */
async function drive(stateAt: (second: number) => AlertState | undefined, seconds: number) {
  const clock = createManualClock(START * 1000);
  const sink = repeating();
  const dispatcher = createDispatcher({
    sinks: [sink],
    clock,
    log: silentLog,
    metrics: silentMetrics,
  });
  for (let second = 0; second < seconds; second += 1) {
    const state = stateAt(second);
    dispatcher.offer(state === undefined ? [] : [dispatch(state)], START + second);
    await clock.advance(1000);
  }
  await dispatcher.close(0);
  return sink.list.sent;
}

describe('dispatcher', () => {
  it('sends a firing alert on entry and then every resend delay, ending four delays ahead (F2, F3, F10)', async () => {
    const sent = await drive(() => firing(START), 181);
    expect(sent.map((alert) => alert.endsAt - START)).toEqual([240, 300, 360, 420]);
    expect(new Set(sent.map((alert) => alert.startsAt))).toEqual(new Set([START]));
  });

  it('repeats a resolved alert for 15 minutes and then is silent (F5, F8, F9)', async () => {
    const sent = await drive(
      (second) => (second < 30 ? firing(START) : resolved(START, START + 30)),
      1200,
    );
    const resolutions = sent.filter((alert) => alert.status === 'resolved');
    expect(resolutions).toHaveLength(15);
    for (const alert of resolutions)
      expect([alert.startsAt, alert.endsAt]).toEqual([START, START + 30]);
  });

  it('stops repeating the resolution when the alert fires anew (F5)', async () => {
    const sent = await drive((second) => {
      if (second < 30) return firing(START);
      return second < 100 ? resolved(START, START + 30) : firing(START + 100);
    }, 400);
    const last = sent.findLastIndex((alert) => alert.status === 'resolved');
    expect(sent.slice(last + 1).map((alert) => alert.startsAt - START)).toEqual([
      100, 100, 100, 100, 100,
    ]);
  });

  it('never sends pending or inactive alerts (F1)', async () => {
    const sent = await drive(
      (second) => (second < 20 ? { phase: 'pending', activeSince: START } : undefined),
      40,
    );
    expect(sent).toEqual([]);
  });

  it('tells a sink that is told once only of changes', async () => {
    const clock = createManualClock(START * 1000);
    const sink = createListSink();
    const dispatcher = createDispatcher({
      sinks: [sink],
      clock,
      log: silentLog,
      metrics: silentMetrics,
    });
    for (let second = 0; second < 300; second += 1) {
      const state = second < 150 ? firing(START) : resolved(START, START + 150);
      dispatcher.offer([dispatch(state)], START + second);
      await clock.advance(1000);
    }
    await dispatcher.close(0);
    expect(sink.sent.map((alert) => alert.status)).toEqual(['firing', 'resolved']);
  });

  it('does not repeat to such a sink what it took before a restart', async () => {
    const clock = createManualClock(START * 1000);
    const sink = createListSink();
    const dispatcher = createDispatcher({
      sinks: [sink],
      clock,
      log: silentLog,
      metrics: silentMetrics,
    });
    dispatcher.offer([dispatch(firing(START - 50), START - 49)], START);
    await clock.advance(1000);
    expect(sink.sent).toEqual([]);
    dispatcher.offer([dispatch(resolved(START - 50, START + 1), START - 49)], START + 1);
    await clock.advance(1000);
    expect(sink.sent.map((alert) => alert.status)).toEqual(['resolved']);
    await dispatcher.close(0);
  });

  it('keeps trying while a sink is away, and loses nothing', async () => {
    const clock = createManualClock(START * 1000);
    const list = createListSink();
    let away = true;
    const sink: Sink = {
      ...list,
      send: (alerts, signal) =>
        away
          ? Promise.reject(new SinkError('connection refused', { retryable: true }))
          : list.send(alerts, signal),
    };
    const delivered: string[] = [];
    const dispatcher = createDispatcher({
      sinks: [sink],
      clock,
      log: silentLog,
      metrics: silentMetrics,
      delivered: (key) => delivered.push(key),
    });
    dispatcher.offer([dispatch(firing(START))], START);
    for (let second = 0; second < 120; second += 1) await clock.advance(1000);
    expect(dispatcher.status()[0]).toMatchObject({ waiting: 1, sent: 0 });
    expect(delivered).toEqual([]);
    away = false;
    for (let second = 0; second < 31; second += 1) await clock.advance(1000);
    expect(list.sent).toHaveLength(1);
    expect(delivered).toHaveLength(1);
    await dispatcher.close(0);
  });

  it('drops only the alert that a sink refuses, and says so', async () => {
    const clock = createManualClock(START * 1000);
    const list = createListSink();
    const sink: Sink = {
      ...list,
      send: (alerts, signal) =>
        alerts.some((alert) => alert.labels['slo'] === 'shop/refused')
          ? Promise.reject(new SinkError('bad label', { retryable: false }))
          : list.send(alerts, signal),
    };
    const dispatcher = createDispatcher({
      sinks: [sink],
      clock,
      log: silentLog,
      metrics: silentMetrics,
    });
    const good = dispatch(firing(START));
    const bad: Dispatch = {
      ...good,
      record: { ...good.record, instance: 'shop/refused' },
      labels: { ...good.labels, slo: 'shop/refused' },
    };
    dispatcher.offer([bad, good], START);
    await clock.advance(1000);
    expect(list.sent.map((alert) => alert.labels['slo'])).toEqual(['shop/availability']);
    expect(dispatcher.status()[0]).toMatchObject({ waiting: 0, sent: 1, dropped: 1 });
    await dispatcher.close(0);
  });
});
