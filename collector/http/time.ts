// Times and steps as people write them in a query.
import { parseDuration } from '../../slo/duration.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import { HttpProblem } from './problem.ts';

/** The year 10000: later moments have no RFC 3339 text. */
const END_OF_TIME = 253_402_300_800;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Whole epoch seconds of a number or of RFC 3339 text. @throws HttpProblem */
export function parseMoment(parameter: string, text: string): EpochSeconds {
  const seconds = /^\d{1,12}$/.test(text)
    ? Number(text)
    : RFC_3339.test(text)
      ? Math.floor(Date.parse(text) / 1000)
      : Number.NaN;
  if (Number.isSafeInteger(seconds) && seconds >= 0 && seconds < END_OF_TIME) return seconds;
  throw invalidParameter(
    parameter,
    `${JSON.stringify(text)} is neither seconds since 1970 nor RFC 3339 such as 2026-11-22T10:00:00Z`,
  );
}

/** Seconds of `300` or `5m`. @throws HttpProblem */
export function parseStep(text: string): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds !== undefined && seconds > 0 && Number.isSafeInteger(seconds)) return seconds;
  throw invalidParameter(
    'step',
    `${JSON.stringify(text)} is neither seconds nor a duration such as 5m`,
  );
}

/** A problem that names one parameter. */
export function invalidParameter(parameter: string, detail: string): HttpProblem {
  return new HttpProblem('invalid-parameter', `${parameter}: ${detail}`, {
    members: { errors: [{ parameter, detail }] },
  });
}

/** Steps that charts use, in seconds. */
const ROUND_STEPS = [1, 10, 60, 300, 900, 3600, 7200, 21_600, 43_200, 86_400];

/** The finest round step that gives at most `points` points. */
export function roundStep(seconds: number, points: number): number {
  const wanted = seconds / points;
  return ROUND_STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400;
}
