// A folder in which the commands of a documentation page run as they stand, as if it were a checkout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from './markdown-page.ts';

/** A folder that looks like a checkout to the commands, whose npx runs this repository's command line. */
export function createCheckout(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-docs-'));
  for (const each of ['examples', 'platforms'])
    symlinkSync(path.join(ROOT, each), path.join(folder, each));
  mkdirSync(path.join(folder, '.bin'));
  const npx = path.join(folder, '.bin/npx');
  writeFileSync(
    npx,
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${path.join(ROOT, 'cli/launch.js')}" "$@"\n`,
  );
  chmodSync(npx, 0o755);
  return folder;
}

/** Runs shell code in such a folder: its exit code, and standard output with standard error after it. */
export async function runShell(
  folder: string,
  code: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  const child = spawn('sh', ['-e', '-c', code], {
    cwd: folder,
    env: {
      ...process.env,
      NO_COLOR: '1',
      PATH: `${folder}/.bin:${process.env['PATH']}`,
      ...environment,
    },
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code: status, output: stdout + stderr };
}
