// Whoever is paged finds a panel about the alert and the runbook; the linter misses them where they are not.
import { describe, expect, it } from 'vitest';
import { alertFindings } from '../../../dashboards/lint/alert-rules.ts';
import type { LintedDashboard } from '../../../dashboards/lint/linted-dashboard.ts';
import { readDashboard } from '../../../dashboards/lint/read-dashboard.ts';
import { selectorsIn } from '../../../formats/dashboard-query.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';

const RUNBOOK = 'https://runbooks.example.org/shop/api';
const sli = prometheusRatio({ total: 'a_total', bad: 'b_total' });
const api = { ...sloOf('api', { sli }), runbookUrl: RUNBOOK };

const page = (expr: string, more: object = {}): LintedDashboard => {
  const json = { title: 'Shop', panels: [{ id: 1, targets: [{ expr }] }], ...more };
  const read = readDashboard(json);
  if (read === undefined) throw new Error('it is a dashboard');
  return read;
};
const burn = 'max(ninefold_slo_burn_rate{slo="shop/api"})';
const link = (url: string) => ({ links: [{ url }] });

const found = (dashboards: readonly LintedDashboard[], slos = [api]) =>
  alertFindings(dashboards, slos, selectorsIn).map(({ rule, severity }) => [rule, severity]);

describe('an SLO with alerts', () => {
  it('is shown with its runbook', () => {
    expect(found([page(burn, link(RUNBOOK))])).toEqual([]);
    expect(found([page('ALERTS{slo="shop/api"}', link(`${RUNBOOK}#burn`))])).toEqual([]);
    const text = { id: 2, type: 'text', options: { content: `[What to do](${RUNBOOK})` } };
    expect(found([page(burn, { panels: [{ targets: [{ expr: burn }] }, text] })])).toEqual([]);
    const atValue = { targets: [{ expr: burn }], fieldConfig: { defaults: link(RUNBOOK) } };
    expect(found([page(burn, { panels: [atValue] })])).toEqual([]);
  });

  it.each([
    ['another SLO', burn.replace('shop/api', 'shop/web')],
    ['all SLOs', 'max(ninefold_slo_burn_rate)'],
    ['its budget, not its alert', 'ninefold_slo_error_budget_remaining_ratio{slo="shop/api"}'],
  ])('is missed when panels show %s', (_, expr) => {
    expect(found([page(expr, link(RUNBOOK))])).toEqual([['alert-panel-rule', 'error']]);
  });

  it('is missed when the runbook is on another dashboard only', () => {
    const other = page('up', link(RUNBOOK));
    expect(found([page(burn), other])).toEqual([['alert-runbook-rule', 'error']]);
    expect(found([page(burn, link(`${RUNBOOK}s`))])).toEqual([['alert-runbook-rule', 'error']]);
  });

  it('should have a runbook', () => {
    const { runbookUrl: _, ...bare } = api;
    expect(alertFindings([page(burn)], [bare], selectorsIn)).toMatchObject([
      {
        rule: 'alert-runbook-rule',
        severity: 'warning',
        message: expect.stringContaining('shop/api'),
      },
    ]);
  });
});
