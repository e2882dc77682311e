import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeTokenFile, readTokenFile, TokenFileError } from '../../collector/token-file.ts';
import { allows, mintToken, openTokens } from '../../collector/tokens.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ninefold-tokens-'));
  file = path.join(folder, 'tokens.json');
});
afterEach(() => rm(folder, { recursive: true }));

const mint = (name: string, more: { expiresAt?: number } = {}) =>
  mintToken({ name, scopes: ['read'], now: 1000, ...more });

describe('bearer tokens', () => {
  it('are known by the file that holds their hash, and by nothing in it', async () => {
    const { token, record } = mint('grafana');
    await changeTokenFile(file, () => [record]);
    const tokens = await openTokens(file);
    expect(tokens.verify(token)).toEqual(record);
    expect(await readFile(file, 'utf8')).not.toContain(token.slice('ninefold_'.length));
    expect(mint('grafana').token).not.toBe(token);
  });

  it('are refused when anything about them differs', async () => {
    const { token, record } = mint('grafana');
    await changeTokenFile(file, () => [record]);
    const tokens = await openTokens(file);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat(token.length - 1)), (change) => {
        const other =
          typeof change === 'string'
            ? change
            : token.slice(0, change) +
              (token[change] === 'A' ? 'B' : 'A') +
              token.slice(change + 1);
        expect(tokens.verify(other)).toBeUndefined();
      }),
    );
  });

  it('end at their expiry', async () => {
    const { token, record } = mint('brief', { expiresAt: 2000 });
    await changeTokenFile(file, () => [record]);
    let now = 1999;
    const tokens = await openTokens(file, () => now);
    expect(tokens.verify(token)).toEqual(record);
    now = 2000;
    expect(tokens.verify(token)).toBeUndefined();
  });

  it('follow the file on reload, and stay when the file is damaged', async () => {
    const first = mint('first');
    const second = mint('second');
    await changeTokenFile(file, () => [first.record]);
    const tokens = await openTokens(file);
    await changeTokenFile(file, () => [second.record]);
    expect(tokens.verify(second.token)).toBeUndefined();
    await tokens.reload();
    expect(tokens.verify(first.token)).toBeUndefined();
    expect(tokens.verify(second.token)).toEqual(second.record);
    await writeFile(file, 'not json');
    await expect(tokens.reload()).rejects.toThrow(TokenFileError);
    expect(tokens.verify(second.token)).toEqual(second.record);
  });

  it('of scope admin allow everything, others only what they name', () => {
    expect(allows({ scopes: ['admin'] }, 'ingest')).toBe(true);
    expect(allows({ scopes: ['read'] }, 'ingest')).toBe(false);
    expect(allows({ scopes: ['read', 'ingest'] }, 'ingest')).toBe(true);
  });
});

describe('the token file', () => {
  it('is made for its owner only', async () => {
    await changeTokenFile(file, () => [mint('a').record]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('keeps every token when several processes add at once', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        changeTokenFile(file, (records) => [...records, mint(`t${index}`).record]),
      ),
    );
    expect((await readTokenFile(file)).map(({ name }) => name).sort()).toEqual(
      Array.from({ length: 8 }, (_, index) => `t${index}`),
    );
  });

  it('may be a link, as secret mounts use, and stays one', async () => {
    await changeTokenFile(file, () => [mint('a').record]);
    const link = path.join(folder, 'link.json');
    await symlink(file, link);
    await changeTokenFile(link, () => []);
    expect(await readTokenFile(file)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32').each([0o666, 0o622, 0o660])(
    'is refused with mode %o, which lets others write it',
    async (mode) => {
      await changeTokenFile(file, () => []);
      await chmod(file, mode);
      await expect(openTokens(file)).rejects.toThrow(/chmod 600/);
    },
  );

  it.each([
    ['', /not JSON/],
    ['[]', /expected object/],
    ['{"version":2,"tokens":[]}', /version/],
    ['{"version":1,"tokens":[{"name":"a"}]}', /tokens\.0\.id/],
    ['{"version":1,"tokens":[],"extra":1}', /extra/],
  ])('is refused when it holds %s, with the place and the remedy', async (text, reason) => {
    await writeFile(file, text, { mode: 0o600 });
    await expect(openTokens(file)).rejects.toThrow(reason);
    await expect(openTokens(file)).rejects.toThrow(/restore it, or delete it/);
  });

  it('is asked for when it is missing', async () => {
    await expect(openTokens(file)).rejects.toThrow(/ninefold token create/);
  });

  it('survives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (text) => {
        await writeFile(file, text, { mode: 0o600 });
        await expect(readTokenFile(file)).rejects.toThrow(TokenFileError);
      }),
      { numRuns: 100 },
    );
  });
});
