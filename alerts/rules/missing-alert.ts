// The alert that an SLI is no longer measured: nobody can tell then whether its objective is kept.
import type { Severity } from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, ANNOTATIONS, RULE_SERIES } from '../../slo/names.ts';
import { alertRunbookUrl } from '../../slo/runbook-link.ts';
import { staleAfter } from '../../slo/status.ts';
import type { Slo } from '../../slo/slo.ts';
import type { AlertSubject } from './alert-subject.ts';
import { ruleLabels } from './burn-alert.ts';
import type { AlertingRule } from './rule.ts';

/** Fires once no sample of the total came for five minutes, for an SLO as a whole, however it is grouped. */
export function missingAlert(subject: AlertSubject): AlertingRule {
  const { slo, matchers, text } = subject;
  const own = `{${matchers}}`;
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
    labels: ruleLabels(subject, severity),
    annotations: {
      [ANNOTATIONS.summary]: text(`${slo.id} has not been measured for more than ${range}`),
      [ANNOTATIONS.description]: text(
        `No telemetry arrives for ${slo.id}, so nobody knows whether it keeps its ${slo.objective.text}. ` +
          'Its burn alerts stand still until data return. Look at its targets in Prometheus first.',
      ),
      ...(runbook !== undefined && { [ANNOTATIONS.runbook]: text(runbook) }),
      ...(slo.dashboardUrl !== undefined && { [ANNOTATIONS.dashboard]: text(slo.dashboardUrl) }),
    },
  };
}

/** Who is paged for an outage is also paged when nobody can tell whether there is one. */
function missingSeverity({ burnPolicy }: Slo): Severity {
  return burnPolicy.conditions.some(({ severity }) => severity === 'page') ? 'page' : 'ticket';
}
