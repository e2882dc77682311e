import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KNOWN_YEARS, zoneOffset } from '../../../alerts/rules/zone-offset.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Asia/Tehran',
];

/** The scalar that Prometheus makes of the expression. */
function evaluated(expression: string, at: number): number {
  const [initial = '', ...terms] = expression.slice(1, -1).split(/ (?=[+-] )/);
  return terms.reduce((sum, term) => {
    const match = /^([+-]) (\d+) \* \(t >= bool (\d+)\)$/.exec(term);
    if (match === null) throw new Error(`not a term: ${term}`);
    return at >= Number(match[3]) ? sum + Number(`${match[1]}${match[2]}`) : sum;
  }, Number(initial));
}

/** What Intl says, as in `GMT+05:45`. */
function offsetOf(zone: string, at: number): number {
  const text = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(
    at * 1000,
  );
  const [, sign = '+', hours = 0, minutes = 0] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? [];
  return Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60);
}

it.each(ZONES)('gives the offset of %s at every moment of the known years', (zone) => {
  const expression = zoneOffset(zone, 't');
  const moment = fc.integer({
    min: Date.UTC(KNOWN_YEARS.first, 0, 1) / 1000,
    max: Date.UTC(KNOWN_YEARS.last + 1, 0, 1) / 1000 - 1,
  });
  fc.assert(
    fc.property(moment, (at) => {
      expect(evaluated(expression, at)).toBe(offsetOf(zone, at));
    }),
    { numRuns: 300 },
  );
});

it('refuses a zone that does not exist', () => {
  expect(() => zoneOffset('Europe/Nowhere', 't')).toThrow(RangeError);
});
