// The alert that no line comes any more: nobody can tell then whether the objective is kept.
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, ANNOTATIONS } from '../../slo/names.ts';
import { staleAfter } from '../../slo/status.ts';
import type { Slo } from '../../slo/slo.ts';
import { subjectOf } from '../rules/alert-subject.ts';
import { ruleLabels } from '../rules/burn-alert.ts';
import type { AlertingRule } from '../rules/rule.ts';
import { linkAnnotations } from './burn-annotations.ts';
import { SETTLE_SECONDS } from './line-counts.ts';

/** Seconds without a line after which the alert fires. */
export const SILENCE_SECONDS = staleAfter(0);

/**
 * Fires once the streams of the total, whatever its pipeline makes of them, had no line for five minutes. A ticket,
 * never a page: without lines Loki cannot tell logs that are lost from a night without requests.
 */
export function silenceAlert(slo: Slo, streams: string): AlertingRule {
  const range = formatDuration(SILENCE_SECONDS);
  return {
    alert: ALERTS.missing,
    // The sum takes off the labels that Loki reads out of the selector.
    expr: `sum(absent_over_time(${streams}[${range}] offset ${SETTLE_SECONDS}s))`,
    keepFiringFor: 0,
    labels: ruleLabels(subjectOf(slo), 'ticket'),
    annotations: {
      [ANNOTATIONS.summary]: `${slo.id} has had no log line for more than ${range}`,
      [ANNOTATIONS.description]:
        `Loki has no new line for ${slo.id}, so nobody knows whether it keeps its ${slo.objective.text}. ` +
        'See first whether the service runs and its logs are shipped.',
      ...linkAnnotations(slo, ALERTS.missing, 'ticket'),
    },
  };
}
