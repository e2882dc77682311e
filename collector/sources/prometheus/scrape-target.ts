// A scraped process: since when it is known and how often it is read, learned from its samples.

export interface ScrapeTarget {
  readonly key: string;
  /** Its labels `job` and `instance`; empty for one that is only remembered from before a restart. */
  readonly job: string;
  readonly instance: string;
  /** Times of the first and the newest sample of any of its series, in milliseconds. */
  firstMs: number;
  newestMs: number;
  /** Up to when samples were taken as its last came, in milliseconds; NaN: not since a restart. */
  takenAtMs: number;
  /** Usual time between two scrapes in milliseconds; 0 until two were seen. */
  intervalMs: number;
  /** A different interval that was seen lately, and how often in a row. */
  otherMs: number;
  others: number;
  /** The series whose samples count as scrapes: any one will do, two would count each scrape twice. */
  reference: { readonly lastMs: number } | undefined;
}

/** Gaps up to here are taken for the interval while it is not known: Prometheus itself forgets a sample after so long. */
const LONGEST_INTERVAL_MS = 300_000;

/** Time without a sample that is still measured, at least; three missed scrapes otherwise. */
const MEASURED_GAP_MS = 60_000;

/** So many equal gaps in a row are a new interval and no accident. */
const NEW_INTERVAL_AFTER = 3;

export function createScrapeTarget(
  key: string,
  { job = '', instance = '' }: Readonly<Record<string, string>> = {},
): ScrapeTarget {
  return {
    key,
    job,
    instance,
    firstMs: Infinity,
    newestMs: -Infinity,
    takenAtMs: NaN,
    intervalMs: 0,
    otherMs: 0,
    others: 0,
    reference: undefined,
  };
}

/** Whether the series is the one whose samples count as scrapes; it becomes that when the former one has gone silent. */
export function isReference(
  target: ScrapeTarget,
  series: { readonly lastMs: number },
  ms: number,
): boolean {
  const { reference } = target;
  if (reference === undefined || ms - reference.lastMs > LONGEST_INTERVAL_MS)
    target.reference = series;
  return target.reference === series;
}

/** Notes the time between two samples of one of the target's series. */
export function learnInterval(target: ScrapeTarget, gapMs: number): void {
  if (target.intervalMs === 0) {
    if (gapMs <= LONGEST_INTERVAL_MS) target.intervalMs = gapMs;
  } else if (isAbout(gapMs, target.intervalMs)) target.others = 0;
  else if (gapMs <= LONGEST_INTERVAL_MS) {
    target.others = target.others > 0 && isAbout(gapMs, target.otherMs) ? target.others + 1 : 1;
    target.otherMs = gapMs;
    if (target.others === NEW_INTERVAL_AFTER) {
      target.intervalMs = gapMs;
      target.others = 0;
    }
  }
}

function isAbout(a: number, b: number): boolean {
  return Math.abs(a - b) <= b / 10;
}

/** The longest time between two samples of a series that still counts as measured. */
export function measuredGapMs(target: ScrapeTarget | undefined): number {
  if (target === undefined || target.intervalMs === 0) return LONGEST_INTERVAL_MS;
  return Math.max(MEASURED_GAP_MS, 3 * target.intervalMs);
}

/** Whether so many whole scrapes of the target were seen before the moment: what was in none of them is new. */
export function wasScrapedBefore(
  target: ScrapeTarget | undefined,
  ms: number,
  scrapes: number,
): boolean {
  return (
    target !== undefined &&
    target.intervalMs > 0 &&
    ms - target.firstMs >= target.intervalMs * (scrapes - 0.1)
  );
}
