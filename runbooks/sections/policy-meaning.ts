// What each pair of windows means for whoever is called by it: how soon it notices, and how much budget is gone by then.
import type { Block, Text } from '../../formats/page.ts';
import {
  type Condition,
  errorThreshold,
  isReachable,
  type Severity,
} from '../../slo/burn-policy.ts';
import { type Fraction, toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { criticalBad } from '../../slo/evidence.ts';
import type { Slo } from '../../slo/slo.ts';
import { nominalSeconds } from '../../slo/window.ts';
import { percent } from '../defaults/guide-parts.ts';

/**
 * The time that errors at a steady ratio take to raise a condition, in seconds; undefined when they never do. The long
 * window must hold `burnRate · budget` of bad events: threshold ÷ ratio of its length (SRE Workbook, chapter 5).
 */
export function detectionSeconds(
  condition: Condition,
  slo: Slo,
  ratio: number,
): number | undefined {
  const threshold = toNumber(errorThreshold(condition, slo.objective));
  return ratio > threshold ? Math.ceil((threshold / ratio) * condition.longWindow) : undefined;
}

/** The share of the budget that is spent in the long window at just the condition's burn rate, 0…. */
export function budgetShare({ burnRate, longWindow }: Condition, { window }: Slo): number {
  return (toNumber(burnRate) * longWindow) / nominalSeconds(window);
}

/** The pairs of one severity as a table, and what the evidence gate asks for. */
export function policyMeaning(slo: Slo, severity: Severity): readonly Block[] {
  const conditions = slo.burnPolicy.conditions.filter(
    (each) => each.severity === severity && isReachable(each, slo.objective),
  );
  const rows = conditions.map((each): readonly Text[] => {
    const threshold = toNumber(errorThreshold(each, slo.objective));
    return [
      `${formatDuration(each.longWindow)} and ${formatDuration(each.shortWindow)}`,
      `${rounded(toNumber(each.burnRate))}×`,
      percent(threshold),
      percent(Number(budgetShare(each, slo).toPrecision(3))),
      timeText(detectionSeconds(each, slo, 1)),
      timeText(detectionSeconds(each, slo, 0.1)),
    ];
  });
  return [
    {
      kind: 'table',
      head: [
        'Windows',
        'Burn rate above',
        'Bad events above',
        'Budget spent by then',
        'Notices a total outage after',
        'Notices 10 % errors after',
      ],
      rows,
    },
    { kind: 'paragraph', text: gateText(slo, severity, conditions) },
  ];
}

function gateText(slo: Slo, severity: Severity, conditions: readonly Condition[]): string {
  const both =
    'A pair holds while both of its windows are above: the long one says that it matters, the short one that it still goes on.';
  const [fastest] = conditions;
  if (severity !== 'page' || !slo.burnPolicy.evidenceGate || fastest === undefined) return both;
  const threshold = errorThreshold(fastest, slo.objective);
  const fewest = [100, 10_000].map((total) => fewestText(total, threshold, slo.objective.budget));
  return `${both} A page also needs evidence that it is more than bad luck: ${fewest.join(', ')} in ${formatDuration(fastest.longWindow)}.`;
}

function fewestText(total: number, threshold: Fraction, budget: Fraction): string {
  const fewest = criticalBad(total, threshold, budget);
  const events = total.toLocaleString('en');
  return fewest === undefined
    ? `${events} events never suffice`
    : `at least ${fewest.toLocaleString('en')} bad ones among ${events} events`;
}

/** Two leading units; more is no knowledge. */
function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return 'never';
  const step = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1;
  return formatDuration(Math.max(1, Math.round(seconds / step) * step));
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
