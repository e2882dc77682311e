// Starts the collector that a benchmark measures, and asks it for budgets.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '../catalog/define-config.ts';
import { resolveConfig } from '../catalog/resolve-config.ts';
import type { Config } from '../slo/connection.ts';
import type { Slo } from '../slo/slo.ts';
import { cacheFolder } from '../test/services/cache.ts';
import { freePort } from '../test/services/free-port.ts';
import { answersOk, type RunningServer, startServer } from '../test/services/running-server.ts';
import { temporaryFolder } from '../test/services/started-servers.ts';

/** All that the process is told. */
export interface CollectorJob {
  readonly slos: readonly Slo[];
  readonly config: Config;
  /** How far its clock is ahead of the machine's. @default 0 */
  readonly clockOffsetMs?: number;
}

/** An SLO's state as the API shows it in lists. */
export interface BudgetInBrief {
  readonly total: number;
  readonly bad: number;
  readonly sli: number | null;
  readonly budgetRemaining: number | null;
  readonly coverage: number;
  readonly watermark: number | null;
  readonly measuredThrough: number | null;
  readonly window: { readonly start: number; readonly end: number };
}

export interface ShownBudget extends BudgetInBrief {
  readonly conditions: readonly {
    readonly longWindowSeconds: number;
    readonly long: { readonly total: number; readonly bad: number };
    readonly shortWindowSeconds: number;
    readonly short: { readonly total: number; readonly bad: number };
  }[];
}

export interface MeasuredCollector extends RunningServer {
  /** When its first evaluation after the last start was over, in milliseconds since the epoch. */
  evaluatedAtMs(): number;
  /** The budget of an SLO with its conditions, once it has one. */
  budget(slo: string): Promise<ShownBudget | undefined>;
  /** The budgets of all SLOs by id. */
  budgets(): Promise<ReadonlyMap<string, BudgetInBrief>>;
  /** The file of its store. */
  readonly store: string;
}

export interface MeasuredCollectorOptions {
  readonly slos: readonly Slo[];
  /** As in `ninefold.config.ts`, without store and address. */
  readonly config: Omit<Parameters<typeof defineConfig>[0], 'store' | 'http'>;
  readonly clockOffsetMs?: number;
  /** A folder with a store that is filled already; a new one otherwise. */
  readonly folder?: string;
  /** Flags for Node, such as `--max-old-space-size=8192`. */
  readonly flags?: readonly string[];
}

interface SloPage {
  readonly items: readonly { readonly id: string; readonly budget: BudgetInBrief | null }[];
  readonly nextCursor: string | null;
}

/** The name of the store's file in the collector's folder. */
export const STORE_FILE = 'counts.db';

/** Starts the whole service with SQLite on loopback; resolves after its first evaluation. */
export async function startMeasuredCollector(
  options: MeasuredCollectorOptions,
): Promise<MeasuredCollector> {
  const folder = options.folder ?? temporaryFolder('collector');
  const port = await freePort();
  const store = join(folder, STORE_FILE);
  const { value: config, diagnostics } = resolveConfig(
    defineConfig({ ...options.config, store: { kind: 'sqlite', path: store }, http: { port } }),
    folder,
  );
  if (config === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  const { slos, clockOffsetMs = 0, flags = [] } = options;
  const job: CollectorJob = { slos, config, clockOffsetMs };
  const file = join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'collector',
    program: {
      file: process.execPath,
      // As cli/launch.js does: sources are compiled once and for all.
      environment: { NODE_COMPILE_CACHE: join(cacheFolder(), 'compiled') },
    },
    args: [...flags, join(import.meta.dirname, 'measured-collector.process.ts'), file],
    folder,
    url,
    ready: async (logs) => logs().includes('evaluatedAtMs') && answersOk(`${url}/healthz`),
    readyWithinMs: 600_000,
  });
  return Object.assign(server, {
    store,
    evaluatedAtMs: () => Number(/.*"evaluatedAtMs":(\d+)/s.exec(server.logs())?.[1]),
    async budget(slo: string) {
      const response = await fetch(`${url}/api/v1/slos/${slo}`);
      const shown = (await response.json()) as { readonly budget?: ShownBudget | null };
      return shown.budget ?? undefined;
    },
    async budgets() {
      const budgets = new Map<string, BudgetInBrief>();
      for (let cursor = ''; ;) {
        const response = await fetch(`${url}/api/v1/slos?limit=500${cursor}`);
        const page = (await response.json()) as SloPage;
        for (const { id, budget } of page.items) if (budget !== null) budgets.set(id, budget);
        if (page.nextCursor === null) return budgets;
        cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
      }
    },
  });
}
