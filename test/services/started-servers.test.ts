import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  keepTemporaryFolder,
  removeOutlivedFolders,
  removeTemporaryFolders,
  temporaryFolder,
} from './started-servers.ts';

const DAY_MS = 24 * 3_600_000;
let ours: string;

// In a folder of its own, or the kept logs of suites that failed before would go as well.
beforeEach(() => {
  ours = mkdtempSync(join(tmpdir(), 'ninefold-folders-'));
  vi.stubEnv('TMPDIR', ours);
});
afterEach(() => {
  vi.unstubAllEnvs();
  removeTemporaryFolders();
  rmSync(ours, { recursive: true });
});

describe('temporary folders of a test process', () => {
  it('lose their data but keep their logs when a suite failed', () => {
    const folder = fill(temporaryFolder('server'));
    keepTemporaryFolder(folder);
    removeTemporaryFolders();
    expect(left(folder)).toEqual({ log: true, data: false, nodeData: false });
  });

  it('are left alone by other processes while it runs', () => {
    const folder = fill(temporaryFolder('server'));
    removeOutlivedFolders(Date.now() + 2 * DAY_MS);
    expect(left(folder)).toEqual({ log: true, data: true, nodeData: true });
  });

  it('lose their data after it was killed, and go a day later', () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const folder = fill(mkdtempSync(join(tmpdir(), `ninefold-test-${dead}-server-`)));
    removeOutlivedFolders();
    expect(left(folder)).toEqual({ log: true, data: false, nodeData: false });
    removeOutlivedFolders(Date.now() + 2 * DAY_MS);
    expect(existsSync(folder)).toBe(false);
  });
});

function fill(folder: string): string {
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'node-1', 'data'), { recursive: true });
  writeFileSync(join(folder, 'server.log'), 'last words');
  return folder;
}

function left(folder: string): { log: boolean; data: boolean; nodeData: boolean } {
  return {
    log: existsSync(join(folder, 'server.log')),
    data: existsSync(join(folder, 'data')),
    nodeData: existsSync(join(folder, 'node-1', 'data')),
  };
}
