import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Artifact } from '../../catalog/artifact.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { generate, GENERATORS, loadWorkspace, TARGETS, validate } from '../../catalog/index.ts';
import { runbookLinkNotes } from '../../catalog/runbook-links.ts';
import { annotate } from '../../collector/pipeline/alert-text.ts';
import type { InstanceView } from '../../collector/view.ts';
import * as ninefold from '../../index.ts';
import { alertsOf, runbookFor } from '../../runbooks/workspace.ts';
import { ANNOTATIONS } from '../../slo/names.ts';

const targets = {
  prometheus: TARGETS.prometheus[0],
  alertmanager: TARGETS.alertmanager[0],
};
const RULES = ['prometheus-rules', 'prometheus-rule-manifests', 'loki-rules'];
const ROOT = path.join(import.meta.dirname, '../..');

const service = ninefold.defineService({ name: 'checkout', team: 'shop' });
const slo = ninefold.defineSlo({
  service,
  name: 'availability',
  objective: '99.9%',
  sli: ninefold.prometheusRatio({ total: 'orders_total', bad: 'orders_failed_total' }),
});
const lines = ninefold.defineSlo({
  service,
  name: 'lines',
  objective: '99.9%',
  sli: ninefold.lokiRatio({ total: '{app="a"}', bad: '{app="a"} |= "error"' }),
});
const runbook = {
  name: 'orders',
  title: 'Orders fail',
  firstFiveMinutes: [{ do: 'Look.' }],
  reviewed: '2026-05-01',
} as const;
const published = { runbooks: { baseUrl: 'https://runbooks.example/shop' } } as const;

function check(definitions: Readonly<Record<string, { readonly kind: string }>>, more = {}) {
  const config = ninefold.defineConfig({
    connections: {
      prometheus: { default: { url: 'http://127.0.0.1:9090' } },
      loki: { default: { url: 'http://127.0.0.1:3100' } },
    },
    ...more,
  });
  const found = Object.entries({ config, ...definitions }).map(([name, value]) => ({
    file: name === 'config' ? 'ninefold.config.ts' : 'shop.slo.ts',
    path: name,
    value,
  }));
  return validate(found, '/');
}

function catalogOf(...args: Parameters<typeof check>): Catalog {
  const { catalog, diagnostics } = check(...args);
  if (catalog === undefined) throw new Error(JSON.stringify(diagnostics));
  return catalog;
}

const told = (...args: Parameters<typeof check>): readonly string[] =>
  check(...args).diagnostics.map(
    ({ severity, code, path: place }) => `${severity} ${code} ${place}`,
  );

describe('runbooks of a workspace', () => {
  it('are linked from every alert of every rule file and of the collector, each to its own heading', () => {
    const catalog = catalogOf({ slo, lines }, published);
    const made = generate(catalog, { kinds: RULES, targets });
    const text = made.artifacts.map((each) => each.text).join('\n');
    const links = new Set([...text.matchAll(/runbook_url: "(.*)"/g)].map(([, url]) => url));
    const page = 'https://runbooks.example/shop/services/checkout.html#';
    for (const name of ['availability', 'lines'])
      for (const anchor of ['page-errorbudgetburn', 'ticket-errorbudgetburn', 'slidatamissing'])
        expect(links).toContain(`${page}${anchor}-of-${name}`);
    expect(made.notes.filter(({ kind }) => kind === 'runbooks')).toEqual([]);
    const nothing = {
      budgetRemaining: null,
      budgetSpent: null,
      measuredThrough: null,
      forecast: null,
    };
    const view = { instance: '', total: 0, bad: 0, conditions: [], coverage: 1, ...nothing };
    for (const { slo: of, alert, severity } of catalog.slos.flatMap(alertsOf))
      expect(links).toContain(
        annotate(alert, severity, of, view as unknown as InstanceView)[ANNOTATIONS.runbook],
      );
  });

  it('are linked from alerts that Grafana evaluates, too', () => {
    const catalog = catalogOf({ slo }, { ...published, dashboards: { managedAlerts: true } });
    const made = generate(catalog, { kinds: ['dashboards'], targets });
    const file = made.artifacts.find(({ path: each }) => each.includes('provisioning/alerting/'));
    if (file === undefined) throw new Error('no alerts for Grafana');
    const { path: place, kind, text, sources } = file;
    expect([...text.matchAll(/runbook_url: /g)].length).toBe(3);
    const broken = { path: place, kind, sources, text: text.replaceAll('/services/', '/service/') };
    expect(runbookLinkNotes([broken], catalog).length).toBe(3);
    expect(made.notes.filter(({ kind }) => kind === 'runbooks')).toEqual([]);
  });

  it('are not linked without a base address, which is told once', () => {
    const catalog = catalogOf({ slo });
    expect(catalog.slos[0]).not.toHaveProperty('runbookUrl');
    const { notes, artifacts } = generate(catalog, { kinds: ['runbooks'], targets });
    expect(notes.map(({ severity, message }) => `${severity} ${message}`)).toContainEqual(
      expect.stringMatching(/^info Alerts do not link to these pages/),
    );
    expect(artifacts.length).toBeGreaterThan(4);
  });

  it('leave an SLO its own address, and check one that leads to the generated pages', () => {
    const elsewhere = { ...slo, runbookUrl: 'https://wiki.example/checkout' } as const;
    expect(catalogOf({ elsewhere }, published).slos[0]?.runbookUrl).toBe(
      'https://wiki.example/checkout',
    );
    const right = {
      ...slo,
      runbookUrl: 'https://runbooks.example/shop/services/checkout.html',
    } as const;
    expect(told({ right }, published)).toEqual([]);
    const wrong = { ...slo, runbookUrl: 'https://runbooks.example/shop/checkout.html#a' } as const;
    expect(told({ wrong }, published)).toEqual(['error broken-runbook wrong.runbookUrl']);
    const links = { runbook: 'https://runbooks.example/shop/services/chekout.html' } as const;
    const linked = { ...slo, service: { ...service, links } };
    expect(told({ linked }, published)).toEqual([
      'error broken-runbook linked.service.links["runbook"]',
    ]);
    expect(check({ linked }, published).diagnostics[0]?.message).toContain(
      "Did you mean 'services/checkout.html'?",
    );
  });

  it('open queries where people reach Prometheus', () => {
    const pages = (more: object): string => {
      const catalog = catalogOf({ slo }, { runbooks: more });
      const { artifacts } = generate(catalog, { kinds: ['runbooks'], targets });
      return artifacts.map(({ text }) => text).join('\n');
    };
    expect(pages({})).toContain('](http://127.0.0.1:9090/graph?');
    const front = pages({ prometheusUrl: 'https://prometheus.example/' });
    expect(front).toContain('](https://prometheus.example/graph?');
    expect(front).not.toContain('127.0.0.1:9090/graph');
  });

  it('must be about SLOs that are there and alerts that they raise, each once', () => {
    const about = (name: string, alerts: Parameters<typeof ninefold.defineRunbook>[0]['alerts']) =>
      ninefold.defineRunbook({ ...runbook, name, alerts });
    expect(told({ slo, it: about('a', [{ slo: lines }]) })).toEqual([
      'error unknown-slo it.alerts[0].slo',
    ]);
    const tickets = {
      ...slo,
      burnPolicy: {
        conditions: [{ longWindow: '1d', shortWindow: '2h', burnRate: '3', severity: 'ticket' }],
      },
    } as const;
    expect(told({ tickets, it: about('a', [{ slo: tickets, severity: 'page' }]) })).toEqual([
      'error unknown-alert it.alerts[0].severity',
    ]);
    expect(
      told({ slo, one: about('a', [{ slo }]), two: about('b', [{ alert: 'X' }, { slo }]) }),
    ).toEqual(['error duplicate-runbook two.alerts[1]']);
    expect(told({ slo, one: about('a', [{ slo }]), two: about('a', [{ alert: 'X' }]) })).toEqual([
      'error duplicate-name two.name',
    ]);
    const passedOn = about('a', [{ slo }, { slo, severity: 'page' }, { alert: 'SliDataMissing' }]);
    expect(told({ slo, one: passedOn, two: passedOn })).toEqual([]);
  });

  it('try checks that are there, by the command that tries one', () => {
    const home = ninefold.defineCheck({
      service,
      name: 'home',
      probe: ninefold.http({ url: 'http://127.0.0.1' }),
    });
    const it = ninefold.defineRunbook({
      ...runbook,
      alerts: [{ slo }],
      verification: [{ do: 'Try it.', check: home }],
    });
    expect(told({ slo, it })).toEqual(['error unknown-check it.verification[0].check']);
    const { artifacts } = generate(catalogOf({ slo, home, it }), { kinds: ['runbooks'], targets });
    expect(
      artifacts.some(({ text }) => text.includes('\n   npx ninefold probe --only checkout/home\n')),
    ).toBe(true);
  });

  it('are told to be old by a note alone: the bytes stay the same', () => {
    const catalog = catalogOf({
      slo,
      it: ninefold.defineRunbook({ ...runbook, alerts: [{ slo }] }),
    });
    const at = (now?: number) =>
      generate(catalog, { kinds: ['runbooks'], targets, ...(now === undefined ? {} : { now }) });
    const [never, soon, late] = [
      undefined,
      Date.UTC(2026, 4, 2) / 1000,
      Date.UTC(2027, 0, 1) / 1000,
    ].map(at);
    const old = (made = never) =>
      made?.notes.filter(({ severity }) => severity === 'warning').map(({ source }) => source);
    expect([old(), old(soon), old(late)]).toEqual([[], [], ['runbook orders']]);
    expect(late?.artifacts).toEqual(never?.artifacts);
  });

  it('fail the build where an alert has no runbook, or one that is not there', () => {
    const catalog = catalogOf(
      { slo, it: ninefold.defineRunbook({ ...runbook, alerts: [{ alert: 'DiskFull' }] }) },
      published,
    );
    const rules = (text: string): readonly Artifact[] => [
      { path: 'my.rules.yaml', kind: 'rules', text, sources: [] },
    ];
    const notes = (text: string) =>
      runbookLinkNotes(rules(text), catalog).map(
        ({ severity, message }) => `${severity} ${message}`,
      );
    expect(notes('  - alert: DiskFull\n    expr: up')).toEqual([]);
    expect(notes('  - alert: NodeDown\n    expr: up')).toEqual([
      expect.stringMatching(/^error The alert NodeDown has no runbook\..*alert: 'NodeDown'/),
    ]);
    const link = (url: string): string =>
      `  - alert: "NodeDown"\n    annotations:\n      runbook_url: ${url}\n`;
    expect(notes(link('https://runbooks.example/shop/alerts.html#diskfull'))).toEqual([]);
    expect(notes(link('"https://wiki.example/x"'))).toEqual([]);
    expect(notes(link("'https://runbooks.example/shop/alerts.html'"))).toEqual([]);
    expect(notes(link('"https://runbooks.example/shop/alerts.html#nodedown"'))).toEqual([
      expect.stringContaining('no generated runbook is there'),
    ]);
  });
});

describe.each(['platforms/api-governance', 'platforms/clipper'])('the runbooks of %s', (folder) => {
  let catalog: Catalog;
  beforeAll(async () => {
    const loaded = await loadWorkspace(path.join(ROOT, folder), { timeoutMs: 120_000 });
    if (loaded.catalog === undefined) throw new Error(JSON.stringify(loaded.diagnostics));
    catalog = loaded.catalog;
  });

  it('are there for every alert, and no link is broken', () => {
    const made = generate(catalog, { kinds: GENERATORS.map(({ kind }) => kind), targets });
    expect(
      made.notes.filter(({ kind, severity }) => kind === 'runbooks' && severity !== 'info'),
    ).toEqual([]);
    const rules = made.artifacts.filter(({ kind }) => RULES.includes(kind));
    const alerts = rules.flatMap(({ text }) => [...text.matchAll(/^ +- alert: /gm)]);
    const links = rules.flatMap(({ text }) => [...text.matchAll(/^ +runbook_url: /gm)]);
    expect(alerts.length).toBeGreaterThan(10);
    expect(links.length).toBe(alerts.length);
  });

  it('are written by hand for what pages users of its critical services', () => {
    const pages = catalog.slos
      .filter((each) => each.service.tier === 'critical')
      .flatMap(alertsOf)
      .filter(({ alert, severity }) => severity === 'page' && alert === 'ErrorBudgetBurn');
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.filter((alert) => runbookFor(catalog.runbooks, alert) === undefined)).toEqual([]);
  });
});
