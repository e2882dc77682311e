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
const OUTLIVED_MS = 3_600_000;

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
  if (folders.size === 0) process.once('exit', () => removeTemporaryFolders());
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

/** Leaves the folder where it is, for a person to look at; its `data` folder goes. */
export function keepTemporaryFolder(folder: string): void {
  folders.delete(folder);
  rmSync(join(folder, 'data'), { recursive: true, force: true });
}

/** Removes folders of test processes that are gone for more than an hour (killed ones cannot tidy up). */
export function removeOutlivedFolders(now = Date.now()): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    const folder = join(tmpdir(), name);
    if (now - statSync(folder).mtimeMs > OUTLIVED_MS) {
      rmSync(folder, { recursive: true, force: true });
    }
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
