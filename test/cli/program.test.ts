import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { ninefold } from './ninefold.ts';

const ROOT = path.join(import.meta.dirname, '../..');

describe('ninefold --help', () => {
  it('lists every command on standard output', async () => {
    const { code, stdout, stderr } = await ninefold(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of [
      'serve',
      'demo',
      'validate',
      'build',
      'status',
      'explain',
      'replay',
      'alerts',
      'token',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('loads nothing but the command line itself', async () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = async (file: string): Promise<void> => {
      if (seen.has(file)) return;
      seen.add(file);
      const source = await readFile(file, 'utf8');
      for (const [, type, from = ''] of source.matchAll(
        /^(?:import|export) (type )?[^;]*?from '([^']+)'/gm,
      )) {
        if (type !== undefined) continue;
        if (from.startsWith('.')) await visit(path.resolve(path.dirname(file), from));
        else if (!from.startsWith('node:')) packages.add(from);
      }
    };
    await visit(path.join(ROOT, 'cli/main.ts'));
    expect([...packages]).toEqual(['@commander-js/extra-typings']);
    const folders = new Set([...seen].map((file) => path.relative(ROOT, file).split('/')[0]));
    expect([...folders]).toEqual(['cli']);
  });

  it('describes each command', async () => {
    for (const command of ['serve', 'status', 'replay', 'token create']) {
      const { code, stdout } = await ninefold([...command.split(' '), '--help']);
      expect([command, code]).toEqual([command, 0]);
      expect(stdout).toContain(`Usage: ninefold ${command}`);
      expect(stdout).toContain('--json');
    }
  });
});

describe('a wrong command line', () => {
  it.each([
    [['stauts'], /unknown command 'stauts'[\s\S]*Did you mean status\?/],
    [['status', '--jsno'], /unknown option '--jsno'[\s\S]*Did you mean --json\?/],
    [['explain'], /missing required argument/],
    [['status', 'extra'], /too many arguments/],
    [['replay', '--until', '2026-01-01T00:00:00Z'], /--counts/],
    [['token', 'create', '--scope', 'root', '--name', 'x', '--file', 'y'], /read, ingest, admin/],
    [['status', '--url', 'nonsense'], /not an http address[\s\S]*→/],
  ])('ninefold %j exits with 2 and says what is wrong on standard error', async (args, reason) => {
    const { code, stdout, stderr } = await ninefold(args);
    expect(code).toBe(EXIT_CODES.usage.code);
    expect(stdout).toBe('');
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('without any command shows the help', async () => {
    const { code, stderr } = await ninefold([]);
    expect(code).toBe(EXIT_CODES.usage.code);
    expect(stderr).toContain('Usage: ninefold');
  });
});

describe('ninefold --version', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    expect(await ninefold(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('errors', () => {
  it('show where they happened with --debug only', async () => {
    const args = ['status', '--url', 'http://127.0.0.1:9'];
    const quiet = await ninefold(args);
    expect(quiet.code).toBe(EXIT_CODES.unavailable.code);
    expect(quiet.stderr).not.toMatch(/\n\s+at /);
    const loud = await ninefold([...args, '--debug']);
    expect(loud.code).toBe(EXIT_CODES.unavailable.code);
    expect(loud.stderr).toMatch(/\n\s+at /);
  });
});

describe('docs/cli.md', () => {
  it('has the exit codes, each with the meaning that the program gives it', async () => {
    const page = await readFile(path.join(ROOT, 'docs/cli.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => ({
      code: Number(code),
      meaning,
    }));
    expect(rows).toEqual(Object.values(EXIT_CODES));
  });
});
