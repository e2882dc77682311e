import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { makeFolder } from '../../cli/output-folder.ts';
import { temporaryFolder } from '../services/services.ts';
import { ninefold, startNinefold } from './ninefold.ts';

const SHOP = path.join(import.meta.dirname, '../../examples/first-slo');
const LINE = `{"time":"2026-01-01T00:00:00Z","seconds":60,"slo":"what-if","total":100,"bad":1}\n`;
const UNTIL = ['--until', '2026-01-01T01:00:00Z', '--objective', '99.9%'];

let folder = '';
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = temporaryFolder('wrong-files');
  await mkdir(at('folder'));
  await writeFile(at('a-file'), 'text');
  await writeFile(at('bytes'), Buffer.from([0xff, 0xfe, 0x00, 0x80]));
  await writeFile(at('counts'), LINE);
  await writeFile(at('routing.yml'), 'route: {receiver: a}\nreceivers: [{name: a}]\n');
  await writeFile(at('one-line'), `${LINE}${'0'.repeat(1_000_000)}`);
  await writeFile(
    at('routes.yaml'),
    'tests: [{name: all, labels: {x: y}, expect: {receivers: [a]}}]\n',
  );
  await symlink('loop', at('loop'));
});

describe('a path that is not what a command needs', () => {
  const { usage, badData, noInput, cannotWrite, config } = EXIT_CODES;
  it.each<[string, readonly string[], number, RegExp]>([
    [
      'counts in a folder',
      ['replay', '--counts', 'folder', ...UNTIL],
      noInput.code,
      /folder is a folder\n {2}→ name a file/,
    ],
    [
      'counts below a file',
      ['replay', '--counts', 'a-file/x', ...UNTIL],
      noInput.code,
      /a-file\/x leads through something that is no folder/,
    ],
    [
      'a link to itself',
      ['replay', '--counts', 'loop', ...UNTIL],
      noInput.code,
      /loop is a link that leads back to itself/,
    ],
    [
      'a name that is too long',
      ['replay', '--counts', 'x'.repeat(300), ...UNTIL],
      noInput.code,
      /longer name than the file system takes/,
    ],
    [
      'counts that never end a line',
      ['replay', '--counts', 'one-line', ...UNTIL],
      badData.code,
      /one-line:2: longer than 65536 characters; write one object a line/,
    ],
    [
      'a token that is none, before anybody is asked',
      [
        'dashboards',
        'preview',
        SHOP,
        '--prometheus',
        'http://127.0.0.1:9',
        '--out',
        'x',
        '--token-file',
        'bytes',
      ],
      badData.code,
      /bytes does not hold one token\n {2}→ put nothing but the bearer token into it/,
    ],
    [
      'a token that is too long',
      ['status', '--url', 'http://127.0.0.1:9', '--token-file', 'one-line'],
      badData.code,
      /one-line does not hold one token/,
    ],
    [
      'a token in a folder',
      ['status', '--token-file', 'folder'],
      noInput.code,
      /folder is a folder/,
    ],
    [
      'a token of Grafana in a folder',
      ['dashboards', 'pull', '--out', 'x', '--url', 'http://127.0.0.1:9', '--token-file', 'folder'],
      noInput.code,
      /folder is a folder/,
    ],
    [
      'tokens in a folder',
      ['token', 'list', '--file', 'folder'],
      config.code,
      /token file folder: is not a file/,
    ],
    [
      'tokens below a missing folder',
      ['token', 'create', '--scope', 'read', '--name', 'a', '--file', 'no/tokens'],
      config.code,
      /its folder does not exist; make it first/,
    ],
    [
      'another configuration that is not there',
      ['serve', SHOP, '--config', 'nowhere.ts'],
      noInput.code,
      /nowhere\.ts does not exist/,
    ],
    [
      'output into a file',
      ['build', SHOP, '--out', 'a-file'],
      cannotWrite.code,
      /a-file is not a folder\n {2}→ write to another place/,
    ],
    [
      'output below a file',
      ['build', SHOP, '--out', 'a-file/out'],
      cannotWrite.code,
      /a-file is not a folder/,
    ],
    [
      'a comparison with a file',
      ['build', SHOP, '--check', '--out', 'a-file'],
      noInput.code,
      /leads through something that is no folder/,
    ],
    [
      'a configuration in bytes',
      ['alerts', 'route', 'bytes', '--label', 'a=b'],
      badData.code,
      /bytes is not UTF-8\n {2}→ save it as UTF-8/,
    ],
    [
      'a result into a folder',
      ['alerts', 'test', 'routing.yml', 'routes.yaml', '--junit', 'folder'],
      noInput.code,
      /folder is a folder\n {2}→ name a file/,
    ],
    [
      'a zone that is none',
      ['alerts', 'route', 'routing.yml', '--label', 'a=b', '--zone', 'Mars/Base'],
      usage.code,
      /Mars\/Base is no time zone\n {2}→ .*Europe\/Berlin/,
    ],
    [
      'two forms of one answer',
      ['alerts', 'lint', 'routing.yml', '--json', '--sarif'],
      usage.code,
      /'--sarif' cannot be used with option '--json'/,
    ],
  ])('%s', async (_what, args, code, reason) => {
    const outcome = await ninefold(args, { cwd: folder });
    expect(outcome.stderr).toMatch(reason);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.stdout).toBe('');
    expect(outcome.code).toBe(code);
  });
});

describe('an answer that nobody takes', () => {
  it.runIf(existsSync('/dev/full'))('ends with one sentence when its disk is full', async () => {
    const shell = `node "${path.join(import.meta.dirname, '../../cli/launch.js')}" validate "${SHOP}" > /dev/full`;
    const { status, stderr } = spawnSync('sh', ['-c', shell], { encoding: 'utf8' });
    expect(stderr).toContain('ninefold: there is no space left for standard output\n  → make room');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(EXIT_CODES.cannotWrite.code);
  });

  it('ends with 141 when its reader went away, so that no pipeline takes it for a success', async () => {
    const child = startNinefold([
      'replay',
      '--counts',
      '-',
      '--until',
      '2099-01-01T00:00:00Z',
      '--objective',
      '99.9%',
    ]);
    child.stdout.destroy();
    child.stdin.end(LINE);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(141);
  });

  it('keeps its exit code when nobody hears its complaints', async () => {
    const child = startNinefold(['validate', at('nowhere')]);
    child.stderr.destroy();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(EXIT_CODES.noInput.code);
  });
});

describe('a folder to write into', () => {
  it('is made with those above it, and may be there already', async () => {
    await makeFolder(at('one/two/three'));
    await makeFolder(at('one/two/three'));
    expect((await stat(at('one/two/three'))).isDirectory()).toBe(true);
  });

  it('is refused at once in a working folder that was deleted, where Node tries for ever', async () => {
    await mkdir(at('gone'));
    const script = `process.chdir(${JSON.stringify(at('gone'))}); (await import('node:fs')).rmdirSync(${JSON.stringify(at('gone'))});
      const { makeFolder } = await import(${JSON.stringify(path.join(import.meta.dirname, '../../cli/output-folder.ts'))});
      await makeFolder('a/b').then(() => console.log('made'), (error) => console.log(error.exitCode, error.message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stdout.trim()).toBe('73 no folder can be made in ., which takes none or was deleted');
  });
});
