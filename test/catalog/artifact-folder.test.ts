import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../catalog/artifact.ts';
import {
  compareFolder,
  ForeignFileError,
  type MadeArtifacts,
  writeFolder,
} from '../../catalog/artifact-folder.ts';
import { formatIndex, indexOf } from '../../catalog/artifact-index.ts';
import { temporaryFolder } from '../services/started-servers.ts';
import { buildOf } from './folder-builds.ts';

const folderWriter = fileURLToPath(new URL('folder-writer.ts', import.meta.url));

function made(files: Readonly<Record<string, string>>, kind = 'rules'): MadeArtifacts {
  const artifacts = Object.entries(files).map(([path, text]): Artifact => ({
    path,
    kind,
    text,
    sources: ['shop/checkout'],
  }));
  const origins = { 'shop/checkout': { file: 'shop.slo.ts', path: 'checkout' } };
  return { kinds: [kind], artifacts, index: indexOf(artifacts, origins) };
}

/** Every file below a folder with its text. */
function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('the output folder', () => {
  it('is made, holds the artifacts and an index with checksums and sources', async () => {
    const folder = join(temporaryFolder('out'), 'deep', 'out');
    const changes = await writeFolder(folder, made({ 'rules/a.yaml': 'a\n' }));
    expect(changes.map(({ path, change }) => [path, change])).toEqual([['rules/a.yaml', 'new']]);
    const { 'index.json': index, ...others } = filesIn(folder);
    expect(others).toEqual({ 'rules/a.yaml': 'a\n' });
    expect(JSON.parse(index ?? '')).toEqual({
      generator: 'ninefold',
      artifacts: [
        {
          path: 'rules/a.yaml',
          kind: 'rules',
          sha256: '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7',
          sources: [{ id: 'shop/checkout', file: 'shop.slo.ts', export: 'checkout' }],
        },
      ],
    });
  });

  it('law: holds exactly the last artifacts, whatever was made before', async () => {
    const files = fc.dictionary(
      fc.constantFrom('a.yaml', 'b.yaml', 'deep/c.yaml', 'deep/er/d.yaml'),
      fc.constantFrom('one\n', 'two\n', ''),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(files, { minLength: 1, maxLength: 5 }), async (builds) => {
        const folder = temporaryFolder('out');
        for (const build of builds) await writeFolder(folder, made(build));
        const { 'index.json': index, ...others } = filesIn(folder);
        expect(others).toEqual({ ...builds.at(-1) });
        expect(index).toBeDefined();
        expect(await compareFolder(folder, made({ ...builds.at(-1) }))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('is finished by the next build, whenever a build was killed', async () => {
    const folder = temporaryFolder('out');
    put(folder, 'README', 'ours\n');
    for (let round = 0; round < 12; round += 1) {
      const writer = spawn(process.execPath, [folderWriter, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(writer.stdout, 'data');
      await sleep(Math.random() * 60);
      const closed = once(writer, 'close');
      writer.kill('SIGKILL');
      await closed;
      const torn = Object.entries(filesIn(folder)).filter(
        ([path, text]) => path.startsWith('rules/') && !/^x* (\d+|same)\n$/.test(text),
      );
      expect(torn).toEqual([]);
      const last = buildOf(round);
      await writeFolder(folder, last);
      const { 'index.json': index, README: readme, ...others } = filesIn(folder);
      expect(readme).toBe('ours\n');
      expect(others).toEqual(
        Object.fromEntries(last.artifacts.map(({ path, text }) => [path, text])),
      );
      expect(index).toBe(formatIndex(last.index));
    }
  });

  it('names what was edited by hand, and what is obsolete, and puts it right', async () => {
    const folder = temporaryFolder('out');
    await writeFolder(folder, made({ 'a.yaml': 'a\n', 'deep/b.yaml': 'b\n' }));
    put(folder, 'a.yaml', 'mine\n');
    const next = made({ 'a.yaml': 'a\n' });
    const changes = await compareFolder(folder, next);
    expect(changes).toEqual([
      { path: 'a.yaml', change: 'edited', before: 'mine\n', after: 'a\n' },
      { path: 'deep/b.yaml', change: 'obsolete', before: 'b\n' },
    ]);
    expect(filesIn(folder)).toMatchObject({ 'a.yaml': 'mine\n', 'deep/b.yaml': 'b\n' });
    await writeFolder(folder, next);
    expect(Object.keys(filesIn(folder))).toEqual(['a.yaml', 'index.json']);
    expect(readdirSync(folder)).toEqual(['a.yaml', 'index.json']);
  });

  it('leaves the artifacts of other kinds, and other people’s files', async () => {
    const folder = temporaryFolder('out');
    put(folder, 'README', 'ours\n');
    await writeFolder(folder, made({ 'routes.yaml': 'r\n' }, 'routes'));
    await writeFolder(folder, made({ 'rules.yaml': 'a\n' }));
    await writeFolder(folder, made({}));
    const { 'index.json': index, ...others } = filesIn(folder);
    expect(others).toEqual({ README: 'ours\n', 'routes.yaml': 'r\n' });
    expect(index).toContain('routes.yaml');
    expect(index).not.toContain('rules.yaml');
  });

  it('refuses to overwrite a file that it did not make, and changes nothing', async () => {
    const folder = temporaryFolder('out');
    put(folder, 'b.yaml', 'somebody’s\n');
    await expect(writeFolder(folder, made({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' }))).rejects.toThrow(
      ForeignFileError,
    );
    expect(filesIn(folder)).toEqual({ 'b.yaml': 'somebody’s\n' });
  });

  it('removes nothing outside of itself, whatever its index says', async () => {
    const above = temporaryFolder('out');
    const folder = join(above, 'out');
    put(above, 'precious', 'x\n');
    await writeFolder(folder, made({ 'a.yaml': 'a\n' }));
    const index = readFileSync(join(folder, 'index.json'), 'utf8');
    writeFileSync(join(folder, 'index.json'), index.replace('"a.yaml"', '"../precious"'));
    await writeFolder(folder, made({ 'b.yaml': 'b\n' }));
    expect(readFileSync(join(above, 'precious'), 'utf8')).toBe('x\n');
  });
});
