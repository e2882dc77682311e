// The store in memory: the reference that the others are measured against, and what a replay counts in.
import { addInterval, dropBefore, type Interval } from '../../slo/interval.ts';
import { checkCommit } from './checked-commit.ts';
import {
  addToSeries,
  type CellSeries,
  compactSeries,
  createCellSeries,
  visitSeries,
} from './cell-series.ts';
import { compactionPlan, sloOf } from './compaction-plan.ts';
import { alertId, createAlertLog, isSettled, isWorthKeeping } from './alert-log.ts';
import { replacementDifferences } from './replacement.ts';
import {
  type AlertRecord,
  type CellWrite,
  type Commit,
  type CountDelta,
  type PartId,
  StaleReaderError,
  type Store,
} from './store.ts';

interface Part {
  version: number;
  position: string;
  readonly series: Map<string, CellSeries>;
}

/** Cells handed to a visitor at once. */
const BATCH = 8192;

/** A store that forgets everything when it is closed. */
export function createMemoryStore(): Store {
  const parts = new Map<PartId, Part>();
  const coverage = new Map<string, readonly Interval[]>();
  const alerts = new Map<string, AlertRecord>();
  const events = createAlertLog();

  function apply(commit: Commit): readonly CountDelta[] {
    checkCommit(commit);
    let part = parts.get(commit.part);
    const found = part?.version ?? 0;
    if (found !== commit.version) throw new StaleReaderError(commit.part, commit.version, found);
    part ??= { version: 0, position: '', series: new Map() };
    parts.set(commit.part, part);
    part.version = commit.version + 1;
    part.position = commit.position;
    for (const { slo, from, to } of commit.coverage ?? [])
      coverage.set(slo, addInterval(coverage.get(slo) ?? [], { from, to }));
    const replaced = replace(part, commit);
    for (const cell of commit.add ?? []) addToSeries(seriesOf(part, cell.instance), cell);
    return replaced.length === 0 ? (commit.add ?? []) : [...replaced, ...(commit.add ?? [])];
  }

  return {
    async position(part) {
      const held = parts.get(part);
      return held && { version: held.version, position: held.position };
    },
    async positions(prefix) {
      const found = [...parts].filter(([id]) => id.startsWith(prefix));
      return new Map(found.map(([id, { version, position }]) => [id, { version, position }]));
    },
    async commit(commit) {
      return apply(commit);
    },
    async readCells(visit, filter = {}) {
      let batch: CellWrite[] = [];
      const flush = (): void => {
        if (batch.length > 0) visit(batch);
        batch = [];
      };
      for (const { series } of parts.values())
        for (const [instance, cells] of series) {
          if (filter.slo !== undefined && sloOf(instance) !== filter.slo) continue;
          visitSeries(
            cells,
            (start, width, total, bad) => {
              batch.push({ instance, start, width, total, bad });
              if (batch.length === BATCH) flush();
            },
            filter.from,
            filter.to,
          );
        }
      flush();
    },
    async coverage() {
      return new Map(coverage);
    },
    async alerts() {
      return [...alerts.values()];
    },
    async saveAlerts(records, added) {
      for (const record of records)
        if (isWorthKeeping(record)) alerts.set(alertId(record), record);
        else alerts.delete(alertId(record));
      for (const event of added) events.append(event);
    },
    async alertEvents(query) {
      return events.query(query);
    },
    async compact(now, retention) {
      const plan = compactionPlan(now, retention);
      for (const { series } of parts.values())
        for (const [instance, cells] of series) {
          compactSeries(cells, plan, sloOf(instance));
          if (cells.size === 0) series.delete(instance);
        }
      for (const [slo, intervals] of coverage) {
        const kept = dropBefore(intervals, plan.dropBefore);
        if (kept.length === 0) coverage.delete(slo);
        else coverage.set(slo, kept);
      }
      for (const [id, record] of alerts) if (isSettled(record, now)) alerts.delete(id);
      events.dropBefore(plan.dropBefore);
    },
    async ping() {},
    async close() {
      parts.clear();
      coverage.clear();
      alerts.clear();
      events.dropBefore(Infinity);
    },
  };
}

function seriesOf(part: Part, instance: string): CellSeries {
  let series = part.series.get(instance);
  if (series === undefined) {
    series = createCellSeries();
    part.series.set(instance, series);
  }
  return series;
}

/** Applies the replacements in order, each to what the one before it left. */
function replace(part: Part, commit: Commit): CountDelta[] {
  const deltas: CountDelta[] = [];
  for (const replacement of commit.replace ?? []) {
    const { instance } = replacement;
    const series = seriesOf(part, instance);
    for (const cell of replacementDifferences(series, replacement)) {
      addToSeries(series, cell);
      deltas.push({ instance, ...cell });
    }
  }
  return deltas;
}
