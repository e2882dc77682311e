// Checks how counts become budget: every event, or slices of time.
import { fraction } from './decimal.ts';
import type { DefinitionReader } from './definition-reader.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { SliForm } from './sli.ts';
import type { Method } from './slo.ts';
import { PERCENTAGE_RULE } from './text-rules.ts';

const DAY = 86_400;
const SHORTEST_SLICE = 10;

/** The seconds of a slice in a property; reports what is wrong with it. */
export function parseSlice(reader: DefinitionReader, name: string): number | undefined {
  return reader.parsed(name, {
    code: 'slice-length',
    parse(text) {
      const seconds = parseDuration(text);
      if (seconds === undefined || seconds < SHORTEST_SLICE || DAY % seconds !== 0)
        return undefined;
      return seconds;
    },
    expected: 'a slice of at least 10 seconds of which a day is a whole number',
    remedy: `Write one of '10s', '30s', '1m', '5m', '15m', '1h'.`,
  });
}

/**
 * The method of an SLO. A gauge judges slices of time by itself, so its method is time slices of its own length,
 * each of them one event; `timeSlices` may be given only to say what an empty slice counts as.
 */
export function readMethod(
  reader: DefinitionReader,
  form: SliForm | undefined,
): Method | undefined {
  const gauge = form?.form === 'gauge' ? form : undefined;
  if (!reader.has('method'))
    return gauge === undefined
      ? { kind: 'occurrences' }
      : slices(gauge.sliceSeconds, fraction(0, 1), 'ignore');
  const method = reader.object('method', {
    known: ['kind', 'slice', 'maxBadRatio', 'emptySlice'],
    needed: ['kind', 'slice', 'maxBadRatio'],
    example: `timeSlices({ slice: '1m', maxBadRatio: '5%' })`,
  });
  if (method === undefined) return undefined;
  const kind = method.oneOf('kind', ['time-slices']);
  const slice = parseSlice(method, 'slice');
  const ratio = method.parsed('maxBadRatio', PERCENTAGE_RULE);
  const empty = method.oneOf('emptySlice', ['ignore', 'good', 'bad']) ?? 'ignore';
  if (kind === undefined || slice === undefined || ratio === undefined) return undefined;
  if (gauge !== undefined && slice !== gauge.sliceSeconds)
    return method.refuse('slice', {
      code: 'slice-length',
      message: `The slice differs from the gauge's own, which is ${formatDuration(gauge.sliceSeconds)}.`,
      remedy: `Write slice: '${formatDuration(gauge.sliceSeconds)}' here, or set the slice of prometheusGauge.`,
    });
  return slices(slice, ratio, empty);
}

function slices(
  sliceSeconds: number,
  maxBadRatio: Extract<Method, { kind: 'time-slices' }>['maxBadRatio'],
  emptySlice: 'ignore' | 'good' | 'bad',
): Method {
  return { kind: 'time-slices', sliceSeconds, maxBadRatio, emptySlice };
}
