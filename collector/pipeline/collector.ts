// The collector: sources into the store and the engine, the engine's verdicts to the sinks, once a second.
import type { EpochSeconds } from '../../slo/counts.ts';
import { alertLabels, ALERTS } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type MetricsRecorder, silentMetrics } from '../metrics.ts';
import type { Sink } from '../sinks/sink.ts';
import type { Source, SourceContext, SourceStatus } from '../sources/source.ts';
import type { AlertEvent, AlertRecord, Store } from '../stores/store.ts';
import { traced } from '../tracing.ts';
import type { CollectorView } from '../view.ts';
import { annotate } from './alert-text.ts';
import { alertKey, createDispatcher, type Dispatch, isWorthTelling } from './dispatcher.ts';
import { createEngine, type Engine, type Instance } from './engine.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import { createInstanceView } from './instance-view.ts';
import { createLedger } from './ledger.ts';
import type { OutboxStatus } from './outbox.ts';
import { retentionFor } from './retention.ts';
import { foldSteps } from './step-fold.ts';

export interface CollectorOptions {
  readonly slos: readonly Slo[];
  readonly store: Store;
  /** Makes the sources that serve these SLOs; called at the start and at every reload. */
  readonly sources: (slos: readonly Slo[]) => readonly Source[];
  readonly sinks: readonly Sink[];
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the service, for the link in every alert. */
  readonly publicUrl: string;
  /** Told of long work, such as a backfill. */
  readonly progress?: (what: string, done: number, total: number) => void;
  /** @default none are recorded */
  readonly metrics?: MetricsRecorder;
}

export interface Collector extends CollectorView {
  /** Loads what the store holds, then starts the sources and the evaluation. */
  start(): Promise<void>;
  /** Takes new definitions: counts of SLOs that stay are kept, sources go on from their positions. */
  reload(slos: readonly Slo[]): Promise<void>;
  sinks(): readonly OutboxStatus[];
  /** Stops sources after their last commit, sends what waits for at most `graceMs`, and closes the store. */
  close(graceMs?: number): Promise<void>;
}

const EVALUATION_MS = 1000;
/** Often enough that a restart never finds much more than ten minutes of single seconds. */
const MAINTENANCE_SECONDS = 300;
const HISTORY_POINTS = 2000;

/** The sources at work, and how to stop them. */
interface Shift {
  readonly sources: readonly Source[];
  readonly stop: () => Promise<void>;
}

export function createCollector(options: CollectorOptions): Collector {
  const { store, clock, log, sinks, metrics = silentMetrics } = options;
  const stopping = new AbortController();
  const seconds = (): EpochSeconds => Math.floor(clock.now() / 1000);
  const engine = createEngine({ start: seconds() });
  const toSave = new Map<string, AlertRecord>();
  let unsaved: AlertEvent[] = [];
  let evaluator: Evaluator = createEvaluator({ engine });
  let slos = options.slos;
  let shift: Shift | undefined;
  let loop: Promise<void> | undefined;
  let maintainedAt = 0;
  let toldIgnored = 0;

  const dispatcher = createDispatcher({
    sinks,
    clock,
    log,
    metrics,
    delivered(key) {
      for (const record of evaluator.records())
        if (alertKey(record) === key) {
          const taken = { ...record, lastSentAt: seconds() };
          evaluator.amend(taken);
          toSave.set(key, taken);
        }
    },
  });

  const saveAlerts = async (): Promise<void> => {
    if (toSave.size === 0 && unsaved.length === 0) return;
    const records = [...toSave.values()];
    const events = unsaved;
    toSave.clear();
    unsaved = [];
    try {
      await store.saveAlerts(records, events);
    } catch (cause) {
      // A page must go out although the store is away; the state is saved when it is back.
      for (const record of records)
        if (!toSave.has(alertKey(record))) toSave.set(alertKey(record), record);
      unsaved = [...events, ...unsaved];
      log.error({ err: cause }, 'alert states could not be saved; trying again');
    }
  };

  const dispatchAll = (now: EpochSeconds): void => {
    const dispatches: Dispatch[] = [];
    for (const record of evaluator.records()) {
      if (!isWorthTelling(record, now)) continue;
      const instance = findInstance(engine, record.instance);
      if (instance === undefined) continue;
      const { slo } = instance.tracked;
      dispatches.push({
        record,
        labels: alertLabels(
          record.name,
          slo,
          // A missing-data alert is about the whole SLO.
          record.name === ALERTS.missing ? {} : instance.group,
          record.severity,
        ),
        generatorUrl: `${options.publicUrl}/api/v1/slos/${slo.id}`,
        annotations: () => describe(record, instance, now),
      });
    }
    dispatcher.offer(dispatches, now);
  };

  /** What a resolved alert said last is what it was about; a firing one says what is true now. */
  const describe = (
    record: AlertRecord,
    instance: Instance,
    now: EpochSeconds,
  ): AlertRecord['annotations'] => {
    if (record.state.phase !== 'firing') return record.annotations;
    const view = createInstanceView(engine, evaluator, instance, now, true);
    const annotations = annotate(record.name, record.severity, instance.tracked.slo, view);
    evaluator.amend({ ...record, annotations });
    return annotations;
  };

  const tick = async (): Promise<void> => {
    const startedMs = performance.now();
    const now = seconds();
    engine.advance(now);
    const { changed, events } = evaluator.evaluate(now);
    for (const record of changed) toSave.set(alertKey(record), record);
    unsaved = [...unsaved, ...events];
    for (const { severity, transition } of events) metrics.transition(severity, transition);
    await saveAlerts();
    dispatchAll(now);
    metrics.evaluation((performance.now() - startedMs) / 1000, engine.size);
    if (now - maintainedAt >= MAINTENANCE_SECONDS) {
      maintainedAt = now;
      await maintain(now);
    }
  };

  const maintain = async (now: EpochSeconds): Promise<void> => {
    engine.retire(now);
    if (engine.ignored > toldIgnored) {
      log.warn(
        { cells: engine.ignored - toldIgnored },
        'counts older than every window, or more than an hour ahead of the clock, are stored but in no budget',
      );
      toldIgnored = engine.ignored;
    }
    try {
      await store.compact(now, retentionFor(slos, engine.longestWindow));
    } catch (cause) {
      log.error({ err: cause }, 'the store could not be compacted; trying again later');
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await traced('pipeline.evaluate', {}, tick);
      } catch (cause) {
        log.error({ err: cause }, 'an evaluation failed');
      }
      // On the whole second, so that evaluation does not drift against the buckets.
      await clock.sleep(EVALUATION_MS - (clock.now() % EVALUATION_MS), stopping.signal);
    }
  };

  const startShift = (): Shift => {
    const stop = new AbortController();
    const sources = options.sources(slos);
    const contextOf = (source: Source): SourceContext => ({
      ledger: createLedger({ store, engine, metrics, source: source.name }),
      clock,
      log,
      progress: options.progress ?? ((): void => {}),
    });
    const runs = sources.map((source) =>
      source.run(contextOf(source), stop.signal).catch((cause: unknown) => {
        log.error({ source: source.name, err: cause }, 'the source has given up');
      }),
    );
    return {
      sources,
      async stop() {
        stop.abort();
        await Promise.all(runs);
      },
    };
  };

  /** Reads from the store what the engine does not hold yet. */
  const load = async (ids: ReadonlySet<string>): Promise<void> => {
    await store.readCells((cells) =>
      engine.apply(cells.filter((cell) => ids.has(sloIdOf(cell.instance)))),
    );
    for (const [slo, intervals] of await store.coverage())
      if (ids.has(slo)) engine.cover(intervals.map((interval) => ({ slo, ...interval })));
  };

  return {
    async start() {
      engine.define(slos);
      await load(new Set(slos.map((slo) => slo.id)));
      evaluator = createEvaluator({ engine, records: await store.alerts() });
      maintainedAt = seconds();
      // The store keeps a little more than windows need.
      toldIgnored = engine.ignored;
      shift = startShift();
      loop = run();
    },
    async reload(next) {
      await shift?.stop();
      const before = new Map([...engine.tracked()].map((entry) => [entry.slo.id, entry]));
      slos = next;
      engine.define(slos);
      const fresh = slos.filter((slo) => before.get(slo.id) !== engine.find(slo.id));
      await load(new Set(fresh.map((slo) => slo.id)));
      evaluator.prune((instance) => findInstance(engine, instance) !== undefined);
      shift = startShift();
    },
    async close(graceMs = 5000) {
      await shift?.stop();
      stopping.abort();
      await loop;
      await saveAlerts();
      await dispatcher.close(graceMs);
      await saveAlerts();
      await store.close();
    },
    slos: () => slos,
    sinks: () => dispatcher.status(),
    sources: (): readonly SourceStatus[] => shift?.sources.map((source) => source.status()) ?? [],
    instances: () =>
      allInstances(engine)
        .map((instance) => createInstanceView(engine, evaluator, instance, seconds(), false))
        .sort((a, b) => (a.instance < b.instance ? -1 : 1)),
    instance(id) {
      const instance = findInstance(engine, id);
      return instance && createInstanceView(engine, evaluator, instance, seconds(), true);
    },
    alerts: () =>
      allInstances(engine)
        .flatMap(
          (instance) => createInstanceView(engine, evaluator, instance, seconds(), false).alerts,
        )
        .sort((a, b) => (`${a.instance} ${a.severity}` < `${b.instance} ${b.severity}` ? -1 : 1)),
    alertEvents: (query) => store.alertEvents(query),
    history(id, from, to, stepSeconds) {
      if ((to - from) / stepSeconds > HISTORY_POINTS)
        throw new RangeError(
          `${from} to ${to} in steps of ${stepSeconds} s is more than ${HISTORY_POINTS} points; take a longer step`,
        );
      return foldSteps(store, id, from, to, stepSeconds);
    },
    readiness() {
      const reasons = (shift?.sources ?? [])
        .map((source) => source.status())
        .filter((status) => status.state === 'starting' || status.state === 'backfilling')
        .map((status) => `source ${status.name} is ${status.state}`);
      if (shift === undefined) reasons.push('the collector is loading its counts');
      return { ready: reasons.length === 0, reasons };
    },
  };
}

function sloIdOf(instance: string): string {
  const brace = instance.indexOf('{');
  return brace < 0 ? instance : instance.slice(0, brace);
}

function findInstance(engine: Engine, id: string): Instance | undefined {
  const entry = engine.find(sloIdOf(id));
  // A missing-data alert of a grouped SLO names the SLO itself, which has no budget of its own.
  return (
    entry?.instances.get(id) ??
    (id === entry?.slo.id ? [...entry.instances.values()][0] : undefined)
  );
}

function allInstances(engine: Engine): Instance[] {
  return [...engine.tracked()].flatMap((entry) => [...entry.instances.values()]);
}
