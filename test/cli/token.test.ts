import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokens } from '../../collector/tokens.ts';
import { ninefold } from './ninefold.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ninefold-token-'));
  file = path.join(folder, 'tokens.json');
});
afterEach(() => rm(folder, { recursive: true }));

const create = (name: string, ...more: string[]) =>
  ninefold(['token', 'create', '--scope', 'read', '--name', name, '--file', file, ...more]);

describe('ninefold token', () => {
  it('makes a token that works, prints it once and keeps only its hash', async () => {
    const { code, stdout } = await create('grafana');
    expect(code).toBe(0);
    const token = stdout.trim();
    expect(await readFile(file, 'utf8')).not.toContain(token);
    expect((await openTokens(file)).verify(token)).toMatchObject({
      name: 'grafana',
      scopes: ['read'],
    });
  });

  it('lists tokens without their hashes, and revokes one by name or id', async () => {
    await create('grafana');
    const made = JSON.parse((await create('alloy', '--expires', '90d', '--json')).stdout);
    expect(made.expiresAt - made.createdAt).toBe(90 * 86_400);
    const { stdout } = await ninefold(['token', 'list', '--file', file]);
    expect(stdout).toMatch(/^ID +NAME +SCOPE +CREATED +EXPIRES\n/);
    expect(stdout).toMatch(/grafana +read +\d{4}-\d\d-\d\d +never/);
    expect(stdout).not.toContain('sha256');
    expect((await ninefold(['token', 'revoke', 'grafana', '--file', file])).code).toBe(0);
    expect((await ninefold(['token', 'revoke', made.id, '--file', file])).code).toBe(0);
    const left = await ninefold(['token', 'list', '--file', file, '--json']);
    expect(JSON.parse(left.stdout)).toEqual({ tokens: [] });
  });

  it('refuses a second token of the same name, and what it does not know', async () => {
    await create('grafana');
    const again = await create('grafana');
    expect(again.code).toBe(2);
    expect(again.stdout).toBe('');
    expect((await ninefold(['token', 'revoke', 'nobody', '--file', file])).code).toBe(66);
    expect((await create('x', '--expires', 'soon')).code).toBe(2);
    expect((await create('two\nlines')).code).toBe(2);
  });

  it('says what is wrong with a file that cannot be used', async () => {
    expect((await ninefold(['token', 'list', '--file', file])).code).toBe(78);
    await create('grafana');
    await chmod(file, 0o666);
    const { code, stderr } = await ninefold(['token', 'list', '--file', file]);
    expect(code).toBe(78);
    expect(stderr).toContain('chmod 600');
  });
});
