// Votes of places in an ingest stream: each slot counts once, whatever arrives in which order, and over restarts between.
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createManualClock } from '../../../../collector/clock.ts';
import { createIngestSource } from '../../../../collector/sources/ingest/ingest-source.ts';
import { createMemoryStore } from '../../../../collector/stores/memory.ts';
import { slotOutcome, type Voices, withVote } from '../../../../slo/quorum.ts';
import type { EventQuorum } from '../../../../slo/sli.ts';
import { eventSlo } from '../event-slo.ts';
import { createTestLedger, testContext } from '../test-ledger.ts';

/** A multiple of the slot's length. */
const start = 1_800_000_000;
const SLOT = 60;
const quorum: EventQuorum = {
  field: 'location',
  among: ['asia', 'eu', 'us'],
  atLeast: 2,
  slotSeconds: SLOT,
  slotTime: { field: 'due', as: 'epoch-seconds' },
};
const settings = { maxBodyBytes: 1_000_000, maxEvents: 5_000, latenessSeconds: 0 };

function sloWith(change: Partial<EventQuorum> = {}) {
  const plain = eventSlo({ part: { field: 'failed', equals: true } });
  return {
    ...plain,
    sli: { ...plain.sli, form: { ...plain.sli.form, quorum: { ...quorum, ...change } } },
  };
}

interface Report {
  readonly location: string;
  readonly slot: number;
  /** Seconds after the slot's start at which it counts. */
  readonly at: number;
  readonly failed: boolean;
}

function body({ location, slot, at, failed }: Report): string {
  const due = start + slot * SLOT;
  const event = { location, due, time: due + at, failed };
  const heartbeat = { ninefold: { measuredFrom: due + at - SLOT, measuredThrough: due + at + 1 } };
  return `${JSON.stringify(event)}\n${JSON.stringify(heartbeat)}\n`;
}

/** An ingest over a store that outlives it; `restart` ends it and begins anew from what the store has. */
function intake(nowSeconds: number) {
  const ledger = createTestLedger(createMemoryStore());
  const clock = createManualClock(nowSeconds * 1000);
  const begin = (slo: ReturnType<typeof sloWith>) => {
    const source = createIngestSource({ settings, slos: [slo] });
    const stopping = new AbortController();
    const running = source.run(testContext(ledger, { clock }), stopping.signal);
    const stop = async (): Promise<void> => {
      stopping.abort();
      await running;
    };
    onTestFinished(stop);
    return { source, stop };
  };
  let now = begin(sloWith());
  const send = (report: Report, key?: string) =>
    now.source.receive({
      stream: 'shop',
      body: Buffer.from(body(report)),
      headers: {
        'content-type': 'application/x-ndjson',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    });
  return {
    ledger,
    clock,
    send,
    restart: async (change: Partial<EventQuorum> = {}) => {
      await now.stop();
      now = begin(sloWith(change));
      await new Promise(setImmediate);
    },
  };
}

const report: fc.Arbitrary<Report> = fc.record({
  location: fc.constantFrom('asia', 'eu', 'us', 'moon'),
  slot: fc.integer({ min: 0, max: 3 }),
  at: fc.integer({ min: -1, max: SLOT }),
  failed: fc.boolean(),
});

/** What the definition says, from all reports at once. */
function expected(reports: readonly Report[]): Map<string, readonly [number, number]> {
  const counts = new Map<string, readonly [number, number]>();
  for (const slot of new Set(reports.map((each) => each.slot))) {
    const voices = reports
      .filter((each) => each.slot === slot)
      .reduce<Voices>((all, { location, at, failed }) => {
        const offset = Math.min(Math.max(at, 0), SLOT - 1);
        return withVote(all, { place: location, offset, bad: failed });
      }, new Map());
    const outcome = slotOutcome(voices, quorum);
    if (outcome === undefined) continue;
    const second = start + slot * SLOT + outcome.offset;
    counts.set(`shop/availability ${second}`, [1, outcome.bad ? 1 : 0]);
  }
  return counts;
}

describe('slots on which places vote', () => {
  it('count what all votes together say, in any order, sent twice, over restarts between', async () => {
    const sent = fc.array(fc.record({ report, twice: fc.boolean(), restart: fc.boolean() }), {
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(sent, async (steps) => {
        const { ledger, send, restart } = intake(start + 5 * SLOT);
        await new Promise(setImmediate);
        for (const { report: each, twice, restart: again } of steps) {
          expect((await send(each)).status).toBe(200);
          if (again) await restart();
          if (twice) await send(each);
        }
        expect(await ledger.counts()).toEqual(expected(steps.map(({ report: each }) => each)));
        expect(ledger.setBack).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('measure the time of slots that are decided, and leave a gap for those that hang on silent places', async () => {
    const { ledger, send } = intake(start + 5 * SLOT);
    await new Promise(setImmediate);
    const two = async (slot: number) => {
      await send({ location: 'eu', slot, at: 10, failed: false });
      await send({ location: 'us', slot, at: 20, failed: false });
    };
    await two(0);
    expect(await ledger.coverage('shop/availability')).toEqual([{ from: start, to: start + 21 }]);
    expect(ledger.watermarks.get('shop/availability')).toBe(start + 21);
    await send({ location: 'eu', slot: 1, at: 10, failed: false });
    expect(await ledger.coverage('shop/availability')).toEqual([{ from: start, to: start + 60 }]);
    await two(2);
    expect(await ledger.coverage('shop/availability')).toEqual([
      { from: start, to: start + 60 },
      { from: start + 120, to: start + 141 },
    ]);
    await send({ location: 'asia', slot: 1, at: 30, failed: false });
    expect(await ledger.coverage('shop/availability')).toEqual([{ from: start, to: start + 141 }]);
  });

  it('say that nothing was measured when one of three places goes on alone', async () => {
    const { ledger, send } = intake(start + 5 * SLOT);
    await new Promise(setImmediate);
    for (const slot of [0, 1, 2]) await send({ location: 'eu', slot, at: 10, failed: true });
    expect(await ledger.coverage('shop/availability')).toEqual([]);
    expect(ledger.watermarks.get('shop/availability')).toBeUndefined();
    expect(await ledger.totals('shop/availability')).toEqual([0, 0]);
  });

  it('take no vote that comes too late, and keep what was counted', async () => {
    const { ledger, clock, send } = intake(start + 5 * SLOT);
    await new Promise(setImmediate);
    await send({ location: 'eu', slot: 0, at: 10, failed: true });
    await send({ location: 'us', slot: 0, at: 20, failed: true });
    await clock.advance(7 * 3_600_000);
    const late = await send({ location: 'eu', slot: 0, at: 30, failed: false });
    expect(late).toMatchObject({
      status: 422,
      body: { rejections: [{ line: 1, reason: 'too-old' }] },
    });
    expect(await ledger.totals('shop/availability')).toEqual([1, 1]);
  });

  it('keep counts when the length of slots changes, and begin with the next slot', async () => {
    const { ledger, clock, send, restart } = intake(start + 30);
    await new Promise(setImmediate);
    await send({ location: 'eu', slot: 0, at: 10, failed: true });
    await send({ location: 'us', slot: 0, at: 20, failed: true });
    await restart({ slotSeconds: 300 });
    await send({ location: 'asia', slot: 0, at: 25, failed: false });
    expect(await ledger.totals('shop/availability')).toEqual([1, 1]);
    await clock.advance(310_000);
    await send({ location: 'eu', slot: 5, at: 1, failed: false });
    await send({ location: 'us', slot: 5, at: 2, failed: false });
    expect(await ledger.totals('shop/availability')).toEqual([2, 1]);
  });
});
