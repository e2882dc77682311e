// Time limits of checks as people write them, '250ms' or '2m', in milliseconds.
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { parseDuration } from '../slo/duration.ts';
import { latencyIn, parseLatency } from '../slo/latency.ts';
import { printMilliseconds } from './assertion.ts';

/** The milliseconds in a property, within limits; reports what is wrong with it. */
export function readTimeLimit(
  reader: DefinitionReader,
  name: string,
  leastMs: number,
  mostMs: number,
): number | undefined {
  const limits = `${printLimit(leastMs)} to ${printLimit(mostMs)}`;
  return reader.parsed(name, {
    code: 'not-a-duration',
    parse(text) {
      const latency = parseLatency(text);
      const seconds = parseDuration(text);
      const ms = latency === undefined ? (seconds ?? 0) * 1000 : latencyIn('milliseconds', latency);
      return ms >= leastMs && ms <= mostMs ? ms : undefined;
    },
    expected: `a time from ${limits}`,
    remedy: `Write a number with ms, s or m, from ${limits}: '250ms', '10s', '2m'.`,
  });
}

/** A limit as it would be written: `10ms`, `2.5s`, `10m`. */
export function printLimit(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms >= 1000 ? `${ms / 1000}s` : printMilliseconds(ms).replace(' ', '');
}
