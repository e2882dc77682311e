// A collector as people run it: `ninefold serve` on a workspace in a folder of its own, killed and started again at will.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, temporaryFolder } from '../services/services.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

export interface ServedCollector {
  readonly url: string;
  readonly folder: string;
  /** Starts it; resolves when it listens. */
  start(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** What it wrote to standard error, the end of it. */
  log(): string;
}

/** @param files texts of the workspace by name; `PORT` in them becomes the port that it shall listen on */
export async function serveWorkspace(
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<ServedCollector> {
  const folder = temporaryFolder(name);
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(folder, file), text.replaceAll('PORT', String(port)));
  let child: ChildProcess | undefined;
  let log = '';

  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    log: () => log,
    async start() {
      const started = spawn(process.execPath, [MAIN, 'serve', folder, '--json'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
      });
      child = started;
      started.stderr.on('data', (text) => (log = (log + String(text)).slice(-20_000)));
      const listening = (async () => {
        for await (const line of createInterface({ input: started.stdout }))
          if (line.includes('"listening"')) return;
        throw new Error(`the collector ended before it listened:\n${log}`);
      })();
      await listening;
    },
    async kill(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}
