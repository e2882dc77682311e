// The layout of a count history: at which instants the cumulative counts are kept, fine ones lately, coarse ones long.

/** Grid points every `width` seconds, reaching back `cells` widths from the newest edge. */
export interface HistoryLevel {
  readonly width: number;
  readonly cells: number;
}

/** From fine to coarse; the first is of width 1, each width divides the next, each level reaches further back. */
export type HistoryLayout = readonly HistoryLevel[];

const DAY = 86_400;

/** How far behind the newest edge a compliance window may end and still begin inside the coarsest level, in seconds. */
const SLACK = DAY / 2;

/**
 * Each level reaches a little further than the alert windows that begin in it (30 min, 6 h, 3 d), because windows end
 * where measurement ends, which is behind the newest edge.
 */
const MONTH: HistoryLayout = [
  { width: 1, cells: 100 },
  { width: 10, cells: 190 },
  { width: 60, cells: 370 },
  { width: 600, cells: 438 },
  { width: 7200, cells: (30 * DAY + SLACK) / 7200 },
];

/**
 * About 24 kB a column: seconds for 100 s, 10 s for half an hour, minutes for 6 hours, 10 minutes for 3 days, 2 hours
 * for 30 days; for rolling windows above 30 days also 6 hours, above 92 days also days. Calendar windows need no more
 * than that: their starts are pinned.
 */
export function compactLayout(totalSeconds: number): HistoryLayout {
  if (totalSeconds <= 30 * DAY) return MONTH;
  const width = totalSeconds <= 92 * DAY ? 21_600 : DAY;
  return [...MONTH, { width, cells: Math.ceil((totalSeconds + SLACK) / width) }];
}

/** The layout that a collector starts with: 30 days. */
export const COMPACT_LAYOUT: HistoryLayout = MONTH;

/** Exact to the second for `fineSeconds` (the longest alert window), by minutes up to `totalSeconds`: what a replay uses. */
export function layoutFor(reach: {
  readonly fineSeconds: number;
  readonly totalSeconds: number;
}): HistoryLayout {
  const fine: HistoryLevel = { width: 1, cells: Math.ceil(reach.fineSeconds) + 120 };
  const cells = Math.ceil((reach.totalSeconds + SLACK) / 60);
  return cells * 60 > fine.cells ? [fine, { width: 60, cells }] : [fine];
}

/** Returns the layout. @throws RangeError naming the level that breaks the rules of HistoryLayout. */
export function checkLayout(layout: HistoryLayout): HistoryLayout {
  if (layout[0]?.width !== 1)
    throw new RangeError('a history layout starts with a level of width 1');
  layout.forEach((level, index) => {
    const before = layout[index - 1];
    const { width, cells } = level;
    const inOrder =
      before === undefined ||
      (width > before.width &&
        width % before.width === 0 &&
        width * cells > before.width * before.cells &&
        before.width * before.cells >= 2 * width);
    if (!Number.isSafeInteger(width) || !Number.isSafeInteger(cells) || cells < 1 || !inOrder)
      throw new RangeError(
        `level ${index} of the history layout (${cells} cells of ${width} s) must be whole, a multiple of the level before, and reach further back`,
      );
  });
  return layout;
}
