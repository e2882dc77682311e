// Dashboards reach a Grafana by each of its APIs, as often as one likes, and nothing of other people is touched.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generate, loadWorkspace, TARGETS, writeFolder } from '../../catalog/index.ts';
import { dashboardsDiff } from '../../cli/commands/dashboards-diff.ts';
import { dashboardsPull } from '../../cli/commands/dashboards-pull.ts';
import { dashboardsPush, type DashboardsPushOptions } from '../../cli/commands/dashboards-push.ts';
import { CommandFailure } from '../../cli/failure.ts';
import { MANAGED_TAG } from '../../dashboards/delivery/managed-mark.ts';
import { type RunningGrafana, startGrafana } from '../services/grafana.ts';
import type { Json } from '../services/grafana-store.ts';
import { temporaryFolder } from '../services/started-servers.ts';
import { recordTerminal } from './recorded-terminal.ts';

const SHOP = path.join(import.meta.dirname, '../../examples/shop');
const EDITOR = 'glsa_editor';
const VIEWER = 'glsa_viewer';
const OVERVIEW = 'ninefold-slo-overview';

let built: string;
/** The same services as a workspace with a name, which shares a Grafana with the first. */
let beside: string;
let files: readonly string[];
let grafana: RunningGrafana;

const targets = { prometheus: TARGETS.prometheus[0], alertmanager: TARGETS.alertmanager[0] };
const shop = async () => {
  const { catalog } = await loadWorkspace(SHOP);
  if (catalog === undefined) throw new Error('the shop is not clean');
  return catalog;
};

beforeAll(async () => {
  const catalog = await shop();
  built = temporaryFolder('built');
  await writeFolder(built, generate(catalog, { kinds: ['dashboards'], targets }));
  files = readdirSync(path.join(built, 'dashboards/grafana/dashboards')).filter((name) =>
    name.endsWith('.json'),
  );
});
beforeAll(async () => {
  const catalog = await shop();
  const { config } = catalog;
  if (config === undefined) throw new Error('the shop has no configuration');
  const settings = {
    source: 'rules',
    scopeLabels: [],
    datasources: [],
    managedAlerts: false,
  } as const;
  const dashboards = { ...settings, workspace: 'payments' };
  beside = temporaryFolder('beside');
  const named = { ...catalog, dashboards: [], config: { ...config, dashboards } };
  await writeFolder(beside, generate(named, { kinds: ['dashboards'], targets }));
});
beforeEach(async () => {
  grafana = await startGrafana({ tokens: { [EDITOR]: 'Editor', [VIEWER]: 'Viewer' } });
});
afterEach(() => grafana.stop());

async function push(options: Partial<DashboardsPushOptions> = {}, token = EDITOR) {
  const terminal = recordTerminal({ GRAFANA_TOKEN: token });
  const code = await dashboardsPush(terminal, undefined, {
    url: grafana.url,
    from: built,
    ...options,
  });
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

async function diff(options: Partial<DashboardsPushOptions> = {}) {
  const terminal = recordTerminal({ GRAFANA_TOKEN: EDITOR });
  const code = await dashboardsDiff(terminal, undefined, {
    url: grafana.url,
    from: built,
    ...options,
  });
  return { code, out: terminal.stdout() };
}

const refused = async (work: Promise<unknown>): Promise<CommandFailure> => {
  const error: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof CommandFailure) return error;
  throw new Error('it was not refused', { cause: error });
};

const changes = (method: string): number =>
  grafana.requests().filter((each) => each.startsWith(method)).length;

describe.each(['classic', 'v1beta1', 'v1', 'v2'])('by the API %s', (api) => {
  it('brings the folder first, then every dashboard with the mark, and changes nothing the second time', async () => {
    const first = await push({ api });
    expect(first.code).toBe(0);
    expect(first.out).toContain('+ folder Ninefold');
    expect(first.out).toContain(`${files.length} new.`);
    expect([...grafana.store.dashboards.keys()].map((uid) => `${uid}.json`).toSorted()).toEqual(
      files.toSorted(),
    );
    for (const { spec, folderUid } of grafana.store.dashboards.values())
      expect({ tags: spec['tags'], folderUid }).toEqual({
        tags: expect.arrayContaining([MANAGED_TAG]) as unknown,
        folderUid: 'ninefold',
      });
    const posted = changes('POST') + changes('PUT');
    const second = await push({ api });
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).toContain(`${files.length} as they were.`);
    expect(changes('POST') + changes('PUT')).toBe(posted);
    expect((await diff({ api })).out).toContain(`has all ${files.length} dashboards`);
  });

  it('shows what somebody changed in Grafana, who that was, and puts it right', async () => {
    await push({ api });
    grafana.edit(OVERVIEW, (spec) => ({ ...spec, title: 'Mine' }), 'user:mara');
    const drift = await diff({ api });
    expect(drift.code).toBe(1);
    expect(drift.out).toContain('last saved by user:mara');
    expect(drift.out).toContain('title: Mine → ');
    expect(drift.out).toContain(`1 of ${files.length} dashboards differ`);
    expect((await push({ api })).out).toContain('1 changed');
    expect((await diff({ api })).code).toBe(0);
  });

  it('pulls the very bytes that build writes, and what was changed', async () => {
    await push({ api });
    const out = path.join(temporaryFolder('pulled'), 'pulled');
    const pull = async () => {
      const terminal = recordTerminal({ GRAFANA_TOKEN: EDITOR });
      const code = await dashboardsPull(terminal, undefined, { url: grafana.url, out, api });
      return { code, out: terminal.stdout() };
    };
    expect((await pull()).code).toBe(0);
    const folder = path.join(
      built,
      api === 'v2' ? 'dashboards/resources/dashboards' : 'dashboards/grafana/dashboards',
    );
    expect(readdirSync(out).toSorted()).toEqual(files.toSorted());
    for (const file of files)
      expect(readFileSync(path.join(out, file), 'utf8')).toBe(
        readFileSync(path.join(folder, file), 'utf8'),
      );
    grafana.edit(OVERVIEW, (spec) => ({ ...spec, description: 'Changed.' }), 'user:mara');
    expect((await pull()).out).toContain(`~ ${path.join(out, OVERVIEW)}.json`);
    expect(readFileSync(path.join(out, `${OVERVIEW}.json`), 'utf8')).toContain('"Changed."');
  });

  it('deletes only what carries the mark, is in its folder, and is defined no more', async () => {
    await push({ api });
    const spec = { title: 'Other', tags: [MANAGED_TAG] };
    const format = api === 'v2' ? 'v2' : 'classic';
    const add = (uid: string, folderUid: string, more: Json): void => {
      const change = { uid, folderUid, spec: { ...spec, ...more }, format, user: 'x' } as const;
      grafana.store.createDashboard(change);
    };
    add('old-one', 'ninefold', {});
    add('moved', '', {});
    add('foreign', 'ninefold', { tags: ['ninefold'] });
    expect((await push({ api })).out).not.toContain('old-one');
    const dry = await push({ api, prune: true, dryRun: true });
    expect(dry.out).toContain('- old-one');
    expect(grafana.store.dashboards.has('old-one')).toBe(true);
    const pruned = await push({ api, prune: true });
    expect(pruned.out).toContain('1 deleted');
    expect(pruned.out).toContain('! moved  Other: it was moved to the folder General');
    expect(grafana.store.dashboards.has('old-one')).toBe(false);
    expect(grafana.store.dashboards.has('moved')).toBe(true);
    expect(grafana.store.dashboards.has('foreign')).toBe(true);
  });

  it('keeps two workspaces apart in one Grafana: neither changes or deletes what is the other’s', async () => {
    await push({ api });
    const first = new Map(grafana.store.dashboards);
    const { code, out } = await push({ api, from: beside, prune: true });
    expect(code).toBe(0);
    const own = files.length - 1; // Without the one that the shop's people wrote.
    expect(out).toContain(`${own} new`);
    expect(out).not.toMatch(/deleted|changed|not touched/);
    expect(grafana.store.folders.get('ninefold-payments')?.title).toBe('Ninefold payments');
    for (const [uid, before] of first) expect(grafana.store.dashboards.get(uid)).toEqual(before);
    const add = { uid: 'old-one', folderUid: 'ninefold-payments', user: 'x' };
    const spec = { title: 'Old', tags: [MANAGED_TAG] };
    grafana.store.createDashboard({ ...add, spec, format: api === 'v2' ? 'v2' : 'classic' });
    const again = await push({ api, prune: true });
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('as they were')]);
    expect(grafana.store.dashboards.has('old-one')).toBe(true);
    expect((await push({ api, from: beside, prune: true })).out).toContain('1 deleted');
    expect(grafana.store.dashboards.size).toBe(files.length + own);
  });

  it('leaves alone what somebody else made, until it is told to adopt it', async () => {
    grafana.store.createFolder('ninefold', 'Ninefold');
    const format = api === 'v2' ? 'v2' : 'classic';
    const change = { uid: OVERVIEW, folderUid: '', spec: { title: 'By hand' }, format, user: 'x' };
    grafana.store.createDashboard(change as Parameters<typeof grafana.store.createDashboard>[0]);
    const first = await push({ api });
    expect(first.code).toBe(1);
    expect(first.out).toContain('Grafana has a dashboard “By hand” with this uid');
    expect(grafana.store.dashboards.get(OVERVIEW)?.spec['title']).toBe('By hand');
    expect(grafana.store.dashboards.size).toBe(files.length);
    expect((await push({ api, adopt: true })).code).toBe(0);
    expect(grafana.store.dashboards.get(OVERVIEW)?.spec['title']).not.toBe('By hand');
  });

  it('does not fight with a file that Grafana provisions from', async () => {
    await push({ api });
    const there = grafana.store.dashboards.get(OVERVIEW);
    if (there === undefined) throw new Error('it was pushed');
    const spec = { ...there.spec, title: 'From a file' };
    grafana.store.dashboards.set(OVERVIEW, { ...there, spec, file: 'slo.json' });
    const { code, out } = await push({ api });
    expect(code).toBe(1);
    expect(out).toMatch(/looked after by .*file/);
  });

  it('tries again what fails for a moment, and takes a lost answer for what it was', async () => {
    grafana.fail({ answer: { status: 429, retryAfter: '0' }, times: 2 });
    grafana.fail({ answer: { status: 503 }, to: ({ method }) => method === 'POST' });
    const isSave = /db$|dashboards$/;
    grafana.fail({
      answer: 'lost',
      to: ({ method, path }) => method === 'POST' && isSave.test(path),
    });
    const { code, out, err } = await push({ api });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${files.length} new.`);
    expect(grafana.store.dashboards.size).toBe(files.length);
  });

  it('does not overwrite what somebody saves meanwhile', async () => {
    await push({ api });
    grafana.edit(OVERVIEW, (spec) => ({ ...spec, description: 'a' }), 'user:mara');
    let isLate = false;
    grafana.meanwhile(({ method, path }) => {
      const isSave = method === 'PUT' || (method === 'POST' && path.endsWith('/db'));
      if (!isSave || isLate) return;
      isLate = true;
      grafana.edit(OVERVIEW, (spec) => ({ ...spec, description: 'b' }), 'user:noor');
    });
    const { code, out, err } = await push({ api });
    expect(code).toBe(1);
    expect(out).toContain(`: ${files.length - 1} as they were, 1 refused by Grafana.`);
    expect(err).toContain(`${OVERVIEW}: Grafana refuses`);
    expect(err).toContain('Somebody');
    expect((await push({ api, dryRun: true })).out).toContain('description: b → ');
    expect(grafana.store.dashboards.get(OVERVIEW)?.spec['description']).toBe('b');
  });

  it('names the token and the permissions that are missing', async () => {
    const unknown = await refused(push({ api }, 'glsa_wrong'));
    expect(unknown.exitCode).toBe(77);
    expect(unknown.message).toContain('does not know the token');
    expect(unknown.message + unknown.remedy).not.toContain('glsa_wrong');
    expect((await refused(push({ api }, ''))).message).toContain('asks for a token');
    const viewer = await refused(push({ api }, VIEWER));
    expect(viewer.exitCode).toBe(77);
    expect(viewer.remedy).toContain('role Editor');
    expect((await push({ api, dryRun: true }, VIEWER)).code).toBe(0);
    expect(grafana.store.dashboards.size).toBe(0);
  });
});

describe('the address', () => {
  it('may have a path', async () => {
    await grafana.stop();
    grafana = await startGrafana({ tokens: { [EDITOR]: 'Editor' }, basePath: '/grafana' });
    expect((await push({ url: `${grafana.url}/` })).code).toBe(0);
  });

  it.each([
    ['nothing', undefined, 'no address of Grafana'],
    ['no http address', 'grafana:3000', 'no http address'],
    ['a password', 'http://admin:secret@localhost', 'holds a password'],
  ])('is refused: %s', async (_, url, message) => {
    const failure = await refused(push({ url }));
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain('secret');
    expect(failure.exitCode).toBe(2);
  });

  it('is named when nobody answers there, or something else', async () => {
    const { url } = grafana;
    await grafana.stop();
    const nobody = await refused(push({ url }));
    expect([nobody.exitCode, nobody.message]).toEqual([
      69,
      expect.stringContaining('ECONNREFUSED'),
    ]);
    grafana = await startGrafana({ tokens: { [EDITOR]: 'Editor' }, basePath: '/grafana' });
    const elsewhere = await refused(push({ url: grafana.url.replace('/grafana', '/') }));
    expect(elsewhere.message).toContain('is no Grafana');
  });

  it('is never left for another one that it names', async () => {
    const other = await startGrafana({ tokens: { [EDITOR]: 'Editor' } });
    try {
      const location = `${other.url}/api/folders`;
      grafana.fail({ answer: { status: 302, location }, times: 10 });
      const failure = await refused(push());
      expect(failure.message).toContain('sends elsewhere (302)');
      expect([grafana.requests().length, other.requests()]).toEqual([1, []]);
    } finally {
      await other.stop();
    }
  });

  it('has the API that was asked for, or is told', async () => {
    await grafana.stop();
    grafana = await startGrafana({ tokens: { [EDITOR]: 'Editor' }, versions: ['v1beta1'] });
    const failure = await refused(push({ api: 'v2' }));
    expect(failure.message).toContain('has no dashboard.grafana.app/v2');
    expect(failure.remedy).toContain('--api classic');
    expect((await refused(push({ api: 'v9' }))).message).toContain('--api v9');
    expect((await refused(push({ api: 'v2', namespace: 'a/b' }))).message).toContain('namespace');
  });
});

it('takes the token from a file, and only a token', async () => {
  const tokenFile = path.join(temporaryFolder('token'), 'token');
  writeFileSync(tokenFile, `${EDITOR}\n`);
  expect((await push({ tokenFile, dryRun: true }, 'glsa_wrong')).code).toBe(0);
  writeFileSync(tokenFile, 'two words\n');
  const failure = await refused(push({ tokenFile }));
  expect(failure.message).toBe(`${tokenFile} does not hold one token`);
});

it('says so when Grafana fails again and again, and what is done stays done', async () => {
  grafana.fail({
    answer: { status: 503, retryAfter: '0' },
    to: ({ method }) => method === 'POST',
    times: 9,
  });
  const failure = await refused(push());
  expect([failure.exitCode, failure.message]).toEqual([69, expect.stringContaining('503')]);
  expect(grafana.requests().filter((each) => each === 'POST /api/folders').length).toBe(5);
});

describe('what is pushed', () => {
  it('is a workspace, or a folder that build wrote, and not both', async () => {
    const terminal = recordTerminal({ GRAFANA_TOKEN: EDITOR });
    expect(await dashboardsPush(terminal, SHOP, { url: grafana.url })).toBe(0);
    expect((await diff()).code).toBe(0);
    expect((await refused(push({ from: undefined }))).message).toContain('nothing says');
    const both = dashboardsPush(terminal, SHOP, { url: grafana.url, from: built });
    expect((await refused(both)).message).toContain('both');
    const written = dashboardsPush(terminal, built, { url: grafana.url });
    expect((await refused(written)).remedy).toBe(`write --from ${built}`);
  });

  it.each([
    ['no index', {}, 'has no index.json'],
    ['a broken index', { 'index.json': '{"folder": ' }, 'line 1, column 12'],
    ['another index', { 'index.json': '{"generator": "ninefold"}' }, '$.dashboards is missing'],
    [
      'a file elsewhere',
      {
        'index.json': JSON.stringify({
          folder: { uid: 'a', title: 'A' },
          dashboards: [{ uid: 'b', folder: 'a', file: '../b.json', resource: 'b.json' }],
        }),
      },
      '$.dashboards[0].file',
    ],
    [
      'another uid in the file',
      {
        'index.json': JSON.stringify({
          folder: { uid: 'a', title: 'A' },
          dashboards: [{ uid: 'b', folder: 'a', file: 'b.json', resource: 'b.json' }],
        }),
        'b.json': '{"uid": "c"}',
      },
      '$.uid is "c"',
    ],
  ])(
    'is told when it is wrong: %s',
    async (_, wrong: Readonly<Record<string, string>>, message) => {
      const from = temporaryFolder('wrong');
      mkdirSync(from, { recursive: true });
      for (const [name, text] of Object.entries(wrong)) writeFileSync(path.join(from, name), text);
      expect((await refused(push({ from }))).message).toContain(message);
      expect(grafana.store.dashboards.size).toBe(0);
    },
  );
});

it('prints one JSON document', async () => {
  const { out } = await push({ json: true });
  expect(JSON.parse(out)).toMatchObject({
    url: grafana.url,
    api: 'classic',
    dryRun: false,
    folders: [{ kind: 'create', folder: { uid: 'ninefold' } }],
    failures: [],
  });
});

it('does not overwrite a file that is something else when it pulls', async () => {
  await push();
  const out = temporaryFolder('pulled');
  writeFileSync(path.join(out, `${OVERVIEW}.json`), '{"mine": true}');
  const terminal = recordTerminal({ GRAFANA_TOKEN: EDITOR });
  const failure = await refused(dashboardsPull(terminal, undefined, { url: grafana.url, out }));
  expect(failure.message).toContain('something else');
});
