/** A lock between processes that the kernel takes away from an owner that died, so that no stale lock can exist. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** SQLite's result code for "another connection holds the lock". */
const SQLITE_BUSY = 5;
const RETRY_EVERY_MS = 250;

/**
 * Runs `work` while no other process holds the lock file at `path`.
 * The lock is the file lock under an exclusive SQLite transaction: it ends with its process, however that ends.
 * `onWait` is called once when another process holds the lock.
 */
export async function withExclusiveLock<T>(
  path: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    for (let waited = false; !tryLock(lock); waited = true) {
      if (!waited) onWait();
      await sleep(RETRY_EVERY_MS);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
