#!/usr/bin/env node
/**
 * Starts Ninefold under a Node that can run it, fetching that Node from npm once when the running one is older.
 *
 *   launch.js [args]                   the command line: cli/main.ts in a checkout, dist/cli/main.js in the published package
 *   launch.js --script <file> [args]   a script of the repository, or the command of an installed package (vitest, tsc)
 *
 * Plain JavaScript, because it has to start on every Node since 18.
 * Exit code: that of what was started; 66 when there is nothing to start, 69 when no Node can be had.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder, haveNode, isRecent } from './recent-node.js';

const EXIT_NOTHING_TO_START = 66;
const EXIT_CANNOT_START = 69;

const self = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(self));

async function launch(args) {
  const script = args[0] === '--script' ? resolveScript(args[1]) : undefined;
  if (!isRecent(process.versions.node)) {
    const node = await haveNode();
    putFirstOnPath(node);
    // The command line goes through this file again, so that it starts in one way under every Node.
    return run(node, script === undefined ? [self, ...args] : [script, ...args.slice(2)]);
  }
  if (firstOnPath() !== fs.realpathSync(process.execPath)) putFirstOnPath(process.execPath);
  if (script !== undefined) return run(process.execPath, [script, ...args.slice(2)]);
  module.enableCompileCache?.(path.join(cacheFolder(), 'compiled'));
  await import(pathToFileURL(resolveEntry()).href);
}

function resolveEntry() {
  const candidates = ['cli/main.ts', 'dist/cli/main.js'].map((file) => path.join(root, file));
  const entry = candidates.find((file) => fs.existsSync(file));
  if (entry !== undefined) return entry;
  throw nothingToStart(
    `neither ${candidates.join(' nor ')} is there: the installation is incomplete, install it again`,
  );
}

function resolveScript(name) {
  if (name === undefined) {
    throw nothingToStart('--script needs a file or the command of an installed package');
  }
  const file = path.resolve(name);
  if (fs.existsSync(file)) return file;
  const command = path.join(root, 'node_modules', '.bin', name);
  if (!name.includes('/') && fs.existsSync(command)) return resolveCommand(command);
  throw nothingToStart(
    `${name} is neither a file nor the command of an installed package: check the name, or run npm ci`,
  );
}

function resolveCommand(command) {
  if (fs.lstatSync(command).isSymbolicLink()) return fs.realpathSync(command);
  // npm on Windows writes a small shell script instead of a link; it names the target behind $basedir.
  const target = /"\$basedir\/([^"]+)"\s+"\$@"/.exec(fs.readFileSync(command, 'utf8'));
  return target === null ? command : path.resolve(path.dirname(command), target[1]);
}

function nothingToStart(message) {
  return Object.assign(new Error(message), { exitCode: EXIT_NOTHING_TO_START });
}

function firstOnPath() {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    try {
      return fs.realpathSync(path.join(folder, binary));
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Whatever the program starts by the name `node` is then the same Node. */
function putFirstOnPath(node) {
  const folders = [path.dirname(node), process.env['PATH']];
  process.env['PATH'] = folders.filter(Boolean).join(path.delimiter);
}

function run(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.on('error', ({ message }) =>
      reject(Object.assign(new Error(`${node}: ${message}`), { exitCode: EXIT_CANNOT_START })),
    );
    child.on('exit', (code, signal) => {
      if (signal === null) process.exitCode = code;
      else dieOf(signal);
      resolve();
    });
  });
}

function forwardSignals(child) {
  // A terminal sends Ctrl-C to the child as well: passing it on would count as a second one.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const typed = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGQUIT'];
  for (const signal of typed) process.on(signal, () => terminal || child.kill(signal));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}

/** Ends this process by the same signal, so that a shell or supervisor sees what happened. */
function dieOf(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // For the platforms on which the signal does not end this process.
  process.exitCode = 128 + os.constants.signals[signal];
}

try {
  await launch(process.argv.slice(2));
} catch (error) {
  if (typeof error?.exitCode !== 'number') throw error;
  process.stderr.write(`ninefold: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
