import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import type { Run } from '../../synthetics/index.ts';
import { rawServer, reply } from '../synthetics/raw-server.ts';
import { LAUNCH, ninefold, startNinefold } from './ninefold.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-probe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes checks of a service `shop`, each `name: what else`. */
function writeChecks(file: string, checks: Readonly<Record<string, string>>): string {
  const definitions = Object.entries(checks).map(
    ([name, rest], index) =>
      `export const check${index} = defineCheck({ service: shop, name: '${name}', ${rest} });`,
  );
  const place = path.join(folder, file);
  writeFileSync(
    place,
    [
      `import { defineCheck, defineService, fromEnvironment, http } from 'ninefold';`,
      `const shop = defineService({ name: 'shop', team: 'web' });`,
      ...definitions,
    ].join('\n'),
  );
  return place;
}

const shop = (socket: Parameters<ReturnType<typeof reply>>[0], request: string): void =>
  request.startsWith('GET /broken')
    ? reply('500 Oh', '<h1>We are\u001B[2J sorry</h1>')(socket)
    : reply('200 OK', '<h1>Shop</h1>')(socket);

describe('ninefold probe', () => {
  it('tries a file of checks, says what came, and exits with 0', async () => {
    const { url } = await rawServer(shop);
    const file = writeChecks('good.checks.ts', {
      home: `probe: http({ url: '${url}/', expect: (answer) => answer.body.contains('Shop') })`,
    });
    const { code, stdout, stderr } = await ninefold(['probe', file]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^passed {4}shop\/home {2}[\d.]+ ms {2}GET http:\/\/127\.0\.0\.1:\d+\/\n/,
    );
    expect(stdout).toMatch(
      /connect [\d.]+ ms · first byte [\d.]+ ms · transfer [\d.]+ ms\n1 passed\.\n$/,
    );
    expect(code).toBe(0);
  });

  it('tells what was expected, what came, and the part that matters; and exits with 1', async () => {
    const { url } = await rawServer(shop);
    const file = writeChecks('bad.checks.ts', {
      broken: `probe: http({ url: '${url}/broken' })`,
      home: `probe: http({ url: '${url}/' })`,
      secret: `probe: http({ url: '${url}/', auth: { bearer: fromEnvironment('NO_SUCH_SECRET') } })`,
    });
    const junit = path.join(folder, 'probe.xml');
    const metrics = path.join(folder, 'probe.prom');
    const { code, stdout } = await ninefold([
      'probe',
      file,
      '--junit',
      junit,
      '--metrics',
      metrics,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'expected status is 200 to 299, got 500\n            <h1>We are sorry</h1>\n',
    );
    expect(stdout).toContain('the environment variable NO_SUCH_SECRET is not set');
    expect(stdout).toMatch(/1 passed, 1 failed, 1 not tried\.\n$/);
    expect(readFileSync(junit, 'utf8')).toContain('tests="3" failures="2"');
    expect(readFileSync(metrics, 'utf8')).toContain(
      'ninefold_probe_success{check="shop/broken",service="shop",team="web"} 0\n',
    );
  });

  it('prints a record a line with --json, of the checks that are meant', async () => {
    const { url } = await rawServer(shop);
    const file = writeChecks('some.checks.ts', {
      one: `tags: ['smoke'], probe: http({ url: '${url}/1' })`,
      two: `locations: ['eu'], tags: ['smoke'], probe: http({ url: '${url}/2' })`,
      three: `locations: ['us'], tags: ['smoke'], probe: http({ url: '${url}/3' })`,
      four: `probe: http({ url: '${url}/4' })`,
    });
    const args = ['probe', file, '--only', 'smoke', '--location', 'eu', '--json'];
    const { code, stdout } = await ninefold(args);
    const runs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Run);
    expect(runs.map(({ check, location, verdict }) => [check, location, verdict])).toEqual([
      ['shop/one', 'eu', 'passed'],
      ['shop/two', 'eu', 'passed'],
    ]);
    expect(code).toBe(0);
  });

  it('exits with 2 when nothing was learnt: no such check, a mistake, no checks, no secret', async () => {
    const file = writeChecks('none.checks.ts', {
      secret: `probe: http({ url: 'http://127.0.0.1:1/', auth: { bearer: fromEnvironment('NO_SUCH_SECRET') } })`,
    });
    const wrong = writeChecks('wrong.checks.ts', { home: `probe: http({ url: 'shop.example' })` });
    const outcomes = await Promise.all([
      ninefold(['probe', file]),
      ninefold(['probe', file, '--only', 'home']),
      ninefold(['probe', wrong]),
      ninefold(['probe', file, '--repeat', '--junit', 'x.xml']),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(outcomes[1]?.stderr).toContain('there are: shop/secret');
    expect(outcomes[2]?.stderr).toContain('check0.probe.url');
    const { code, stderr } = await ninefold(['probe', path.join(folder, 'absent')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not exist')]);
  });

  it('repeats until it is stopped', async () => {
    const { url } = await rawServer(shop);
    const file = writeChecks('often.checks.ts', {
      home: `every: '1s', probe: http({ url: '${url}/' })`,
    });
    const child = startNinefold(['probe', file, '--repeat', '--json']);
    const lines: Run[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(JSON.parse(line) as Run);
      if (lines.length === 2) child.kill('SIGTERM');
    }
    const [code] =
      child.exitCode === null ? ((await once(child, 'close')) as [number]) : [child.exitCode];
    expect(code).toBe(0);
    const [first, second] = lines;
    // The first run comes at once, later ones in the check's own place in each period.
    expect(second?.scheduledAtMs).toBeGreaterThan(first?.scheduledAtMs ?? Infinity);
  });
});

const terminals = spawnSync('script', ['--version']).status === 0;

describe('ninefold probe --watch', () => {
  it('tells line by line where there is no terminal', async () => {
    const { url } = await rawServer(shop);
    const file = writeChecks('piped.checks.ts', {
      home: `every: '1s', probe: http({ url: '${url}/' })`,
    });
    const child = startNinefold(['probe', file, '--watch']);
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('passed    shop/home')) child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode).toBe(0);
    const { code, stderr } = await ninefold(['probe', file, '--watch', '--metrics', 'x.prom']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('with --watch')]);
  });

  it.skipIf(!terminals)(
    'draws a terminal until q is pressed, and leaves it as it was',
    async () => {
      const { url } = await rawServer(shop);
      const file = writeChecks('watched.checks.ts', {
        home: `every: '1s', probe: http({ url: '${url}/' })`,
        broken: `every: '1s', probe: http({ url: '${url}/broken' })`,
      });
      const command = `stty cols 100 rows 20; "${process.execPath}" "${LAUNCH}" probe "${file}" --watch`;
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' },
      });
      // What it draws last may come when it no longer reads.
      child.stdin.on('error', () => {});
      let screen = '';
      child.stdout.on('data', (text) => {
        screen += String(text);
        if (/×{2}/.test(screen)) child.stdin.write('q');
      });
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(0);
      const last = screen.slice(screen.lastIndexOf('\u001b[?1049l'));
      expect(last).toMatch(/failed\s+shop\/broken/);
      expect(last).toMatch(/passed\s+shop\/home/);
      expect(last).toContain('1 failed, 1 passed.');
      expect(screen.indexOf('\u001b[?1049h')).toBeGreaterThanOrEqual(0);
    },
  );
});
