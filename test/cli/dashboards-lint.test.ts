// The linter reads whatever file it is given, says where something is wrong, and is neither stopped nor slowed by any of it.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generate, loadWorkspace, TARGETS, writeFolder } from '../../catalog/index.ts';
import { dashboardsLint, type DashboardsLintOptions } from '../../cli/commands/dashboards-lint.ts';
import { temporaryFolder } from '../services/started-servers.ts';
import { ninefold } from './ninefold.ts';
import { recordTerminal } from './recorded-terminal.ts';

const SHOP = path.join(import.meta.dirname, '../../examples/shop');

let folder: string;
const file = (name: string, content: unknown): string => {
  const written = path.join(folder, name);
  mkdirSync(path.dirname(written), { recursive: true });
  writeFileSync(written, typeof content === 'string' ? content : JSON.stringify(content));
  return written;
};

async function lint(files: readonly string[], options: DashboardsLintOptions = {}) {
  const terminal = recordTerminal();
  const code = await dashboardsLint(terminal, files, options);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

async function found(files: readonly string[], options: DashboardsLintOptions = {}) {
  const { out } = await lint(files, { ...options, json: true });
  return JSON.parse(out) as {
    readonly findings: readonly { readonly rule: string; readonly path?: string }[];
    readonly excepted: readonly unknown[];
    readonly unused: readonly unknown[];
    readonly dashboards: number;
  };
}

const bare = (panel: object = {}): object => ({
  uid: 'a',
  title: 'A',
  editable: false,
  panels: [{ id: 1, type: 'timeseries', title: 'Requests', ...panel }],
});

beforeAll(async () => {
  folder = temporaryFolder('lint');
  const { catalog } = await loadWorkspace(SHOP);
  if (catalog === undefined) throw new Error('the shop is not clean');
  const targets = { prometheus: TARGETS.prometheus[0], alertmanager: TARGETS.alertmanager[0] };
  const made = generate(catalog, { kinds: ['dashboards'], targets });
  await writeFolder(path.join(folder, 'dist'), made);
});

describe('dashboards that build writes', () => {
  const written = (): readonly string[] => [
    'grafana/dashboards/ninefold-slo-overview.json',
    'grafana/dashboards/ninefold-s-checkout.json',
    'grafana/dashboards/ninefold-s-storefront.json',
    'grafana/dashboards/shop-orders.json',
  ];
  const inDist = (names: readonly string[]): readonly string[] =>
    names.map((name) => path.join(folder, 'dist/dashboards', name));

  it('have no findings in any format, and every exception has a reason and is needed', async () => {
    const formats = [
      written(),
      written().map((name) => name.replace('grafana/', 'resources/')),
      written().map((name) =>
        name.replace('grafana/dashboards', 'kubernetes').replace('.json', '.configmap.yaml'),
      ),
    ];
    for (const names of formats) {
      const { findings, excepted, unused, dashboards } = await found(inDist(names));
      expect({ findings, unused, dashboards }).toEqual({ findings: [], unused: [], dashboards: 4 });
      expect(excepted.length).toBeGreaterThan(0);
    }
  });

  it('show every alert, at its numbers', async () => {
    expect((await found(inDist(written()), { workspace: SHOP })).findings).toEqual([]);
    const [overview = ''] = inDist(written());
    const rules = (await found([overview], { workspace: SHOP })).findings.map(({ rule }) => rule);
    expect(rules).toContain('alert-panel-rule');
  });
});

describe('exit codes', () => {
  it('are 0 without errors, 1 with them or strictly with warnings, 2 when nothing can be read', async () => {
    const bad = file('codes/bad.json', bare());
    expect((await lint([bad])).code).toBe(1);
    const all = file('warned/a.json', bare());
    const rules = (await found([all])).findings.map(({ rule }) => rule);
    const warnings = Object.fromEntries([...new Set(rules)].map((rule) => [rule, null]));
    file('warned/.lint', { warnings });
    expect((await lint([all])).code).toBe(0);
    expect((await lint([all], { strict: true })).code).toBe(1);
    expect((await lint([path.join(folder, 'none.json')])).code).toBe(2);
    expect((await lint([folder])).code).toBe(2);
  });

  it('are those of the process, too', async () => {
    const { code, stdout } = await ninefold(['dashboards', 'lint', file('p.json', bare())]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/p\.json: \$\.panels\[0\]: error: “Requests”: .*\[panel-/);
    expect(stdout).toMatch(/1 dashboard: \d+ errors, \d+ warnings?\.\n$/);
  });
});

describe('what is told with its place', () => {
  it.each([
    ['broken.json', '{"panels": [1, 2', 'broken.json:1:17: $.panels[1]:'],
    ['deep.json', '['.repeat(100_000), 'deeper than 100 levels'],
    ['broken.yaml', 'a: [1\nb: 2', 'broken.yaml:2'],
    ['deep.yaml', '['.repeat(200_000), 'deep.yaml'],
    [
      'map.yaml',
      'kind: ConfigMap\ndata:\n  a.json: \'{"panels": [}\'\n',
      'map.yaml:1:13: in $.data["a.json"] $.panels[0]:',
    ],
    ['none.json', { kind: 'GrafanaFolder' }, 'there is no dashboard in'],
  ])('%s', async (name, content, message) => {
    const { code, err } = await lint([file(name, content)]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('names the path within a wrapper', async () => {
    const operator = { kind: 'GrafanaManifest', spec: { template: { spec: bare() } } };
    const paths = (await found([file('list.json', { kind: 'List', items: [operator] })])).findings;
    expect(paths.map((each) => each.path)).toContain('$.items[0].spec.template.spec.panels[0]');
  });

  it('names a panel of a resource by its element', async () => {
    const element = { kind: 'Panel', spec: { id: 1, title: '', vizConfig: { group: 'stat' } } };
    const resource = { metadata: { name: 'a' }, spec: { elements: { 'panel-1': element } } };
    const paths = (await found([file('resource.json', resource)])).findings;
    expect(paths.map((each) => each.path)).toContain('$.spec.elements["panel-1"]');
  });

  it('tells an exception that nothing needs, and one without a reason', async () => {
    const one = file('excepted/a.json', bare({ title: '' }));
    file('excepted/.lint', {
      exclusions: {
        'panel-units-rule': null,
        'visible-panels-rule': { reason: 'It is a wall.' },
        'target-job-rule': { reason: 'x', entries: [{ dashboard: 'Another' }] },
      },
    });
    const { findings, unused } = await found([one]);
    expect(findings.map(({ rule }) => rule)).toContain('exception-reason-rule');
    expect(unused).toMatchObject([{ rule: 'visible-panels-rule' }]);
  });

  it('knows the metrics of a list, as names or as Prometheus answers', async () => {
    const datasource = { type: 'prometheus', uid: '${datasource}' };
    const asks = file('m.json', bare({ datasource, targets: [{ expr: 'max(lag)', datasource }] }));
    const rules = async (list: unknown): Promise<boolean> => {
      const metrics = file('metrics', list);
      return (await found([asks], { metrics })).findings.some(
        ({ rule }) => rule === 'known-metric-rule',
      );
    };
    expect(await rules('up\nlags\n')).toBe(true);
    expect(await rules('up\nlag\n')).toBe(false);
    expect(await rules({ status: 'success', data: ['lag'] })).toBe(false);
    expect((await lint([asks], { metrics: file('metrics', '{"data": 1}') })).code).toBe(2);
  });
});

describe('hostile dashboards are told, and soon', () => {
  const asking = (expr: string): object => {
    const datasource = { type: 'prometheus', uid: '${datasource}' };
    return bare({ datasource, targets: [{ refId: 'A', expr, datasource }] });
  };
  const rules = async (content: unknown): Promise<readonly string[]> =>
    (await found([file('hostile.json', content)])).findings.map(({ rule }) => rule);

  it.each<[string, unknown]>([
    ['a query of a megabyte', asking('up + '.repeat(200_000))],
    [
      'many panels',
      { panels: Array.from({ length: 30_000 }, () => ({ gridPos: { x: 0, y: 0, w: 9, h: 9 } })) },
    ],
    [
      'many long queries',
      { panels: [{ targets: Array.from({ length: 6000 }, () => ({ expr: 'a + '.repeat(500) })) }] },
    ],
    [
      'many variables',
      { panels: [], templating: { list: Array.from({ length: 9000 }, () => ({})) } },
    ],
  ])('%s', async (_, content) => {
    expect(await rules(content)).toContain('dashboard-size-rule');
  });

  it.each<[string, string]>([
    ['brackets', '('.repeat(9999)],
    ['balanced brackets', `${'('.repeat(4900)}up${')'.repeat(4900)}`],
    ['calls', `${'abs('.repeat(2400)}up${')'.repeat(2400)}`],
    ['signs', `${'-'.repeat(9900)}up`],
    ['braces and variables', '{$a'.repeat(3300)],
    ['words and variables', 'by($a '.repeat(1600)],
    ['blanks', `up${' '.repeat(9000)}+`],
    ['ranges', `up${'[5m:]'.repeat(1900)}`],
    ['operators', `${'up^'.repeat(3000)}up`],
    ['quotes', '"$a'.repeat(3300)],
  ])('a query of %s', async (_, expr) => {
    expect((await rules(asking(expr))).length).toBeGreaterThan(0);
  });

  it('a LogQL query of braces', async () => {
    const datasource = { type: 'loki', uid: '${datasource}' };
    const variables = { list: [{ name: 'datasource', type: 'datasource', query: 'loki' }] };
    for (const expr of ['{'.repeat(9000), `${'('.repeat(4900)}{a="b"}${')'.repeat(4900)}`])
      expect(
        await rules({
          ...bare({ datasource, targets: [{ expr, datasource }] }),
          templating: variables,
        }),
      ).toContain('target-logql-rule');
  });

  it('a variable’s query, titles and control characters', async () => {
    const text = '\u001b[31mred\u0007';
    const { out } = await lint([file('control.json', bare({ title: text }))]);
    expect(out).not.toContain('\u001b');
    const list = [
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      { name: 'a', type: 'query', query: `label_values(${'('.repeat(9000)}, x)` },
      { name: 'b', type: 'query', query: `label_values(up${' )'.repeat(50_000)}x` },
    ];
    expect(await rules({ ...bare(), templating: { list } })).toContain(
      'template-label-promql-rule',
    );
  });
});
