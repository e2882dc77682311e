// The alert that an SLI is no longer measured: nobody can tell then whether its objective is kept.
import type { Severity } from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, ANNOTATIONS, RULE_SERIES } from '../../slo/names.ts';
import { alertRunbookUrl } from '../../slo/runbook-link.ts';
import { staleAfter } from '../../slo/status.ts';
import type { Slo } from '../../slo/slo.ts';
import { ruleLabels } from './burn-alert.ts';
import type { AlertingRule } from './rule.ts';
import { escapeTemplate } from './template-text.ts';

/** Fires once no sample of the total came for five minutes, for the SLO as a whole, however it is grouped. */
export function missingAlert(slo: Slo): AlertingRule {
  const own = `{slo="${slo.id}"}`;
  const range = formatDuration(staleAfter(0));
  const severity = missingSeverity(slo);
  const runbook = alertRunbookUrl(slo, ALERTS.missing, severity);
  return {
    alert: ALERTS.missing,
    expr: [
      `max by (slo, service) (${RULE_SERIES.total}${own})`,
      `unless on (slo) last_over_time(${RULE_SERIES.measured}${own}[${range}])`,
    ].join('\n'),
    keepFiringFor: 0,
    labels: ruleLabels(slo, severity),
    annotations: {
      [ANNOTATIONS.summary]: `${slo.id} has not been measured for more than ${range}`,
      [ANNOTATIONS.description]:
        `No telemetry arrives for ${slo.id}, so nobody knows whether it keeps its ${slo.objective.text}. ` +
        'Its burn alerts stand still until data return. Look at its targets in Prometheus first.',
      ...(runbook !== undefined && { [ANNOTATIONS.runbook]: escapeTemplate(runbook) }),
      ...(slo.dashboardUrl !== undefined && {
        [ANNOTATIONS.dashboard]: escapeTemplate(slo.dashboardUrl),
      }),
    },
  };
}

/** Who is paged for an outage is also paged when nobody can tell whether there is one. */
function missingSeverity({ burnPolicy }: Slo): Severity {
  return burnPolicy.conditions.some(({ severity }) => severity === 'page') ? 'page' : 'ticket';
}
