// Durations as people write them, '5m' or '30d', held as whole seconds.

/** Duration text: whole numbers with units s, m, h, d, w, largest first when combined ('1h30m'). */
export type DurationText = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`;

const UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;
const DURATION = /^(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?$/;

/** Seconds of duration text, or undefined when it is not one or is zero. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const seconds = UNITS.reduce(
    (sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size,
    0,
  );
  return seconds > 0 ? seconds : undefined;
}

/** Text of a whole number of seconds in the fewest units, weeks left as days: 2_592_000 → '30d', 5400 → '1h30m'. */
export function formatDuration(seconds: number): string {
  let rest = seconds;
  let text = '';
  for (const [unit, size] of UNITS.slice(1)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
