/** What this process started and made on disk, so that it can end exactly that and nothing else. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The part of a running server that ending it needs. */
export interface StartedServer {
  stop(): Promise<void>;
}

// One list for the process is the point here: a test that throws between start and stop
// has no variable left that names its server.
const servers = new Set<StartedServer>();
const folders = new Set<string>();

const PREFIX = 'ninefold-test-';
const KEPT_MS = 24 * 3_600_000;

/** Remembers a server until it is stopped. */
export function registerServer(server: StartedServer): void {
  servers.add(server);
}

/** Forgets a server that is stopped. */
export function unregisterServer(server: StartedServer): void {
  servers.delete(server);
}

/** The servers that run now. */
export function startedServers(): ReadonlySet<StartedServer> {
  return new Set(servers);
}

/** Stops what runs now, last started first, except the servers in `spared`. */
export async function stopStartedServers(
  spared: ReadonlySet<StartedServer> = new Set(),
): Promise<void> {
  for (const server of [...servers].reverse()) {
    if (!spared.has(server)) await server.stop();
  }
}

/** A new empty folder for this process; removed when the process or its test file ends well. */
export function temporaryFolder(name: string): string {
  if (folders.size === 0) {
    removeOutlivedFolders();
    process.once('exit', () => removeTemporaryFolders());
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${name}-`));
  folders.add(folder);
  return folder;
}

/** The temporary folders that exist now. */
export function temporaryFolders(): ReadonlySet<string> {
  return new Set(folders);
}

/** Removes this process's temporary folders except those in `spared`. */
export function removeTemporaryFolders(spared: ReadonlySet<string> = new Set()): void {
  for (const folder of folders) {
    if (spared.has(folder)) continue;
    folders.delete(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Leaves the folder's logs and configuration where they are, for a person to look at; the data goes. */
export function keepTemporaryFolder(folder: string): void {
  folders.delete(folder);
  removeData(folder);
}

/**
 * Tidies after test processes that were killed and could not do it themselves: what their servers stored goes
 * at once, their logs a day later.
 */
export function removeOutlivedFolders(now = Date.now()): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    const folder = join(tmpdir(), name);
    try {
      const age = now - statSync(folder).mtimeMs;
      if (age > KEPT_MS) rmSync(folder, { recursive: true, force: true });
      else removeData(folder);
    } catch {
      // Another process tidies it at the same time, or it belongs to another user.
    }
  }
}

/** The server's `data` folder, or those of the nodes of a cluster one level below. */
function removeData(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const data = entry.name === 'data' ? [entry.name] : [entry.name, 'data'];
    rmSync(join(folder, ...data), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
