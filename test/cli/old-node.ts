/** Finds a Node that is too old for Ninefold on PATH, or has npm fetch one, so that the launcher is tested for real. */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { nodePackage } from './node-registry.ts';

/** The path of a Node 18…24.14, or undefined when there is none and none can be fetched. */
export function findOldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const found = folders.map((folder) => join(folder, 'node')).find(isOld);
  if (found !== undefined) return realpathSync(found);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(process.env['NINEFOLD_CACHE'] ?? join(cache, 'ninefold'), 'node-20');
  const node = join(folder, 'node_modules', nodePackage, 'bin/node');
  if (isOld(node)) return node;
  try {
    execFileSync('npm', ['install', '--no-save', '--prefix', folder, `${nodePackage}@20`]);
  } catch {
    return undefined;
  }
  return isOld(node) ? node : undefined;
}

function isOld(node: string): boolean {
  if (!existsSync(node)) return false;
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major >= 18 && (major < 24 || (major === 24 && minor < 15));
}
