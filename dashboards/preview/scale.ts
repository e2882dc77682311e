// Axes: from which to which value, and where the numbers stand.

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** An axis over all values, with about four round numbers at it; fixed ends win over what the values say. */
export function valueScale(
  values: readonly number[],
  ends: { readonly min?: number | undefined; readonly max?: number | undefined } = {},
): Scale {
  const known = values.filter((each) => Number.isFinite(each));
  const least = Math.min(...known, ends.min ?? Infinity);
  const most = Math.max(
    ...known,
    ends.max === undefined ? -Infinity : Math.min(ends.max, Infinity),
  );
  if (known.length === 0) return valueScale([ends.min ?? 0, ends.max ?? 1]);
  const span = most - least;
  // A flat line stands in the middle instead of filling everything.
  const room = span > 0 ? span : Math.abs(most) * 0.1 || 1;
  const step = roundStep(room / 4);
  const low = ends.min ?? Math.floor((least - (span > 0 ? 0 : room / 2)) / step) * step;
  const top = Math.ceil((most + (span > 0 ? 0 : room / 2)) / step) * step;
  const high = ends.max === undefined ? top : Math.min(top, Math.max(ends.max, most));
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step / 1e6; at += 1)
    ticks.push(Number((at * step).toPrecision(12)));
  return { low, high: high > low ? high : low + room, ticks };
}

/** Decimals by which neighbouring ticks differ, after the values are multiplied by `factor`. */
export function tickDecimals({ ticks }: Scale, factor = 1): number {
  const [first = 0, second = 1] = ticks;
  const step = Number(((second - first) * factor).toPrecision(6));
  return Math.min(9, /\.(\d+)$/.exec(step.toFixed(9).replace(/0+$/, ''))?.[1]?.length ?? 0);
}

/** Round moments on a time axis, six or so: whole minutes, hours, days of UTC. */
export function timeTicks(from: number, to: number): readonly number[] {
  const steps = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
  const step = steps.find((each) => (to - from) / each <= 7) ?? days((to - from) / 7);
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** `14:30`, or `22 Nov` where ticks are days apart. */
export function momentText(
  at: number,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const date = new Date(at * 1000);
  if (to - from <= 2 * 86_400) return date.toISOString().slice(11, 16);
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

function days(seconds: number): number {
  return Math.ceil(seconds / 86_400) * 86_400;
}

function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const digit = [1, 2, 2.5, 5, 10].find((each) => each * power >= step * 0.999) ?? 10;
  return digit * power;
}
