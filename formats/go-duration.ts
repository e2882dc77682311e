// Durations as Prometheus writes them (`1d12h`) and as Go does (`1.5s`), with what either refuses.

const PROMETHEUS =
  /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1] as const;
/** Go keeps durations as nanoseconds in 64 bits: about 292 years. */
const LONGEST_NANOSECONDS = 2n ** 63n - 1n;

/** Milliseconds. @throws SyntaxError */
export function parsePrometheusDuration(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new SyntaxError('empty duration string');
  const match = PROMETHEUS.exec(text);
  if (match === null) throw new SyntaxError(`not a valid duration string: "${text}"`);
  let milliseconds = 0n;
  for (const [index, unit] of UNITS_MS.entries()) {
    milliseconds += BigInt(match[index + 1] ?? 0) * BigInt(unit);
  }
  if (milliseconds * 1_000_000n > LONGEST_NANOSECONDS)
    throw new SyntaxError('duration out of range');
  return Number(milliseconds);
}

const GO_PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/gy;
const GO_UNITS_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go's `time.ParseDuration`, in milliseconds. @throws SyntaxError */
export function parseGoDuration(text: string): number {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  const body = text.slice(sign.length);
  if (body === '0') return 0;
  if (body === '') throw new SyntaxError(`invalid duration "${text}"`);
  let nanoseconds = 0n;
  GO_PART.lastIndex = 0;
  while (GO_PART.lastIndex < body.length) {
    const match = GO_PART.exec(body);
    const [, whole = '', fraction = '', unit = ''] = match ?? [];
    if (match === null || whole + fraction === '') {
      throw new SyntaxError(`invalid duration "${text}": a number with one of ns, us, ms, s, m, h`);
    }
    const scale = GO_UNITS_NS[unit] ?? 0n;
    nanoseconds += BigInt(whole === '' ? 0 : whole) * scale;
    nanoseconds +=
      (BigInt(fraction === '' ? 0 : fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  if (nanoseconds > LONGEST_NANOSECONDS)
    throw new SyntaxError(`invalid duration "${text}": too long`);
  return (Number(nanoseconds) / 1_000_000) * (sign === '-' ? -1 : 1);
}
