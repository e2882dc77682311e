// The HTTP ingest: batches of events posted to a stream, answered once they are counted and durable.
import type { IngestSettings } from '../../../slo/connection.ts';
import type { Slo } from '../../../slo/slo.ts';
import {
  type Classifier,
  createClassifier,
  type EventSlo,
  isEventSlo,
} from '../events/classifier.ts';
import { createEventFold, type EventFold } from '../events/event-fold.ts';
import { LARGEST_EVENT } from '../events/json-event.ts';
import { createPoisonLog, type PoisonLog, type PoisonSample } from '../events/poison-log.ts';
import type { Source, SourceContext, SourceStatus } from '../source.ts';
import { digest, type KeyedRequest } from './idempotency-window.ts';
import { type BodyEntry, type BodyLimits, readBody, unpackBody } from './ingest-body.ts';
import { bodyEncoding, bodyForm, type IngestHeaders, keyOf } from './ingest-headers.ts';
import { IngestRefusal } from './ingest-refusal.ts';
import { type IngestAnswer, judgeEntries } from './judged-entries.ts';
import { createStreamIntake, type StreamIntake } from './stream-intake.ts';

export interface IngestRequest {
  readonly stream: string;
  readonly body: Uint8Array;
  readonly headers: IngestHeaders;
}

/** The answer as the HTTP room sends it; text is the detail of an error. */
export interface IngestReceived {
  readonly status: number;
  readonly body?: IngestAnswer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface IngestSource extends Source {
  receive(request: IngestRequest): Promise<IngestReceived>;
  poison(): readonly PoisonSample[];
}

/** What a request needs to be counted; all of it is there while the source runs. */
interface Ready {
  readonly stream: Stream;
  readonly intake: StreamIntake;
  readonly context: SourceContext;
  readonly poison: PoisonLog;
}

interface Stream {
  readonly slos: readonly EventSlo[];
  readonly classifier: Classifier;
  intake: StreamIntake | undefined;
  /** Keyed requests under way, by key. */
  readonly inFlight: Map<string, Promise<unknown>>;
}

const NAME = 'ingest';
const MOST_BUSY_BYTES = 256 * 1024 * 1024;

export function createIngestSource(options: {
  readonly settings: IngestSettings;
  /** Those on events of other origins are passed over. */
  readonly slos: readonly Slo[];
}): IngestSource {
  const { settings } = options;
  const limits: BodyLimits = { ...settings, maxLineBytes: LARGEST_EVENT };
  const streams = streamsOf(options.slos);
  const counters: Record<string, number> = {};
  let state: SourceStatus['state'] = 'starting';
  let lastError: SourceStatus['lastError'];
  let context: SourceContext | undefined;
  let poison: PoisonLog | undefined;
  let busyBytes = 0;

  const count = (name: string, by: number): void => {
    counters[name] = (counters[name] ?? 0) + by;
  };
  const failed = (error: unknown): void => {
    state = 'failing';
    const message = error instanceof Error ? error.message : String(error);
    lastError = { at: Math.floor((context?.clock.now() ?? 0) / 1000), message };
  };

  async function openAll(
    { clock, log }: SourceContext,
    signal: AbortSignal,
    intakes: readonly StreamIntake[],
  ): Promise<void> {
    for (let pause = 200; !signal.aborted; pause = Math.min(pause * 2, 5_000)) {
      try {
        await Promise.all(intakes.map((intake) => intake.open()));
        return;
      } catch (error) {
        failed(error);
        log.warn({ error }, 'ingest cannot read its positions yet');
        await clock.sleep(pause, signal);
      }
    }
  }

  /** Requests unpacked and parsed at a time are bounded in bytes, whatever the number of senders. */
  async function takeInTurn(request: IngestRequest): Promise<IngestAnswer> {
    const packed = bodyEncoding(request.headers) === 'gzip';
    const bytes = packed ? settings.maxBodyBytes : request.body.length;
    if (busyBytes > 0 && busyBytes + bytes > MOST_BUSY_BYTES)
      throw new IngestRefusal(503, 'too many requests are being read', 1);
    busyBytes += bytes;
    try {
      return await take(request);
    } finally {
      busyBytes -= bytes;
    }
  }

  async function take(request: IngestRequest): Promise<IngestAnswer> {
    const stream = streams.get(request.stream);
    if (stream === undefined)
      throw new IngestRefusal(404, `no SLO reads a stream of this name; known: ${names(streams)}`);
    const form = bodyForm(request.headers);
    const key = keyOf(request.headers);
    const { intake } = stream;
    if (intake === undefined || context === undefined || poison === undefined)
      throw new IngestRefusal(503, 'the collector is not ready to take events', 2);
    const bytes = await unpackBody(request.body, bodyEncoding(request.headers), limits);
    const entries = await readBody(bytes, form, limits);
    const ready = { stream, intake, context, poison };
    if (key === undefined) return countEntries(ready, request, entries);
    // Two requests with one key at a time: the second waits for the answer to the first.
    for (let other = stream.inFlight.get(key); other; other = stream.inFlight.get(key)) await other;
    const keyed = { key, body: digest(bytes) };
    const counted = countEntries(ready, request, entries, keyed);
    const over = counted.catch(() => {}).then(() => stream.inFlight.delete(key));
    stream.inFlight.set(key, over);
    return counted;
  }

  async function countEntries(
    { stream, intake, context, poison }: Ready,
    request: IngestRequest,
    entries: readonly BodyEntry[],
    keyed?: { readonly key: string; readonly body: string },
  ): Promise<IngestAnswer> {
    const now = context.clock.now() / 1000;
    const fold = createEventFold({
      classifier: stream.classifier,
      instance: (slo, labels) => context.ledger.instance(slo, labels),
      now,
    });
    const judged = judgeEntries(fold, entries, now);
    const before = keyed && intake.counted(keyed.key);
    if (before !== undefined) return replay(before, keyed?.body, judged.answer);
    const { accepted, rejected } = judged.answer;
    const at = Math.floor(now);
    count('requests', 1);
    for (const { line, reason, bytes } of judged.samples)
      poison.add(reason, `${request.stream} line ${line}`, bytes);
    if (accepted > 0 || judged.heartbeats.length > 0 || entries.length === 0) {
      const outcome = await intake.add({
        fold: judged.fold,
        heartbeats: judged.heartbeats,
        empty: entries.length === 0,
        ...(keyed && { keyed: { ...keyed, at, accepted, rejected } }),
      });
      if (outcome === 'duplicate') return { ...judged.answer, duplicate: true };
    }
    tally(judged.fold, rejected);
    if (state === 'failing') state = 'live';
    return judged.answer;
  }

  function replay(
    before: KeyedRequest,
    body: string | undefined,
    answer: IngestAnswer,
  ): IngestAnswer {
    if (before.body !== body)
      throw new IngestRefusal(422, 'the idempotency key was used before with another body');
    count('requests_duplicate', 1);
    return { ...answer, accepted: before.accepted, rejected: before.rejected, duplicate: true };
  }

  function tally(fold: EventFold, rejected: number): void {
    const totals = fold.totals();
    count('events', totals.events);
    count('events_counted', totals.counted);
    count('events_ignored', totals.ignored);
    count('events_too_old', totals.tooOld);
    count('events_future', totals.future);
    count('events_rejected', rejected);
  }

  return {
    name: NAME,
    async run(running, signal) {
      const log = createPoisonLog({
        now: () => Math.floor(running.clock.now() / 1000),
        log: running.log,
      });
      const intakes = [...streams].map(([name, { classifier }]) =>
        createStreamIntake({
          part: `ingest/${name}`,
          classifier,
          latenessSeconds: settings.latenessSeconds,
          context: running,
          signal,
          count,
          failed,
        }),
      );
      context = running;
      poison = log;
      await openAll(running, signal, intakes);
      for (const [index, stream] of [...streams.values()].entries()) stream.intake = intakes[index];
      if (!signal.aborted) state = 'live';
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      for (const stream of streams.values()) stream.intake = undefined;
      await Promise.all(intakes.map((intake) => intake.settled()));
      state = 'stopped';
    },
    async receive(request) {
      try {
        const answer = await takeInTurn(request);
        return { status: statusOf(answer), body: answer };
      } catch (error) {
        if (!(error instanceof IngestRefusal)) throw error;
        count(`requests_refused_${error.status}`, 1);
        const wait = error.retryAfterSeconds;
        return {
          status: error.status,
          body: error.message,
          ...(wait !== undefined && { headers: { 'retry-after': String(wait) } }),
        };
      }
    },
    status() {
      const reached = [...streams.values()].map(({ intake }) => intake?.watermark());
      const known = reached.filter((each) => each !== undefined);
      const watermark = known.length === 0 ? undefined : Math.min(...known);
      return {
        name: NAME,
        kind: 'ingest',
        state,
        slos: [...streams.values()].flatMap(({ slos }) => slos.map(({ id }) => id)),
        ...(watermark !== undefined && { watermark }),
        ...(watermark !== undefined &&
          context && { lagSeconds: Math.max(0, context.clock.now() / 1000 - watermark) }),
        ...(lastError && { lastError }),
        counters: {
          ...counters,
          ...Object.fromEntries(
            Object.entries(poison?.counts() ?? {}).map(([reason, by]) => [`poison_${reason}`, by]),
          ),
        },
      };
    },
    poison: () => poison?.samples() ?? [],
  };
}

function statusOf({ accepted, rejected }: IngestAnswer): number {
  if (rejected === 0) return 200;
  return accepted > 0 ? 207 : 422;
}

function streamsOf(slos: readonly Slo[]): ReadonlyMap<string, Stream> {
  const byStream = new Map<string, EventSlo[]>();
  for (const slo of slos) {
    if (!isEventSlo(slo)) continue;
    const { origin } = slo.sli.form;
    if (!('ingest' in origin)) continue;
    const { stream } = origin.ingest;
    byStream.set(stream, [...(byStream.get(stream) ?? []), slo]);
  }
  return new Map(
    [...byStream].map(([name, slos]) => [
      name,
      { slos, classifier: createClassifier(slos), intake: undefined, inFlight: new Map() },
    ]),
  );
}

function names(streams: ReadonlyMap<string, Stream>): string {
  return [...streams.keys()].slice(0, 10).join(', ') || 'none';
}
