// The Loki source: the SLOs on log lines of one connection, polled in turn.
import type { LokiConnection } from '../../../slo/connection.ts';
import type { Slo } from '../../../slo/slo.ts';
import { traced } from '../../tracing.ts';
import type { Source, SourceContext, SourceStatus } from '../source.ts';
import { createLogReader, type LogReader, type LogSlo } from './log-reader.ts';
import { createLokiClient } from './loki-client.ts';
import { LokiError } from './loki-error.ts';

export interface LokiSourceOptions {
  /** Name of the connection; part of every position's name, so it must stay the same. */
  readonly connection: string;
  readonly settings: LokiConnection;
  /** Those on other forms or connections are passed over. */
  readonly slos: readonly Slo[];
}

export function createLokiSource(options: LokiSourceOptions): Source {
  const { connection, settings } = options;
  const slos = options.slos.filter(
    (slo): slo is LogSlo => slo.sli.form.form === 'logs' && slo.sli.connection === connection,
  );
  const counters: Record<string, number> = {};
  const failing = new Set<string>();
  let readers: readonly LogReader[] = [];
  let clock: SourceContext['clock'] | undefined;
  let lastError: SourceStatus['lastError'];
  let stopped = false;

  const count = (name: string, by: number): void => {
    counters[name] = (counters[name] ?? 0) + by;
  };

  /** One step of a reader; a failure is told, once per trouble and not once per poll, and stays with this SLO. */
  async function attempt<Result>(
    what: string,
    context: SourceContext,
    signal: AbortSignal,
    step: () => Promise<Result>,
  ): Promise<Result | LokiError | undefined> {
    try {
      const result = await step();
      failing.delete(what);
      return result;
    } catch (error) {
      if (signal.aborted) return undefined;
      const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      count('failures', 1);
      if (!failing.has(what)) context.log.warn({ connection }, message);
      failing.add(what);
      lastError = { at: Math.floor(context.clock.now() / 1000), message };
      return error instanceof LokiError ? error : undefined;
    }
  }

  async function follow(
    reader: LogReader,
    context: SourceContext,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = context;
    const { id } = reader.slo;
    const period = settings.pollSeconds * 1000;
    let more = true;
    while (!signal.aborted) {
      const due = clock.now() + period;
      await attempt(id, context, signal, () => polled(id, () => reader.poll(signal)));
      // History fills the time between polls: what is now is never kept waiting by what was.
      while (more && !signal.aborted && clock.now() < due) {
        const history = `the history of ${id}`;
        const read = await attempt(history, context, signal, () =>
          polled(id, () => reader.readBack(signal)),
        );
        if (read instanceof LokiError && !read.retryable) {
          context.log.error({ connection }, `${history} stays unread: ${read.message}`);
          count('histories_given_up', 1);
          failing.delete(history);
          more = false;
        }
        if (typeof read !== 'boolean') break;
        more = read;
        tellProgress(context);
      }
      await clock.sleep(Math.max(0, due - clock.now()), signal);
    }
  }

  function polled<Result>(slo: string, work: () => Promise<Result>): Promise<Result> {
    return traced(
      'source.poll',
      { 'ninefold.source': `loki/${connection}`, 'ninefold.slo': slo },
      work,
    );
  }

  function tellProgress(context: SourceContext): void {
    let left = 0;
    let whole = 0;
    for (const reader of readers) {
      const history = reader.history();
      left += history.left;
      whole += history.whole;
    }
    if (whole > 0)
      context.progress(`reading the history of Loki ${connection}`, whole - left, whole);
  }

  return {
    name: `loki/${connection}`,
    async run(context, signal) {
      const client = createLokiClient(settings, context.clock);
      clock = context.clock;
      readers = slos.map((slo) =>
        createLogReader({ connection, settings, slo, client, context, count }),
      );
      try {
        await Promise.all(readers.map((reader) => follow(reader, context, signal)));
      } finally {
        client.close();
        stopped = true;
      }
    },
    status() {
      const reached = readers.map((reader) => reader.watermark());
      const known = reached.filter((each) => each !== undefined);
      const watermark =
        known.length === 0 || known.length < reached.length ? undefined : Math.min(...known);
      return {
        name: `loki/${connection}`,
        kind: 'loki',
        state: stateOf(),
        slos: slos.map(({ id }) => id),
        ...(watermark !== undefined && { watermark }),
        ...(watermark !== undefined &&
          clock && { lagSeconds: Math.max(0, clock.now() / 1000 - watermark) }),
        ...(lastError && { lastError }),
        counters: { ...counters },
      };
    },
  };

  function stateOf(): SourceStatus['state'] {
    if (stopped) return 'stopped';
    if (failing.size > 0) return 'failing';
    if (readers.length === 0 || readers.some((reader) => reader.watermark() === undefined))
      return 'starting';
    return readers.some((reader) => reader.history().left > 0) ? 'backfilling' : 'live';
  }
}
