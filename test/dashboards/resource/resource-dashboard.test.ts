// Dashboards as resources say the same as the classic ones, and the linter says the same about them.
import { describe, expect, it } from 'vitest';
import { drawDashboard } from '../../../dashboards/drawn-dashboard.ts';
import { dashboardPages } from '../../../dashboards/dashboard-pages.ts';
import { lintDashboard } from '../../../dashboards/lint/lint-dashboard.ts';
import { dashboardManifest } from '../../../dashboards/resource/resource-dashboard.ts';
import { shopDashboard } from '../shop-dashboard.ts';
import { definitionsOf } from '../workspaces.ts';

const manifest = dashboardManifest(drawDashboard(shopDashboard, 'rules'), 'shop-folder');

describe('a manifest', () => {
  it('names its API, its uid and its folder', () => {
    expect(manifest).toMatchObject({
      apiVersion: 'dashboard.grafana.app/v2',
      kind: 'Dashboard',
      metadata: { name: 'shop-orders', annotations: { 'grafana.app/folder': 'shop-folder' } },
      spec: { title: 'Shop / Orders', editable: false, cursorSync: 'Crosshair' },
    });
  });

  it('numbers panels, which the SDK leaves at 0, and places them from the top of their row', () => {
    expect(manifest.spec).toMatchObject({
      elements: {
        'panel-2': { spec: { id: 2, title: 'Orders now', vizConfig: { group: 'stat' } } },
        'panel-3': { spec: { id: 3 } },
        'panel-5': { spec: { id: 5, vizConfig: { group: 'logs' } } },
      },
      layout: {
        kind: 'RowsLayout',
        spec: {
          rows: [
            {
              spec: {
                title: 'Traffic',
                collapse: false,
                layout: { spec: { items: [{ spec: { x: 0, y: 0 } }, { spec: { y: 0 } }] } },
              },
            },
            {
              spec: {
                collapse: true,
                layout: { spec: { items: [{ spec: { y: 0, element: { name: 'panel-5' } } }] } },
              },
            },
          ],
        },
      },
    });
  });

  it('asks by the datasource that the reader chose', () => {
    expect(manifest.spec).toMatchObject({
      elements: {
        'panel-3': {
          spec: {
            data: {
              spec: {
                queries: [
                  {
                    spec: {
                      refId: 'A',
                      query: {
                        group: 'prometheus',
                        datasource: { name: '${prometheus_datasource}' },
                        spec: { exemplar: true },
                      },
                    },
                  },
                  { spec: { refId: 'B' } },
                  { spec: { refId: 'C' } },
                ],
              },
            },
          },
        },
      },
    });
  });
});

it('gets from the linter what the classic dashboard gets', async () => {
  const { services, slos } = await definitionsOf('examples/shop');
  for (const source of ['rules', 'collector'] as const) {
    const rules = new Set<string>();
    for (const { dashboard } of dashboardPages({ services, slos, source })) {
      const json = dashboardManifest(drawDashboard(dashboard, source), 'x');
      const { exceptions } = dashboard;
      const { findings, excepted } = lintDashboard(json, { slos, exceptions });
      expect(findings).toEqual([]);
      for (const { rule } of excepted) rules.add(rule);
    }
    expect(rules.size).toBe(source === 'rules' ? 4 : 2);
  }
});

describe('the linter', () => {
  const rules = (json: unknown): readonly string[] =>
    lintDashboard(json).findings.map(({ rule }) => rule);

  it('reads a spec without its manifest, which then lacks a uid', () => {
    expect(rules(manifest.spec)).toContain('stable-uid-rule');
    expect(rules(manifest)).not.toContain('stable-uid-rule');
  });

  it('finds in a resource what it finds in a classic dashboard', () => {
    const { elements } = manifest.spec as { elements: Record<string, { spec: object }> };
    const broken = {
      ...manifest,
      spec: {
        ...(manifest.spec as object),
        editable: true,
        elements: {
          ...elements,
          'panel-2': { kind: 'Panel', spec: { ...elements['panel-2']?.spec, id: 3, title: '' } },
        },
      },
    };
    const found = rules(broken).filter((rule) => !rules(manifest).includes(rule));
    expect(found).toEqual([
      'panel-title-description-rule',
      'uneditable-dashboard',
      'unique-panel-id-rule',
    ]);
  });
});
