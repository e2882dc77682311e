// Fills a SQLite store with a month of counts as a collector that ran that long would have left them.
import { createSqliteStore } from '../collector/stores/sqlite.ts';
import type { CellWrite } from '../collector/stores/store.ts';
import type { CellWidth, Counts, EpochSeconds } from '../slo/counts.ts';
import type { Slo } from '../slo/slo.ts';

const DAY = 86_400;
const HOUR = 3600;

/** A day less than the window, so that nothing of it leaves the window while the benchmark runs. */
const DAYS = 29;

/** One scrape a minute, 360 requests in each. */
const SCRAPE_SECONDS = 60;
const REQUESTS = 360;

/** Cells of one commit at most. */
const CELLS_AT_ONCE = 200_000;

export interface FilledStore {
  readonly cells: number;
  /** What every SLO holds; all are alike. */
  readonly counts: Counts;
}

/**
 * Writes, for every SLO, the cells of a target that was scraped each minute for 29 days: quarters of an hour, minutes
 * for the last three days, finer ones for the last six hours.
 */
export async function fillStore(
  file: string,
  slos: readonly Slo[],
  now: EpochSeconds,
  say: (text: string) => void,
): Promise<FilledStore> {
  const store = createSqliteStore({ path: file });
  const cells = cellsUpTo(now);
  const part = 'remote-write/history';
  const [first] = cells;
  let version = 0;
  const perCommit = Math.max(1, Math.floor(CELLS_AT_ONCE / cells.length));
  for (let from = 0; from < slos.length; from += perCommit) {
    const some = slos.slice(from, from + perCommit);
    const add: CellWrite[] = some.flatMap(({ id }) =>
      cells.map((cell) => ({ instance: id, ...cell })),
    );
    const coverage = some.map(({ id }) => ({ slo: id, from: first?.start ?? now, to: now }));
    await store.commit({ part, version, position: '{}', add, coverage });
    version += 1;
    if (version % 10 === 0)
      say(`${from + some.length} of ${slos.length} histories are in the store`);
  }
  await store.compact(now, {
    fine: { 1: 600, 10: 6 * HOUR, 60: 3 * DAY },
    total: 32 * DAY,
    widest: new Map(),
  });
  await store.close();
  const counts = { total: 0, bad: 0 };
  for (const { total, bad } of cells) {
    counts.total += total;
    counts.bad += bad;
  }
  return { cells: cells.length * slos.length, counts };
}

function cellsUpTo(now: EpochSeconds): (Counts & { start: EpochSeconds; width: CellWidth })[] {
  const widthAt = (age: number): CellWidth =>
    age > 3 * DAY ? 900 : age > 6 * HOUR ? 60 : age > 600 ? 10 : 1;
  const cells = [];
  const begin = now - DAYS * DAY;
  for (let at = begin - (begin % 900) + 900; at < now - SCRAPE_SECONDS;) {
    // A cell does not reach into the time of finer ones: both kinds begin at whole quarters.
    const width = widthAt(now - at - 900);
    const scrapes = Math.max(1, width / SCRAPE_SECONDS);
    const bad = Math.floor(at / SCRAPE_SECONDS) % 5 === 0 ? 1 : 0;
    cells.push({ start: at - (at % width), width, total: REQUESTS * scrapes, bad });
    at += Math.max(width, SCRAPE_SECONDS);
  }
  return cells;
}
