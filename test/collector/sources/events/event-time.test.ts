// Event times: RFC 3339 and epoch numbers, read exactly or refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEventTime } from '../../../../collector/sources/events/event-time.ts';
import { createRfc3339Reader } from '../../../../collector/sources/events/rfc3339.ts';

describe('an RFC 3339 time', () => {
  it('is read to the millisecond for every instant, as Date prints it', () => {
    const read = createRfc3339Reader();
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true }),
        (date) => {
          expect(Math.round((read(date.toISOString()) ?? NaN) * 1000)).toBe(date.getTime());
        },
      ),
    );
  });

  it('is read with any offset, case, separator and fraction that the standard allows', () => {
    const read = createRfc3339Reader();
    const noon = Date.UTC(2026, 10, 22, 12) / 1000;
    expect(read('2026-11-22T12:00:00Z')).toBe(noon);
    expect(read('2026-11-22t12:00:00z')).toBe(noon);
    expect(read('2026-11-22 12:00:00Z')).toBe(noon);
    expect(read('2026-11-22T13:30:00+01:30')).toBe(noon);
    expect(read('2026-11-22T04:00:00-08:00')).toBe(noon);
    expect(read('2026-11-22T12:00:00.250Z')).toBe(noon + 0.25);
    expect(read('2026-11-22T12:00:60Z')).toBe(noon + 60);
  });

  it('stays in its second however many nines it ends with', () => {
    const read = createRfc3339Reader();
    const noon = Date.UTC(2026, 10, 22, 12) / 1000;
    expect(Math.floor(read('2026-11-22T12:00:00.999999999999Z') ?? NaN)).toBe(noon);
  });

  it('is refused when it is no such time, after any other text', () => {
    const read = createRfc3339Reader();
    read('2024-02-29T00:00:00Z');
    for (const text of [
      '',
      '2026',
      'yesterday',
      '2026-11-22',
      '2026-11-22T12:00:00',
      '2026-13-01T00:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-11-22T24:00:00Z',
      '2026-11-22T12:60:00Z',
      '2026-11-22T12:00:61Z',
      '2026-11-22T12:00:00.Z',
      '2026-11-22T12:00:00+0100',
      '2026-11-22T12:00:00Zx',
      '2024-02-29T00:00:xxZ',
      '2026-11-22T12:00:00+25:00',
      `2026-11-22T12:00:00.${'1'.repeat(99)}Z`,
    ])
      expect([text, read(text)]).toEqual([text, undefined]);
  });

  it('never throws, and agrees with Date on what both accept', () => {
    const read = createRfc3339Reader();
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('0123456789-:T.Z+ ')), maxLength: 30 }),
        (text) => {
          const seconds = read(text) ?? 0;
          const asDate = Date.parse(text.replace(' ', 'T')) / 1000;
          const comparable = read(text) !== undefined && !text.includes(':60');
          expect(seconds).toBeCloseTo(comparable ? asDate : seconds, 2);
        },
      ),
    );
  });
});

describe('an epoch time', () => {
  const seconds = compileEventTime({ field: 'at', as: 'epoch-seconds' });
  const millis = compileEventTime({ field: 'at', as: 'epoch-milliseconds' });

  it('is a number or its decimal text', () => {
    expect(seconds({ at: 1_700_000_000.5 }, 0)).toBe(1_700_000_000.5);
    expect(millis({ at: 1_700_000_000_500 }, 0)).toBe(1_700_000_000.5);
    expect(millis({ at: '1700000000500' }, 0)).toBe(1_700_000_000.5);
  });

  it('is absent when the field is, or holds anything else', () => {
    for (const at of [undefined, null, true, '', 'x', '-1', '1e9', [1], {}, Infinity])
      expect(seconds({ at }, 0)).toBeUndefined();
  });

  it("is the carrier's own when the SLO says so", () => {
    expect(compileEventTime('broker')({ at: 1 }, 7)).toBe(7);
  });
});
