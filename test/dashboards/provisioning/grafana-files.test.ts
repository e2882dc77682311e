// Provisioning files and ConfigMaps are YAML that says what Grafana and Kubernetes need to know.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folderOf } from '../../../dashboards/folder.ts';
import { dashboardConfigMap } from '../../../dashboards/provisioning/config-map.ts';
import {
  dashboardProvider,
  datasourcesFile,
} from '../../../dashboards/provisioning/grafana-files.ts';

describe('the provider of dashboards', () => {
  it('names folder and path, and lets nobody edit', () => {
    expect(parse(dashboardProvider('/dashboards', folderOf()))).toMatchObject({
      apiVersion: 1,
      providers: [
        {
          type: 'file',
          folderUid: 'ninefold',
          allowUiUpdates: false,
          options: { path: '/dashboards' },
        },
      ],
    });
  });
});

describe('datasources', () => {
  it('are linked to each other where both are there', () => {
    expect(parse(datasourcesFile(['prometheus', 'loki', 'tempo']))).toMatchObject({
      datasources: [
        {
          uid: 'prometheus',
          url: '$PROMETHEUS_URL',
          isDefault: true,
          jsonData: { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'tempo' }] },
        },
        {
          uid: 'loki',
          jsonData: { derivedFields: [{ datasourceUid: 'tempo', url: '$${__value.raw}' }] },
        },
        {
          uid: 'tempo',
          jsonData: {
            tracesToLogsV2: { datasourceUid: 'loki' },
            tracesToMetrics: { datasourceUid: 'prometheus' },
          },
        },
      ],
    });
  });

  it('are not linked to what is not there', () => {
    const text = datasourcesFile(['prometheus']);
    expect(parse(text)).toMatchObject({ datasources: [{ jsonData: { httpMethod: 'POST' } }] });
    expect(text).not.toContain('tempo');
  });
});

describe('a ConfigMap', () => {
  it('bears the label that the sidecar looks for, and the same dashboard', () => {
    const dashboard = { title: "it's", b: [1, { d: 'x\n', c: '${job}' }] };
    const map = parse(dashboardConfigMap('shop-orders', dashboard, folderOf()) ?? '') as {
      data: Record<string, string>;
    };
    expect(map).toMatchObject({
      kind: 'ConfigMap',
      metadata: {
        name: 'shop-orders',
        labels: { grafana_dashboard: '1' },
        annotations: { grafana_folder: 'Ninefold' },
      },
    });
    expect(JSON.parse(map.data['shop-orders.json'] ?? '')).toEqual(dashboard);
  });

  it('is not made of a dashboard that Kubernetes would refuse', () => {
    expect(
      dashboardConfigMap('large', { text: 'x'.repeat(1_000_001) }, folderOf()),
    ).toBeUndefined();
  });
});
