import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { temporaryFolder } from '../services/started-servers.ts';
import { ninefold } from './ninefold.ts';

const CLIPPER = path.join(import.meta.dirname, '../../platforms/clipper');

interface Report {
  readonly artifacts: readonly {
    readonly path: string;
    readonly sources: readonly { readonly id: string; readonly file?: string }[];
  }[];
  readonly changes: readonly { readonly path: string; readonly change: string }[];
  readonly notes: readonly { readonly source: string; readonly message: string }[];
}

async function build(...args: readonly string[]) {
  const run = await ninefold(['build', ...args]);
  return { ...run, report: (): Report => JSON.parse(run.stdout) as Report };
}

describe('ninefold build', () => {
  it('writes all that follows from a platform, the same bytes twice, and says what it could not', async () => {
    const [one, two] = [temporaryFolder('out'), temporaryFolder('out')];
    const kinds = ['--only', 'prometheus-rules,alertmanager'];
    const first = await build(CLIPPER, '--out', one, '--json', ...kinds);
    expect(first.code).toBe(EXIT_CODES.ok.code);
    const { artifacts, changes, notes } = first.report();
    expect(artifacts.map((artifact) => artifact.path)).toEqual([
      'alertmanager/alertmanager.yml',
      'alertmanager/ninefold.tmpl',
      'alertmanager/tests/clipper-api.routes.yaml',
      'alertmanager/tests/clipper-frontend.routes.yaml',
      'prometheus-rules/clipper-api.rules.test.yaml',
      'prometheus-rules/clipper-api.rules.yaml',
      'prometheus-rules/clipper-frontend.rules.test.yaml',
      'prometheus-rules/clipper-frontend.rules.yaml',
    ]);
    expect(artifacts[4]?.sources).toContainEqual(
      expect.objectContaining({ id: 'clipper-api/availability', file: 'api.slo.ts' }),
    );
    expect(changes.every(({ change }) => change === 'new')).toBe(true);
    expect(notes.map(({ source }) => source)).toContain('clipper-frontend/availability');
    await build(CLIPPER, '--out', two, ...kinds);
    const files = readdirSync(one, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.\w+$/.test(file))
      .sort();
    expect(files.length).toBe(9);
    for (const file of files)
      expect(readFileSync(path.join(two, file), 'utf8')).toBe(
        readFileSync(path.join(one, file), 'utf8'),
      );
  });

  it('says with --check that a folder is stale, shows why, and touches nothing', async () => {
    const out = temporaryFolder('out');
    await build(CLIPPER, '--out', out);
    expect((await build(CLIPPER, '--out', out, '--check')).code).toBe(EXIT_CODES.ok.code);
    const routes = path.join(out, 'alertmanager/alertmanager.yml');
    const edited = readFileSync(routes, 'utf8').replace("group_wait: '1m'", "group_wait: '9m'");
    writeFileSync(routes, edited);
    const check = await build(CLIPPER, '--out', out, '--check');
    expect(check.code).toBe(EXIT_CODES.findings.code);
    expect(check.stdout).toMatch(/^-\s+group_wait: '9m'$/m);
    expect(check.stdout).toMatch(/^\+\s+group_wait: '1m'$/m);
    expect(readFileSync(routes, 'utf8')).toBe(edited);
  });

  it('makes some kinds for older targets, and leaves the other kinds', async () => {
    const out = temporaryFolder('out');
    await build(CLIPPER, '--out', out, '--only', 'prometheus-rules');
    const second = await build(
      CLIPPER,
      '--out',
      out,
      '--only',
      'alertmanager',
      '--target',
      'alertmanager=0.25,prometheus=2.42',
      '--json',
    );
    expect(second.report().changes.map((change) => change.path)).not.toContain(
      'prometheus-rules/clipper-api.rules.yaml',
    );
    expect(readdirSync(out).sort()).toEqual(['alertmanager', 'index.json', 'prometheus-rules']);
    const index = JSON.parse(readFileSync(path.join(out, 'index.json'), 'utf8')) as Report;
    expect(index.artifacts).toHaveLength(8);
  });

  it('refuses unknown kinds and targets with what there is', async () => {
    const out = temporaryFolder('out');
    const kind = await build(CLIPPER, '--out', out, '--only', 'rules');
    expect([kind.code, kind.stderr]).toEqual([
      EXIT_CODES.usage.code,
      expect.stringContaining('prometheus-rules, prometheus-rule-manifests'),
    ]);
    const target = await build(CLIPPER, '--out', out, '--target', 'prometheus=1.8');
    expect([target.code, target.stderr]).toEqual([
      EXIT_CODES.usage.code,
      expect.stringContaining('prometheus=2.42'),
    ]);
  });

  it('never overwrites a file that it did not write', async () => {
    const out = temporaryFolder('out');
    await build(CLIPPER, '--out', out, '--only', 'prometheus-rules');
    writeFileSync(path.join(out, 'index.json'), '{}');
    writeFileSync(path.join(out, 'prometheus-rules/clipper-api.rules.yaml'), 'groups: []\n');
    const again = await build(CLIPPER, '--out', out, '--only', 'prometheus-rules');
    expect(again.code).toBe(EXIT_CODES.findings.code);
    expect(again.stderr).toMatch(/was not generated by ninefold/);
    expect(readFileSync(path.join(out, 'prometheus-rules/clipper-api.rules.yaml'), 'utf8')).toBe(
      'groups: []\n',
    );
  });
});
