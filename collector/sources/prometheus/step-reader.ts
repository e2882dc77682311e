// Drives one SLO that is read step by step: recent steps are read again and replaced until late samples are past.
import { hash } from 'node:crypto';
import { type Cell, CELL_WIDTHS, type CellWidth, type EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';
import type { Replacement, StoreError } from '../../stores/store.ts';
import type { SourceContext } from '../source.ts';
import { spreadCells } from './cell-spread.ts';
import { PositionError } from './counter-position.ts';
import type { ReaderSettings } from './counter-reader.ts';
import { firstRead } from './history-start.ts';
import { createMeasuredTime } from './measured-time.ts';
import type { PartReader } from './part-reader.ts';
import { outlastStore } from './store-patience.ts';
import type { Carries, StepForm, Steps } from './step-form.ts';
import { createWatermark } from './watermark.ts';

export interface StepReaderOptions {
  readonly id: string;
  readonly slo: Slo;
  readonly steps: StepForm;
  readonly context: SourceContext;
  readonly settings: ReaderSettings;
  readonly failed: (error: StoreError) => void;
}

/** A step is asked for so long after its end at the earliest: a scrape may be under way. */
const SCRAPE_SECONDS = 2;

/** Steps are read again for so long, and their cells replaced. */
const REREAD_SECONDS = 600;

/** Points of one series in an answer at most; servers refuse more than 11,000. */
const MOST_POINTS = 10_000;

/** What is older is told in the SLO's widest cells. */
const FINE_SECONDS = 21_600;

interface Position {
  /** Steps up to here are final; `carries` are theirs. */
  readonly finalTo: EpochSeconds;
  readonly carries: Carries;
}

/** @throws PositionError, StoreError */
export async function openStepReader(options: StepReaderOptions): Promise<PartReader> {
  const { id, slo, steps, context, settings } = options;
  const { ledger, clock } = context;
  const { stepSeconds } = steps;
  const query = hash('sha256', JSON.stringify(slo.sli.form), 'base64').slice(0, 16);
  const kept = await ledger.position(id);
  let version = kept?.version ?? 0;
  let position = kept && readPosition(id, kept.position);
  const instances = new Set(position?.carries.keys());
  const mark = createWatermark(settings.settleSeconds);
  const counters = { steps: 0, clamped: 0 };
  let measuredTo = -Infinity;
  let readTo: EpochSeconds | undefined;
  let rereadAt = -Infinity;
  let watermark: EpochSeconds | undefined;
  const now = (): EpochSeconds => Math.floor(clock.now() / 1000);
  const gridBefore = (at: EpochSeconds): EpochSeconds => at - (at % stepSeconds);
  /** Old steps end on whole cells of the widest kind, so that they can be told in them. */
  const chunk = stepSeconds * Math.max(1, Math.floor(900 / stepSeconds));

  function begin(): Position {
    const start = firstRead([slo], now(), settings);
    return { finalTo: Math.ceil(start / chunk) * chunk, carries: new Map() };
  }

  /** Reads `(finalTo, to]` and replaces what was told of it; what ends by `nextFinal` is final then. */
  async function read(
    from: Position,
    to: EpochSeconds,
    nextFinal: EpochSeconds,
    signal: AbortSignal,
  ): Promise<Steps | undefined> {
    const request = { from: from.finalTo, to, carries: from.carries, carriesAt: nextFinal };
    const told = await steps.read(request, signal);
    for (const { instance } of told.counts) instances.add(instance);
    const measured = createMeasuredTime();
    for (const end of told.measured) measured.add((end - stepSeconds) * 1000, end * 1000);
    const next = { finalTo: nextFinal, carries: told.carries };
    const commit = {
      part: id,
      version,
      position: JSON.stringify({
        slos: { [slo.id]: query },
        readTo: nextFinal,
        carries: Object.fromEntries(
          [...instances].map((each) => [each, next.carries.get(each) ?? [0, 0]]),
        ),
      }),
      replace: replacements(told, from.finalTo, to),
      coverage: measured.drain().map((interval) => ({ slo: slo.id, ...interval })),
    };
    const done = await outlastStore(() => ledger.commit(commit), clock, signal, options.failed);
    if (done === undefined) return undefined;
    version += 1;
    position = next;
    readTo = to;
    counters.steps += told.counts.length;
    counters.clamped += Math.round(told.clamped);
    measuredTo = Math.max(measuredTo, told.measured.at(-1) ?? -Infinity);
    return told;
  }

  /** The cells of `(from, to]`, for every instance that may have some. */
  function replacements(told: Steps, from: EpochSeconds, to: EpochSeconds): Replacement[] {
    const coarsest = coarsestOf(slo);
    const fine =
      CELL_WIDTHS.findLast((width) => width <= coarsest && stepSeconds % width === 0) ?? 1;
    const fineFrom = 900 % stepSeconds === 0 ? Math.floor((now() - FINE_SECONDS) / 900) * 900 : 0;
    const cells = new Map<string, Map<EpochSeconds, Cell>>();
    for (const instance of instances) cells.set(instance, new Map());
    for (const { end, instance, total, bad } of told.counts)
      for (const cell of spreadCells(end - stepSeconds, end, { total, bad }, fine))
        addCell(cells.get(instance), cell, end <= fineFrom ? coarsest : fine);
    return [...cells].map(([instance, own]) => ({ instance, from, to, cells: [...own.values()] }));
  }

  return {
    id,
    slos: [slo],
    counters,
    doubts: [],
    get watermark() {
      return watermark;
    },
    behind: () => (readTo === undefined ? undefined : now() - readTo),
    async catchUp(signal) {
      let at = position ?? begin();
      const [start, end] = [at.finalTo, now()];
      const longest = steps.pointSeconds * MOST_POINTS;
      const most = Math.max(chunk, longest - (longest % chunk));
      for (; !signal.aborted && at.finalTo + most < now() - REREAD_SECONDS; at = position ?? at) {
        const to = at.finalTo + most;
        if ((await read(at, to, to, signal)) === undefined) return;
        context.progress(`history of ${id}`, to - start, Math.max(end, to) - start);
      }
    },
    async poll(signal) {
      const at = position ?? begin();
      const to = gridBefore(now() - SCRAPE_SECONDS);
      const final = Math.max(at.finalTo, Math.floor((to - REREAD_SECONDS) / chunk) * chunk);
      let milliseconds = 0;
      let samples = 0;
      // Between two steps there is nothing new; what may have come late is looked for once a minute.
      if (to > at.finalTo && (to !== readTo || now() - rereadAt >= 60)) {
        const told = await read(at, to, final, signal);
        if (told === undefined) return { milliseconds, samples };
        milliseconds = told.milliseconds;
        samples = told.counts.length;
        rereadAt = now();
      } else readTo ??= to;
      watermark = mark.after(now(), measuredTo * 1000, stepSeconds * 1000);
      ledger.watermark(slo.id, watermark);
      return { milliseconds, samples };
    },
  };
}

/** The widest cell in which old counts may be told: time slices need it narrow. */
function coarsestOf({ method }: Slo): CellWidth {
  if (method.kind === 'occurrences') return 900;
  return CELL_WIDTHS.findLast((width) => method.sliceSeconds % width === 0) ?? 1;
}

function addCell(
  cells: Map<EpochSeconds, Cell> | undefined,
  { start, total, bad }: Cell,
  width: CellWidth,
): void {
  const at = start - (start % width);
  const known = cells?.get(at) ?? { total: 0, bad: 0 };
  cells?.set(at, { start: at, width, total: known.total + total, bad: known.bad + bad });
}

function readPosition(part: string, text: string): Position {
  try {
    const { readTo, carries } = JSON.parse(text) as {
      readonly readTo: number;
      readonly carries: Readonly<Record<string, readonly [number, number]>>;
    };
    if (!Number.isSafeInteger(readTo)) throw new RangeError(`readTo ${String(readTo)} is no time`);
    return { finalTo: readTo, carries: new Map(Object.entries(carries)) };
  } catch (cause) {
    throw new PositionError(part, cause);
  }
}
