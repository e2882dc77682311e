// What the arithmetic says of a scenario, evaluation by evaluation: the rules are tested against it.
import { type AlertState, INACTIVE, nextAlertState } from '../../slo/alert-state.ts';
import { SEVERITIES, type Severity } from '../../slo/burn-policy.ts';
import { judgeConditions } from '../../slo/burn-rate.ts';
import type { Counts } from '../../slo/counts.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Scenario } from './rule-scenario.ts';
import { SETTLE_SECONDS, TILE_SECONDS } from './tile.ts';

export interface Expected {
  /** Whether each severity's alert fires at the evaluation of the step with this index. */
  readonly firing: Readonly<Record<Severity, readonly boolean[]>>;
  /** Everything counted by the evaluation of the step with this index. */
  countedBy(index: number): Counts;
}

/** Judges a scenario whose first sample lies at nought and whose steps are tiles apart. */
export function expectedAlerts(slo: Slo, { steps }: Scenario): Expected {
  const sums: Counts[] = [];
  let sum: Counts = { total: 0, bad: 0 };
  steps.forEach((step, index) => {
    // The first sample of a series counts nothing: what it counted before is not known.
    if (index > 0 && step !== undefined)
      sum = { total: sum.total + step.total, bad: sum.bad + step.bad };
    sums.push(sum);
  });
  const upTo = (seconds: number): Counts =>
    sums[Math.min(Math.floor(seconds / TILE_SECONDS), sums.length - 1)] ?? { total: 0, bad: 0 };
  const read = (from: number, to: number) => {
    const [a, b] = [upTo(from), upTo(to)];
    return { total: b.total - a.total, bad: b.bad - a.bad, scale: 1 };
  };
  const firing: Record<Severity, boolean[]> = { page: [], ticket: [] };
  const states: Record<Severity, AlertState> = { page: INACTIVE, ticket: INACTIVE };
  let measured = 0;
  for (let index = 0; index <= steps.length; index += 1) {
    const now = index * TILE_SECONDS;
    const end = now - SETTLE_SECONDS;
    const step = steps[Math.floor(end / TILE_SECONDS)];
    if (step !== undefined && step.ended !== true) measured = end;
    const verdicts = judgeConditions(slo, read, measured);
    for (const severity of SEVERITIES) {
      const state = nextAlertState(states[severity], {
        now,
        active: verdicts.some(({ condition, on }) => on && condition.severity === severity),
        pendingFor: 0,
        keepFiringFor: slo.burnPolicy.keepFiring[severity],
      }).state;
      states[severity] = state;
      firing[severity].push(state.phase === 'firing');
    }
  }
  return { firing, countedBy: (index) => upTo(index * TILE_SECONDS - SETTLE_SECONDS) };
}
