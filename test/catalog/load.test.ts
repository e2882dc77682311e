// A workspace on disk becomes a catalog, or all that is wrong with it; whatever its files do, the program goes on.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadWorkspace } from '../../catalog/index.ts';
import type { Diagnostic } from '../../slo/diagnostic.ts';

const root = join(import.meta.dirname, '../..');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A workspace of these files in a temporary folder. */
function workspaceOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-workspace-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const CONFIG = `import { defineConfig } from 'ninefold';
export default defineConfig({ connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } } });
`;

const SLO = `import { defineService, defineSlo, prometheusRatio } from 'ninefold';
const service = defineService({ name: 'a', team: 't' });
export const slo = defineSlo({ service, name: 'b', objective: '99.9%', sli: prometheusRatio({ total: 'x', bad: 'y' }) });
`;

const loads = new Map<string, ReturnType<typeof loadWorkspace>>();

/** A workspace of this repository, loaded once for all tests. */
function loadOnce(folder: string): ReturnType<typeof loadWorkspace> {
  const load = loads.get(folder) ?? loadWorkspace(join(root, folder), { timeoutMs: 120_000 });
  loads.set(folder, load);
  return load;
}

function lines(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(
    ({ file, line, path, code }) => `${file ?? ''}:${line ?? ''} ${path} ${code}`,
  );
}

describe('the workspaces of this repository', () => {
  it.each([
    'examples/first-slo',
    'examples/shop',
    'examples/observers',
    'examples/probes',
    'platforms/api-governance',
    'platforms/clipper',
  ])('%s has nothing to tell', async (folder) => {
    const { catalog, diagnostics } = await loadOnce(folder);
    expect(diagnostics).toEqual([]);
    expect(catalog?.config).toBeDefined();
    expect(catalog?.slos.length).toBeGreaterThan(0);
  });

  it('of the platforms have the services and SLOs that their owners named', async () => {
    const governance = await loadOnce('platforms/api-governance');
    const ids = governance.catalog?.slos.map(
      (slo) => `${slo.id} ${slo.objective.text} ${slo.sli.form.form}`,
    );
    expect(ids).toEqual([
      'auditor/completeness 99.9% counters',
      'auditor/freshness 99% events',
      'auditor/query-availability 99.5% counters',
      'gateway/availability 99.95% counters',
      'gateway/latency 99% counters',
      'gateway/log-availability 99.9% logs',
      'gateway/subscription-quality 99.5% events',
      'portal/availability 99.9% counters',
      'portal/login-journey 99.5% events',
      'portal/page-load 75% events',
      'registry/availability 99.9% counters',
      'registry/lifecycle-propagation 99% events',
      'registry/search-latency 99% counters',
    ]);
    const clipper = await loadOnce('platforms/clipper');
    expect(
      clipper.catalog?.slos.map((slo) => `${slo.id} ${slo.objective.text} ${slo.sli.form.form}`),
    ).toEqual([
      'clipper-api/availability 99.9% counters',
      'clipper-api/health 99.5% gauge',
      'clipper-api/latency 99% counters',
      'clipper-frontend/availability 99.9% logs',
      'clipper-frontend/reachability 99.5% gauge',
    ]);
  });
});

it('ten mistakes in three files are all told, each with file, path, value and remedy', async () => {
  const { catalog, diagnostics } = await loadWorkspace(join(root, 'test/fixtures/ten-mistakes'));
  expect(catalog).toBeUndefined();
  expect(lines(diagnostics)).toEqual([
    'checkout.slo.ts: availability.service.name not-a-name',
    'checkout.slo.ts: availability.objective not-an-objective',
    'checkout.slo.ts: availability.window window-too-short',
    'checkout.slo.ts: availability.sli.total promql-selector',
    'checkout.slo.ts: payment.burnPolicy.conditions[0].burnRate unreachable-burn-rate',
    'ninefold.config.ts: alertmanager unknown-field',
    'ninefold.config.ts: connections.prometheus.default.auth.bearer secret-in-text',
    'search/search.slo.ts: search.labels.severity not-a-label',
    'search/search.slo.ts: slos[0].sli.connection unknown-connection',
    'search/search.slo.ts: slos[1].sli.bad unknown-event-field',
  ]);
  for (const { message, remedy, value } of diagnostics) {
    expect(message).not.toBe('');
    expect(remedy).not.toBe('');
    expect(value).not.toBe('');
  }
  expect(diagnostics.map((each) => each.message).join(' ')).toMatch(
    /'101%'.*Did you mean 'alertmanagers'.*Did you mean 'default'.*Did you mean 'status'/,
  );
  expect(JSON.stringify(diagnostics)).not.toContain('glsa_');
});

describe('loading', () => {
  it('takes files ending in .slo.ts at any depth and leaves packages, dot folders and linked folders alone', async () => {
    const named = (name: string): string => SLO.replaceAll("name: 'a'", `name: '${name}'`);
    const folder = workspaceOf({
      'ninefold.config.ts': CONFIG,
      'one.slo.ts': named('one'),
      'deep/down/two.slo.ts': named('two'),
      'other.ts': named('three'),
      'node_modules/x/four.slo.ts': named('four'),
      '.hidden/five.slo.ts': named('five'),
    });
    symlinkSync(folder, join(folder, 'loop'));
    const { catalog, diagnostics } = await loadWorkspace(folder);
    expect(diagnostics).toEqual([]);
    expect(catalog?.slos.map((slo) => slo.id)).toEqual(['one/b', 'two/b']);
    expect(catalog?.origins['two/b']).toEqual({ file: 'deep/down/two.slo.ts', path: 'slo' });
  });

  it('runs TypeScript as people write it: enums, imports without ending, packages of the workspace', async () => {
    const { catalog, diagnostics } = await loadWorkspace(
      workspaceOf({
        'ninefold.config.ts': CONFIG,
        'node_modules/names/package.json':
          '{"name":"names","type":"module","exports":"./index.js"}',
        'node_modules/names/index.js': "export const name = 'from-package';",
        'shared.ts': "export enum Region { Eu = 'eu' }\nconsole.log('noise');",
        'one.slo.ts': `import { name } from 'names';
          import { Region } from './shared';
          ${SLO.replace("name: 'b'", "name: name + '-' + Region.Eu")}`,
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(catalog?.slos.map((slo) => slo.id)).toEqual(['a/from-package-eu']);
  });

  it('tells of every file that cannot be loaded, with its line, and checks the others', async () => {
    const { catalog, diagnostics } = await loadWorkspace(
      workspaceOf({
        'ninefold.config.ts': CONFIG,
        'broken.slo.ts': `${SLO}\nexport const x: = 5;\n`,
        'fine.slo.ts': SLO.replace('99.9%', '199.9%'),
        'imports.slo.ts': "import { x } from './nowhere.ts';\nexport const y = x;\n",
        'indirect.slo.ts': "import './shared.ts';\n",
        'shared.ts': '\nexport const a = ;\n',
        'misnamed.slo.ts':
          "import { defineSlos } from 'ninefold';\n\nexport const y = defineSlos({});\n",
        'throws.slo.ts': "export const a = 1;\n\nthrow new Error('on purpose');\n",
      }),
    );
    expect(catalog).toBeUndefined();
    expect(lines(diagnostics)).toEqual([
      'broken.slo.ts:5 (module) not-loadable',
      'fine.slo.ts: slo.objective not-an-objective',
      'imports.slo.ts: (module) not-loadable',
      'indirect.slo.ts: (module) not-loadable',
      'misnamed.slo.ts:3 (module) not-loadable',
      'throws.slo.ts:3 (module) not-loadable',
    ]);
    const messages = diagnostics.map((each) => each.message);
    expect(messages[2]).toContain('./nowhere.ts');
    expect(messages[3]).toContain('shared.ts, line 2');
    expect(messages[4]).toContain("Did you mean 'defineSlo'?");
    expect(messages[5]).toContain('on purpose');
    expect(messages.join(' ')).not.toContain(tmpdir());
  });

  it('stops a file that does not end', async () => {
    const folder = workspaceOf({ 'a.slo.ts': 'for (;;) {}' });
    const { diagnostics } = await loadWorkspace(folder, { timeoutMs: 2000 });
    expect(lines(diagnostics)).toContain('a.slo.ts: (module) not-loadable');
    expect(diagnostics.map((each) => each.message).join(' ')).toContain(
      'did not finish within 2 seconds',
    );
  });

  it('outlives a file that ends the program or takes all memory', async () => {
    const exits = await loadWorkspace(workspaceOf({ 'a.slo.ts': 'process.exit(0);' }));
    expect(lines(exits.diagnostics)).toContain('a.slo.ts: (module) not-loadable');
    const greedy = await loadWorkspace(
      workspaceOf({ 'a.slo.ts': 'const all = []; for (;;) all.push(new Array(1e6).fill(0.5));' }),
    );
    expect(lines(greedy.diagnostics)).toContain('a.slo.ts: (module) not-loadable');
  });

  it('refuses a folder that is not there and one without SLOs, and warns of one without configuration', async () => {
    const missing = await loadWorkspace(join(tmpdir(), 'ninefold-nowhere'));
    expect(missing.diagnostics.map((each) => each.code)).toEqual([
      'not-loadable',
      'config-missing',
    ]);
    const empty = await loadWorkspace(workspaceOf({ 'ninefold.config.ts': CONFIG }));
    expect(lines(empty.diagnostics)).toEqual([': (workspace) no-definitions']);
    const unconfigured = await loadWorkspace(workspaceOf({ 'a.slo.ts': SLO }));
    expect(lines(unconfigured.diagnostics)).toEqual([': (workspace) config-missing']);
    expect(unconfigured.catalog?.slos).toHaveLength(1);
    expect(unconfigured.catalog?.config).toBeUndefined();
  });

  it('refuses a file of more than a megabyte', async () => {
    const { diagnostics } = await loadWorkspace(
      workspaceOf({ 'ninefold.config.ts': CONFIG, 'a.slo.ts': `${SLO}//${'x'.repeat(1_100_000)}` }),
    );
    expect(lines(diagnostics)).toEqual(['a.slo.ts: (module) not-loadable']);
  });
});

describe('what is exported', () => {
  it('may be lists, re-exports and several names for one SLO', async () => {
    const { catalog, diagnostics } = await loadWorkspace(
      workspaceOf({
        'ninefold.config.ts': CONFIG,
        'a.slo.ts': `${SLO}\nexport const again = slo;\nexport const number = 5;\nexport const list = [slo, 'x', null];`,
        'b.slo.ts': "export { slo } from './a.slo.ts';",
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(catalog?.slos).toHaveLength(1);
  });

  it('may not claim one name twice', async () => {
    const { diagnostics } = await loadWorkspace(
      workspaceOf({
        'ninefold.config.ts': CONFIG,
        'a.slo.ts': SLO,
        'b.slo.ts': SLO.replace('99.9%', '99%').replace("team: 't'", "team: 'u'"),
      }),
    );
    expect(lines(diagnostics)).toEqual([
      'b.slo.ts: slo.service.name duplicate-name',
      'b.slo.ts: slo.name duplicate-name',
    ]);
    expect(diagnostics[1]?.message).toContain('slo in a.slo.ts');
  });

  it('gives the same catalog each time, frozen, in order, and able to survive JSON', async () => {
    const folder = 'platforms/api-governance';
    const [first, second] = [await loadOnce(folder), await loadWorkspace(join(root, folder))];
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
    expect(JSON.parse(JSON.stringify(first.catalog))).toEqual(first.catalog);
    expect(Object.isFrozen(first.catalog?.slos[0]?.sli.form)).toBe(true);
  });
});
