// In which unit a histogram observes, by the convention of its name.

/** How many of its units a second has; undefined when the name does not tell. */
export function latencyUnitOf(selector: string): number | undefined {
  const name = /^[\w:]*/.exec(selector)?.[0] ?? '';
  if (/milliseconds|_ms(_|$)/.test(name)) return 1000;
  return /seconds/.test(name) ? 1 : undefined;
}
