import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { checkLogQuery } from '../../formats/logql.ts';
import { formatMarkdown } from '../../formats/markdown.ts';
import { anchorsOf, type Block } from '../../formats/page.ts';
import { checkPromql } from '../../formats/promql.ts';
import { defineRunbook } from '../../runbooks/define-runbook.ts';
import {
  oldRunbooks,
  runbookFiles,
  runbookPages,
  runbookPlaces,
} from '../../runbooks/generate-runbooks.ts';
import { brokenLinks } from '../../runbooks/page-links.ts';
import { SEARCH_SCRIPT } from '../../runbooks/site/search-script.ts';
import { alertsOf, runbookFor, type RunbookWorkspace } from '../../runbooks/workspace.ts';
import { alertHeading } from '../../slo/runbook-link.ts';
import { EVERY_KIND, runbookOf, serviceOf, sloNamed, workspaceOf } from './runbook-workspace.ts';

const pageOf = (workspace: RunbookWorkspace, path: string) => {
  const page = runbookPages(workspace).find((each) => each.page.path === path)?.page;
  if (page === undefined) throw new Error(`no page ${path}`);
  return page;
};
const markdownOf = (workspace: RunbookWorkspace): string =>
  formatMarkdown(pageOf(workspace, 'services/checkout'));

function queriesOf(blocks: readonly Block[], language: string): readonly string[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'code') return block.language === language ? [block.code] : [];
    return block.kind === 'list'
      ? block.items.flatMap((item) => queriesOf(item.blocks ?? [], language))
      : [];
  });
}

const step = {
  name: 'orders',
  title: 'Orders fail',
  firstFiveMinutes: [{ do: 'Ring the bell.' }],
  reviewed: '2026-05-26',
} as const;

describe('generated runbooks', () => {
  it('have a heading for every alert of every SLO, each once', () => {
    const anchors = anchorsOf(pageOf(workspaceOf(), 'services/checkout'));
    expect(new Set(anchors).size).toBe(anchors.length);
    const places = runbookPlaces(runbookPages(workspaceOf()), 'html');
    for (const slo of EVERY_KIND)
      for (const { alert, severity } of alertsOf(slo))
        expect(places).toContain(
          `services/checkout.html#${alertHeading(slo.name, alert, severity).toLowerCase().replaceAll(':', '').replaceAll(' ', '-')}`,
        );
  });

  it('have links among themselves that lead somewhere', () => {
    const storefront = { ...serviceOf({ kind: 'service', name: 'storefront', team: 'web' }) };
    const pages = runbookPages(
      workspaceOf({
        services: [...workspaceOf().services, storefront],
        slos: [
          ...EVERY_KIND,
          { ...sloNamed('pages'), id: 'storefront/pages', service: storefront },
        ],
        needs: [{ service: 'storefront', needs: ['checkout', 'elsewhere'] }],
        runbooks: [runbookOf(defineRunbook({ ...step, alerts: [{ alert: 'DiskFull' }] }))],
      }),
    ).map(({ page }) => page);
    expect(brokenLinks(pages)).toEqual([]);
    expect(JSON.stringify(pages)).toContain('../services/checkout');
    const lost = {
      path: 'a/b',
      title: 'x',
      blocks: [
        {
          kind: 'paragraph',
          text: [
            { link: '../c#d', text: '' },
            { link: '#e', text: '' },
            { link: 'http://f', text: '' },
          ],
        },
      ],
    } as const;
    expect(brokenLinks([lost]).map(({ link }) => link)).toEqual(['../c#d', '#e']);
  });

  it.each(EVERY_KIND.map((slo) => [slo.name, slo] as const))(
    'tell before anybody has written one what to do about %s, with queries that parse',
    (_, slo) => {
      const { blocks } = pageOf(workspaceOf({ slos: [slo] }), 'services/checkout');
      for (const title of ['Symptoms', 'First five minutes', 'Decide', 'Verify', 'Who comes next'])
        expect(blocks).toContainEqual({ kind: 'heading', level: 4, text: title });
      const promql = queriesOf(blocks, 'promql').flatMap((code) =>
        code.startsWith('# all\n')
          ? code.split('\n').filter((line) => !line.startsWith('#'))
          : [code],
      );
      const logql = queriesOf(blocks, 'logql').flatMap((code) =>
        code.startsWith('# all\n')
          ? code.split('\n').filter((line) => !line.startsWith('#'))
          : [code],
      );
      expect(promql.flatMap((query) => checkPromql(query).problems)).toEqual([]);
      expect(logql.flatMap((query) => checkLogQuery(query))).toEqual([]);
      expect(queriesOf(blocks, 'sh')).toContain(`npx ninefold explain ${slo.id}`);
    },
  );

  it('have the check tried, where runs of a check are counted', () => {
    const slo = EVERY_KIND.find(({ name }) => name === 'check');
    const { blocks } = pageOf(
      workspaceOf({ slos: EVERY_KIND.filter((each) => each === slo) }),
      'services/checkout',
    );
    expect(queriesOf(blocks, 'sh')).toContain('npx ninefold probe --only checkout/home');
    expect(JSON.stringify(blocks)).toContain('Does anybody run checkout/home?');
  });

  it('tell what the definition knows', () => {
    const text = markdownOf(workspaceOf({ slos: [sloNamed('availability')] }));
    for (const fact of [
      '**Promise:** 99.9% good in any 30d; every event weighs the same.',
      '0.1 %, that is 1,000 of a million events, or a total outage of 43m12s at even traffic.',
      'pages by pagerduty; tickets by slack #shop',
      '`/d/ninefold-s-checkout`',
      '**At once:** the team shop (pagerduty)',
      '**After 15m:** the next level of the team shop',
      'http://prometheus:9090/graph?g0.expr=sum%28rate%28orders\\_failed'.replace('\\_', '_'),
    ])
      expect(text).toContain(fact);
  });

  it('open dashboards in Grafana once its address is known', () => {
    const settings = { format: 'html', grafanaUrl: 'https://grafana.example' } as const;
    expect(markdownOf(workspaceOf({ settings }))).toContain(
      '[dashboard](https://grafana.example/d/ninefold-s-checkout)',
    );
  });

  it('put what people wrote in place of the defaults, once for all alerts that it is for', () => {
    const slo = sloNamed('availability');
    const runbook = runbookOf(
      defineRunbook({
        ...step,
        alerts: [
          {
            slo: {
              kind: 'slo',
              service: { kind: 'service', name: 'checkout', team: 'shop' },
              name: 'availability',
            },
          },
        ],
        escalation: [{ to: 'the *head*', after: '5m' }],
        incidents: [{ date: '2026-03-14', title: 'It was <b>bad</b>' }],
      }),
    );
    const text = markdownOf(workspaceOf({ slos: [slo], runbooks: [runbook] }));
    expect(text.split('Ring the bell.').length).toBe(2);
    expect(text).toContain(
      'the same as for [Page: ErrorBudgetBurn of availability](#page-errorbudgetburn-of-availability)',
    );
    expect(text).toContain('**After 5m:** the \\*head\\*');
    expect(text).toContain('- 2026-03-14: It was \\<b\\>bad\\</b\\>');
    // The runbook says nothing of missing telemetry.
    expect(text).toContain('Nobody has written a runbook for this alert yet');
  });

  it('choose the closest one: severity before SLO before name', () => {
    const slo = sloNamed('availability');
    const definition = {
      kind: 'slo',
      service: { kind: 'service', name: 'checkout', team: 'shop' },
      name: 'availability',
    } as const;
    const runbooks = [
      runbookOf(
        defineRunbook({
          ...step,
          name: 'any',
          alerts: [{ alert: 'ErrorBudgetBurn' }, { alert: 'SliDataMissing' }],
        }),
      ),
      runbookOf(defineRunbook({ ...step, name: 'one', alerts: [{ slo: definition }] })),
      runbookOf(
        defineRunbook({ ...step, name: 'page', alerts: [{ slo: definition, severity: 'page' }] }),
      ),
    ];
    const chosen = alertsOf(slo).map((alert) => runbookFor(runbooks, alert)?.name);
    expect(chosen).toEqual(['page', 'one', 'any']);
    expect(alertsOf(sloNamed('other')).map((alert) => runbookFor(runbooks, alert)?.name)).toEqual([
      'any',
      'any',
      'any',
    ]);
  });

  it('are listed with owner and review, each with a link to the first alert that it is for', () => {
    const definition = {
      kind: 'slo',
      service: { kind: 'service', name: 'checkout', team: 'shop' },
      name: 'ratio',
    } as const;
    const runbooks = [
      runbookOf(
        defineRunbook({
          ...step,
          name: 'disk',
          title: 'Full',
          alerts: [{ alert: 'DiskFull' }],
          owner: { kind: 'team', name: 'ops' },
        }),
      ),
      runbookOf(defineRunbook({ ...step, alerts: [{ slo: definition, severity: 'ticket' }] })),
    ];
    const files = runbookFiles(runbookPages(workspaceOf({ runbooks })));
    const index = files.find(({ path }) => path === 'markdown/index.md')?.text;
    expect(index).toContain('| [Full](alerts.md#diskfull) | ops | 2026-05-26 |');
    expect(index).toContain(
      '| [Orders fail](services/checkout.md#ticket-errorbudgetburn-of-ratio) |  | 2026-05-26 |',
    );
  });

  it('have a page for alerts of other rules', () => {
    const runbook = runbookOf(defineRunbook({ ...step, alerts: [{ alert: 'DiskFull' }] }));
    const pages = runbookPages(workspaceOf({ runbooks: [runbook] }));
    expect(runbookPlaces(pages, 'markdown')).toContain('alerts.md#diskfull');
    expect(runbookPlaces(runbookPages(workspaceOf()), 'markdown')).not.toContain('alerts.md');
  });

  it('are the same bytes each time, as Markdown and as a site', () => {
    const files = runbookFiles(runbookPages(workspaceOf()));
    expect(files.map(({ path }) => path)).toEqual([
      'markdown/index.md',
      'markdown/services/checkout.md',
      'site/index.html',
      'site/services/checkout.html',
      'site/search-index.js',
    ]);
    expect(runbookFiles(runbookPages(workspaceOf()))).toEqual(files);
    const site = files.find(({ path }) => path === 'site/services/checkout.html')?.text ?? '';
    expect(site).toContain('<script src="../search-index.js"></script>');
    // Nothing is fetched from elsewhere: the page works on a disk, and in an outage of everything.
    expect(site).not.toMatch(/(?:src|@import|<link)[^>]*https?:/);
  });

  it('have a script that every browser can read', () => {
    expect(() => new Script(SEARCH_SCRIPT)).not.toThrow();
    const [, page] = runbookFiles(runbookPages(workspaceOf())).filter(({ path }) =>
      path.endsWith('.html'),
    );
    const scripts = [...(page?.text ?? '').matchAll(/<script>([^]*?)<\/script>/g)];
    expect(scripts.length).toBe(1);
    expect(() => new Script(scripts[0]?.[1] ?? 'broken(')).not.toThrow();
    expect(scripts[0]?.[1]).toContain('const root = "../";');
  });

  it('can be searched: every heading is in the index, with an address that is there', () => {
    const pages = runbookPages(workspaceOf());
    const index =
      runbookFiles(pages).find(({ path }) => path === 'site/search-index.js')?.text ?? '';
    const entries = JSON.parse(
      index.replace(/^window\.RUNBOOK_ENTRIES = /, '').replace(/;\n$/, ''),
    ) as readonly { url: string; text: string }[];
    const places = runbookPlaces(pages, 'html');
    expect(entries.filter(({ url }) => !places.has(url))).toEqual([]);
    expect(entries.some(({ text }) => text.includes('kafka-console-consumer'))).toBe(true);
  });

  it('are told to be old 180 days after their review, and not before', () => {
    const runbook = runbookOf(defineRunbook({ ...step, alerts: [{ alert: 'DiskFull' }] }));
    const now = Date.UTC(2026, 10, 22) / 1000;
    expect(oldRunbooks([runbook], now)).toEqual([]);
    expect(oldRunbooks([runbook], now + 1)).toEqual([{ runbook, days: 180 }]);
  });
});
