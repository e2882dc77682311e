// The checks that the collector itself runs: on their schedule, with results straight into its own ingest; also those of reports to it.
import type { Log } from '../../collector/log.ts';
import type { Service } from '../../collector/service.ts';
import type { ProbeSettings } from '../../slo/connection.ts';
import {
  awaitsReports,
  type Check,
  chooseChecks,
  createProbes,
  createReportProbe,
  createResultQueue,
  createRunner,
  createRunSeries,
  createSurroundings,
  type Delivery,
  type MissedRuns,
  type Run,
  runCheck,
  runResult,
  type RunResult,
} from '../../synthetics/index.ts';

export interface ServedChecks {
  /** Other definitions from now on. */
  setChecks(checks: readonly Check[]): void;
  /** The runs so far as Prometheus series. */
  series(): string;
  /** Ends the runs under way and delivers what is there, as long as the signal lets it. */
  stop(): Promise<void>;
}

const ONLY_REPORTS = { location: '', atOnce: 16 } as const;

/** From stopping until results that nobody takes are given up. */
const GRACE_MS = 2000;
/** What is missed or lost is told at most this often for each reason, with how much it was. */
const TELL_MS = 60_000;

export function serveChecks(options: {
  readonly checks: readonly Check[];
  /** Absent: others run the checks, and what jobs report is all that is looked at here. */
  readonly settings: ProbeSettings['serve'];
  /** Where relative files of checks start. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly service: Pick<Service, 'ingest' | 'jobReports'>;
  /** Hears of every run. */
  readonly onRun?: (run: Run) => void;
  readonly log: Log;
}): ServedChecks {
  const { settings, log } = options;
  const { ingest, jobReports } = options.service;
  const { location, atOnce } = settings ?? ONLY_REPORTS;
  const surroundings = createSurroundings(options.folder, options.environment);
  const probes = createProbes();
  const [stopping, giveUp] = [new AbortController(), new AbortController()];
  const tell = createTally((what, count) => log.warn({ count }, what));
  const queue = createResultQueue({
    send: (result) => deliver(ingest, result),
    sleep: surroundings.sleep,
    signal: giveUp.signal,
    onLost: (_, reason) => tell(`results are lost: ${reason}`, 1),
  });
  const series = createRunSeries();
  const here = (checks: readonly Check[]): readonly Check[] =>
    settings === undefined
      ? checks.filter(awaitsReports)
      : chooseChecks(checks, location === '' ? {} : { location });
  const probesOf = (check: Check): typeof probes =>
    awaitsReports(check)
      ? new Map([['heartbeat', createReportProbe(async () => jobReports.last(check.id))]])
      : probes;
  const runner = createRunner({
    checks: here(options.checks),
    clock: surroundings,
    location,
    atOnce,
    run: (check, scheduledAtMs, signal) =>
      runCheck(check, { probes: probesOf(check), surroundings, location, scheduledAtMs, signal }),
    onRun(run, check) {
      logRun(log, run);
      series.add(run);
      options.onRun?.(run);
      const result = runResult(check, run);
      if (result !== undefined) queue.add(result);
    },
    onMissed: ({ reason, count }: MissedRuns) => {
      if (reason !== 'stopped') tell(`runs of checks are missed: ${reason}`, count);
    },
  });
  const ended = runner.run(stopping.signal);
  return {
    setChecks(checks) {
      runner.setChecks(here(checks));
      series.keep(new Set(checks.map(({ id }) => id)));
    },
    series: () => series.text(),
    async stop() {
      stopping.abort();
      const timer = setTimeout(() => giveUp.abort(), GRACE_MS);
      await ended;
      await queue.settled();
      clearTimeout(timer);
    },
  };
}

async function deliver(ingest: Service['ingest'], result: RunResult): Promise<Delivery> {
  const { status, body } = await ingest.receive({
    stream: result.stream,
    body: Buffer.from(result.body),
    headers: {
      'content-type': 'application/x-ndjson',
      'idempotency-key': result.idempotencyKey,
    },
  });
  if (status === 200) return 'taken';
  if (status === 404) return 'unread';
  if (status >= 500) return 'later';
  throw new Error(typeof body === 'string' ? body : `the ingest answers ${status}`);
}

/** What did not pass is worth a line; what passed is in the budget. */
function logRun(log: Log, { check, location, verdict, reason, traceId }: Run): void {
  if (verdict === 'passed' || reason?.code === 'stopped') return;
  log.info({ check, location, verdict, reason: reason?.message, traceId }, 'a check did not pass');
}

/** Adds up what happens often, and tells it at once and then now and then. */
function createTally(tell: (what: string, count: number) => void) {
  const counts = new Map<string, { count: number; toldAt: number }>();
  return (what: string, by: number): void => {
    const entry = counts.get(what) ?? { count: 0, toldAt: -Infinity };
    counts.set(what, entry);
    entry.count += by;
    if (performance.now() - entry.toldAt < TELL_MS) return;
    tell(what, entry.count);
    Object.assign(entry, { count: 0, toldAt: performance.now() });
  };
}
