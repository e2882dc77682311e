// Rules that Grafana evaluates itself fire for the same series, and say what Grafana's templates can say.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folderOf } from '../../../dashboards/folder.ts';
import { managedAlertsFile } from '../../../dashboards/provisioning/managed-alerts.ts';
import {
  operatorDashboard,
  operatorFolder,
} from '../../../dashboards/provisioning/operator-resources.ts';

const source = {
  alert: 'ErrorBudgetBurn',
  expr: 'ninefold_slo_burning{slo="a/b"}',
  keepFiringFor: 1800,
  labels: { slo: 'a/b', severity: 'page', cost: '$5' },
  annotations: {
    summary: 'a/b burns at {{ printf "%.3g" $value }}×',
    description: 'Queries of $labels, {{ "}} query" }} and {{ $labels.zone }}.',
    budget_remaining: '{{ with query "x{slo=\\"a\\"}" }}{{ . | first | value }}{{ end }}',
    burn_rates: '{{ range printf "y{zone=%q}" $labels.zone | query }}{{ .Value }}{{ end }}',
  },
};
const { groups } = parse(
  managedAlertsFile(
    [{ name: 'ninefold-a-alerts', intervalSeconds: 5, rules: [source] }],
    folderOf(),
  ),
) as { groups: { interval: string; folder: string; rules: Record<string, unknown>[] }[] };
const [rule] = groups[0]?.rules ?? [];

describe('a rule that Grafana evaluates', () => {
  it('fires for every series that the alert has, whatever its value', () => {
    expect(rule).toMatchObject({
      title: 'ErrorBudgetBurn a/b page',
      condition: 'B',
      data: [
        { refId: 'A', datasourceUid: 'prometheus', model: { expr: source.expr, instant: true } },
        {
          datasourceUid: '__expr__',
          model: { expression: 'is_number($A) || is_nan($A) || is_inf($A)' },
        },
      ],
      noDataState: 'OK',
      execErrState: 'Error',
      keepFiringFor: '1800s',
    });
    expect(groups[0]).toMatchObject({ folder: 'Ninefold', interval: '10s' });
  });

  it('has labels in which Grafana fills in nothing from its environment', () => {
    expect(rule?.['labels']).toEqual({
      slo: 'a/b',
      severity: 'page',
      cost: '$$5',
      alert: 'ErrorBudgetBurn',
    });
  });

  it('leaves out what would ask for other series, and takes the number of its query', () => {
    expect(rule?.['annotations']).toEqual({
      summary: 'a/b burns at {{ printf "%.3g" $values.A.Value }}×',
      description: source.annotations.description,
    });
  });
});

describe('resources of grafana-operator', () => {
  it('are a folder, and dashboards out of the ConfigMaps', () => {
    expect(parse(operatorFolder(folderOf()))).toMatchObject({
      kind: 'GrafanaFolder',
      spec: { uid: 'ninefold', title: 'Ninefold' },
    });
    expect(parse(operatorDashboard('ninefold-on-call', folderOf()))).toMatchObject({
      apiVersion: 'grafana.integreatly.org/v1beta1',
      kind: 'GrafanaDashboard',
      metadata: { name: 'ninefold-on-call' },
      spec: {
        folderRef: 'ninefold',
        configMapRef: { name: 'ninefold-on-call', key: 'ninefold-on-call.json' },
      },
    });
  });
});
