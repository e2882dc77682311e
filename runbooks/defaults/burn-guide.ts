// What to do when an error budget burns, by the form of the SLI, for alerts that nobody has written a runbook for yet.
import type { Severity } from '../../slo/burn-policy.ts';
import type { SliForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Guide } from '../runbook.ts';
import type { Burn } from './burn.ts';
import { eventsBurn, logsBurn } from './event-burn.ts';
import {
  CHANGE_DECISIONS,
  CHANGES_STEP,
  explainStep,
  ROLL_BACK,
  verification,
} from './guide-parts.ts';
import { countersBurn, expressionBurn, gaugeBurn, latencyBurn } from './prometheus-burn.ts';

/** The default guide of a burn alert. */
export function burnGuide(slo: Slo, severity: Severity): Guide {
  const burn = burnOf(slo, slo.sli.form);
  return {
    symptoms: [...burn.symptoms, ...groupSymptom(slo)],
    firstFiveMinutes: [
      explainStep(slo),
      ...(burn.now === undefined ? [] : [burn.now]),
      ...burn.look,
      CHANGES_STEP,
    ],
    decisions: [...burn.decisions, ...CHANGE_DECISIONS],
    verification: verification(slo, burn.now, severity),
    rollBack: ROLL_BACK,
  };
}

function burnOf(slo: Slo, form: SliForm): Burn {
  switch (form.form) {
    case 'counters':
      return form.part.le === undefined ? countersBurn(slo, form) : latencyBurn(slo, form);
    case 'expression':
      return expressionBurn(slo, form);
    case 'gauge':
      return gaugeBurn(slo, form);
    case 'logs':
      return logsBurn(slo, form);
    case 'events':
      return eventsBurn(slo, form);
  }
}

/** One group may burn while all others are well. */
function groupSymptom({ groupBy }: Slo): readonly string[] {
  if (groupBy === undefined) return [];
  return [`It can be one ${groupBy.labels.join(' and ')} alone: the alert's labels say which.`];
}
