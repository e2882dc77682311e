/** Kills writers at random moments and proves that what they left is what they had acknowledged, once each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import type { Store } from '../../../collector/stores/store.ts';
import type { StoreSettings } from '../../../slo/connection.ts';
import { countedCommit, PART } from './counted-commits.ts';
import { cellsOf, summed } from './store-cells.ts';

const program = fileURLToPath(new URL('crash-writer.ts', import.meta.url));

export interface Writer {
  readonly child: ChildProcess;
  /** The last commit that the writer said was acknowledged; -1 before the first. */
  acknowledged(): number;
  /** Resolves when the writer has acknowledged something since it began. */
  busy(): Promise<void>;
  /** SIGKILL, and the end of all its output. */
  kill(): Promise<void>;
}

export function startWriter(settings: StoreSettings): Writer {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const closed = once(child, 'close');
  // A line that the kill has cut off was never said.
  const acknowledged = (): number =>
    Number(
      output
        .slice(0, output.lastIndexOf('\n') + 1)
        .match(/^\d+$/gm)
        ?.at(-1) ?? -1,
    );
  return {
    child,
    acknowledged,
    async busy() {
      while (acknowledged() < 0) {
        if (child.exitCode !== null) throw new Error(`the writer ended by itself: ${errors}`);
        await sleep(5);
      }
    },
    async kill() {
      if (child.exitCode !== null) throw new Error(`the writer ended by itself: ${errors}`);
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** A memory store that makes the same commits, to compare with. */
export function createTruth(): { check(store: Store, acknowledged: number): Promise<number> } {
  const model = createMemoryStore();
  let made = 0;
  return {
    /** The store's version, after proving that it holds exactly the commits up to it and every acknowledged one. */
    async check(store, acknowledged) {
      const at = await store.position(PART);
      const version = at?.version ?? 0;
      expect(version).toBeGreaterThan(acknowledged);
      // One commit may have been applied whose acknowledgement the kill prevented.
      if (acknowledged >= 0) expect(version).toBeLessThanOrEqual(acknowledged + 2);
      for (; made < version; made++) await model.commit(countedCommit(made));
      expect(await store.positions('')).toEqual(await model.positions(''));
      expect(summed(await cellsOf(store), 900)).toEqual(summed(await cellsOf(model), 900));
      expect(await store.coverage()).toEqual(await model.coverage());
      return version;
    },
  };
}
