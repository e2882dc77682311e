// Folding events into cells: what counts for whom, in which second, and what is dropped.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellWrite } from '../../../../collector/stores/store.ts';
import { instanceId } from '../../../../slo/instance.ts';
import type { EventSlo } from '../../../../collector/sources/events/classifier.ts';
import { createClassifier } from '../../../../collector/sources/events/classifier.ts';
import { createEventFold } from '../../../../collector/sources/events/event-fold.ts';
import { createJsonDecoder } from '../../../../collector/sources/events/json-event.ts';
import { eventSlo } from '../event-slo.ts';

const now = 1_800_000_000;

function fold(...slos: readonly EventSlo[]) {
  return createEventFold({
    classifier: createClassifier(slos),
    instance: (slo, labels) => instanceId(slo.id, labels),
    now,
  });
}

const counts = (cells: readonly CellWrite[]): Record<string, [number, number]> =>
  Object.fromEntries(
    cells.map(({ instance, start, width, total, bad }) => [
      `${instance} ${start - now}/${width}`,
      [total, bad],
    ]),
  );

describe('folding events', () => {
  it('makes one cell of all events of a second', () => {
    const folded = fold(eventSlo());
    for (const [time, status] of [
      [-5.9, 200],
      [-5.1, 503],
      [-5, 200],
      [-2, 200],
    ] as const)
      expect(folded.add({ time: now + time, status }, now)).toBe('counted');
    expect(counts(folded.cells())).toEqual({
      'shop/availability -6/1': [2, 1],
      'shop/availability -5/1': [1, 0],
      'shop/availability -2/1': [1, 0],
    });
    expect(folded.spans()).toEqual([{ first: now - 5.9, last: now - 2 }]);
  });

  it('counts one event for every SLO that selects it, good or bad as each sees it', () => {
    const folded = fold(
      eventSlo(),
      eventSlo({
        name: 'latency',
        counted: 'good',
        part: { field: 'ms', atMost: 300 },
        total: { field: 'status', lessThan: 500 },
      }),
    );
    folded.add({ time: now, status: 200, ms: 900 }, now);
    folded.add({ time: now, status: 500, ms: 1 }, now);
    expect(counts(folded.cells())).toEqual({
      'shop/availability 0/1': [2, 1],
      'shop/latency 0/1': [1, 1],
    });
  });

  it('ignores events without the fields that the SLI compares, when it has no total', () => {
    const folded = fold(
      eventSlo({
        part: {
          any: [
            { field: 'status', atLeast: 500 },
            { field: 'error', exists: true },
          ],
        },
      }),
    );
    expect(folded.add({ time: now, kind: 'heartbeat' }, now)).toBe('ignored');
    expect(folded.add({ time: now, status: null }, now)).toBe('ignored');
    expect(folded.add({ time: now, status: 200 }, now)).toBe('counted');
    expect(folded.add({ time: now, status: 200, error: 'x' }, now)).toBe('counted');
    expect(counts(folded.cells())).toEqual({ 'shop/availability 0/1': [2, 1] });
  });

  it('gives each group its own cells, with scalars as text and everything else empty', () => {
    const folded = fold(eventSlo({ groupBy: ['http.code', 'route'] }));
    folded.add({ time: now, status: 200, route: '/a', http: { code: 7 } }, now);
    folded.add({ time: now, status: 500, route: '/a', 'http.code': '7' }, now);
    folded.add({ time: now, status: 500, route: ['/a'], http: { code: true } }, now);
    expect(counts(folded.cells())).toEqual({
      'shop/availability{http.code="7",route="/a"} 0/1': [2, 1],
      'shop/availability{http.code="true",route=""} 0/1': [1, 1],
    });
  });

  it('never mistakes one pair of label values for another', () => {
    const folded = fold(eventSlo({ groupBy: ['a', 'b'] }));
    folded.add({ time: now, status: 200, a: '1:x', b: '' }, now);
    folded.add({ time: now, status: 200, a: '1', b: ':x' }, now);
    expect(folded.cells()).toHaveLength(2);
  });

  it('cuts long label values and mends broken ones', () => {
    const folded = fold(eventSlo({ groupBy: ['route'] }));
    folded.add({ time: now, status: 200, route: `\ud800${'x'.repeat(100_000)}` }, now);
    expect(folded.cells()[0]?.instance).toBe(`shop/availability{route="\ufffd${'x'.repeat(199)}"}`);
  });

  it('counts an event from the future when it arrives, and keeps it out of the watermark', () => {
    const folded = fold(eventSlo());
    folded.add({ time: now + 30, status: 200 }, now);
    folded.add({ time: now + 86_400, status: 500 }, now);
    folded.add({ time: 1e308, status: 500 }, now);
    expect(counts(folded.cells())).toEqual({
      'shop/availability 30/1': [1, 0],
      'shop/availability 0/1': [2, 2],
    });
    expect(folded.totals().future).toBe(2);
    expect(folded.spans()).toEqual([{ first: now, last: now }]);
  });

  it('widens the cells of old events, never past a time slice, and drops what is past retention', () => {
    const method = {
      kind: 'time-slices',
      sliceSeconds: 30,
      maxBadRatio: { num: 1, den: 10 },
      emptySlice: 'ignore',
    } as const;
    const folded = fold(eventSlo(), eventSlo({ name: 'slices', method }));
    folded.add({ time: now - 86_400 - 1, status: 200 }, now);
    folded.add({ time: now - 10 * 86_400 - 1, status: 200 }, now);
    expect(folded.add({ time: now - 36 * 86_400, status: 200 }, now)).toBe('too-old');
    expect(folded.add({ time: -5, status: 200 }, now)).toBe('too-old');
    expect(Object.keys(counts(folded.cells()))).toEqual([
      'shop/availability -86410/10',
      'shop/availability -864060/60',
      'shop/slices -86410/10',
      'shop/slices -864010/10',
    ]);
    expect(folded.totals()).toMatchObject({ counted: 2, tooOld: 2 });
  });

  it('keeps what still lies in a window that is longer than that', () => {
    const folded = fold(eventSlo({ window: '90d' }));
    expect(folded.add({ time: now - 80 * 86_400, status: 200 }, now)).toBe('counted');
    expect(folded.add({ time: now - 93 * 86_400, status: 200 }, now)).toBe('too-old');
  });

  it('reports a selected event without a time, and ignores others without one', () => {
    const folded = fold(eventSlo({ total: { field: 'kind', equals: 'request' } }));
    expect(folded.add({ kind: 'request', status: 200 }, now)).toBe('no-time');
    expect(folded.add({ kind: 'other' }, now)).toBe('ignored');
    expect(folded.cells()).toEqual([]);
  });

  it('counts each SLO by the time that it names', () => {
    const folded = fold(eventSlo(), eventSlo({ name: 'arrival', time: 'broker' }));
    folded.add({ time: now - 100, status: 200 }, now - 1);
    expect(counts(folded.cells())).toEqual({
      'shop/availability -100/1': [1, 0],
      'shop/arrival -1/1': [1, 0],
    });
    expect(folded.spans()).toEqual([
      { first: now - 100, last: now - 100 },
      { first: now - 1, last: now - 1 },
    ]);
  });

  it('counts the same whatever the order and the cutting into batches', () => {
    const event = fc.record({
      time: fc.integer({ min: now - 20, max: now }),
      status: fc.constantFrom(200, 500),
      route: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), fc.nat(50), (events, cut) => {
        const sum = (batches: (typeof events)[]): Map<string, number> => {
          const sums = new Map<string, number>();
          for (const batch of batches) {
            const folded = fold(eventSlo({ groupBy: ['route'] }));
            for (const each of batch) folded.add(each, now);
            for (const { instance, start, total, bad } of folded.cells()) {
              const key = `${instance}@${start}`;
              sums.set(key, (sums.get(key) ?? 0) + total * 1000 + bad);
            }
          }
          return sums;
        };
        const reversed = [...events].reverse();
        expect(sum([reversed.slice(0, cut), reversed.slice(cut)])).toEqual(sum([events]));
      }),
      { numRuns: 200 },
    );
  });
});

describe('hostile events', () => {
  const decode = createJsonDecoder(100_000);
  const read = (bytes: Buffer): unknown => decode(bytes, 0, bytes.length);

  it('are refused with a reason, never with a throw', () => {
    expect(read(Buffer.from(''))).toBe('empty');
    expect(read(Buffer.from('{'))).toBe('not-json');
    expect(read(Buffer.from('[1]'))).toBe('not-an-object');
    expect(read(Buffer.from('null'))).toBe('not-an-object');
    expect(read(Buffer.alloc(100_001, 0x20))).toBe('too-large');
    expect(read(Buffer.from('['.repeat(50_000)))).toBe('not-json');
    expect(typeof read(Buffer.from(`{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}`))).toBe(
      'object',
    );
  });

  it('fold without harm whatever JSON they are', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 5 }),
        fc.constantFrom('time', 'status', 'route', '__proto__'),
        (value, key) => {
          const folded = fold(eventSlo({ groupBy: ['route', '__proto__'] }));
          const event = read(
            Buffer.from(
              `{"time":${now},"status":500,${JSON.stringify(key)}:${JSON.stringify(value)}}`,
            ),
          );
          expect(typeof event).toBe('object');
          folded.add(event as Record<string, unknown>, now);
          for (const { instance } of folded.cells()) expect(instance.length).toBeLessThan(10_000);
          expect(Object.prototype).not.toHaveProperty('polluted');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('decode without a throw whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['object', 'string']).toContain(typeof read(Buffer.from(bytes)));
      }),
      { numRuns: 1000 },
    );
    expect(read(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]))).toEqual({
      a: '\ufffd',
    });
  });
});
