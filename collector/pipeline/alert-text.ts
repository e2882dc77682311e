// What an alert says: which pair fired, how fast the budget burns, what is left of it, and where to look.
import { formatDuration } from '../../slo/duration.ts';
import { ANNOTATIONS, type AlertName, ALERTS } from '../../slo/names.ts';
import type { Severity } from '../../slo/burn-policy.ts';
import { alertRunbookUrl } from '../../slo/runbook-link.ts';
import type { Slo } from '../../slo/slo.ts';
import type { ConditionView, InstanceView } from '../view.ts';

/** The annotations of an alert by name; absent facts are left out rather than shown as zero. */
export function annotate(
  name: AlertName,
  severity: Severity,
  slo: Slo,
  view: InstanceView,
): Readonly<Record<string, string>> {
  const facts = name === ALERTS.missing ? missingFacts(slo, view) : burnFacts(severity, slo, view);
  return Object.fromEntries(
    Object.entries({
      ...facts,
      [ANNOTATIONS.coverage]: percent(view.coverage),
      [ANNOTATIONS.runbook]: alertRunbookUrl(slo, name, severity),
      [ANNOTATIONS.dashboard]: slo.dashboardUrl,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function missingFacts(slo: Slo, view: InstanceView): Record<string, string | undefined> {
  const since =
    view.measuredThrough === null
      ? 'ever'
      : `since ${new Date(view.measuredThrough * 1000).toISOString()}`;
  return {
    [ANNOTATIONS.summary]: `${slo.id} has not been measured ${since}`,
    [ANNOTATIONS.description]:
      `No telemetry arrives for ${slo.id}, so nobody knows whether it keeps its ${slo.objective.text}. ` +
      'Its burn alerts stand still until data return. Look at the source first: ninefold status.',
  };
}

function burnFacts(
  severity: Severity,
  slo: Slo,
  view: InstanceView,
): Record<string, string | undefined> {
  const own = view.conditions.filter((condition) => condition.severity === severity);
  const on = own.filter((condition) => condition.on === true);
  const leading = on[0] ?? own[0];
  const rate = leading?.long.burnRate ?? null;
  const { forecast } = view;
  return {
    [ANNOTATIONS.summary]:
      `${view.instance} burns its error budget ${rate === null ? 'too fast' : `at ${times(rate)}`}` +
      (view.budgetRemaining === null ? '' : `, ${percent(view.budgetRemaining)} left`),
    [ANNOTATIONS.description]:
      `${slo.objective.text} of ${slo.description ?? slo.id} in ${windowText(slo)}: ` +
      `${view.bad.toLocaleString('en')} of ${view.total.toLocaleString('en')} events were bad.`,
    [ANNOTATIONS.firedBy]: on.map(pairText).join('; ') || undefined,
    [ANNOTATIONS.burnRates]: own.map(rateText).join('; ') || undefined,
    [ANNOTATIONS.budgetSpent]: view.budgetSpent === null ? undefined : percent(view.budgetSpent),
    [ANNOTATIONS.budgetRemaining]:
      view.budgetRemaining === null ? undefined : percent(view.budgetRemaining),
    [ANNOTATIONS.exhaustion]: forecast === null ? undefined : exhaustionText(forecast),
    [ANNOTATIONS.evidence]: leading === undefined ? undefined : evidenceText(leading),
  };
}

function pairText(condition: ConditionView): string {
  return `${formatDuration(condition.longWindowSeconds)}/${formatDuration(condition.shortWindowSeconds)} above ${times(condition.burnRateThreshold)}`;
}

function rateText(condition: ConditionView): string {
  const { long, short } = condition;
  return [
    [condition.longWindowSeconds, long.burnRate] as const,
    [condition.shortWindowSeconds, short.burnRate] as const,
  ]
    .map(
      ([seconds, rate]) =>
        `${formatDuration(seconds)} ${rate === null ? 'no events' : times(rate)}`,
    )
    .join(', ');
}

function evidenceText({ long, longWindowSeconds }: ConditionView): string {
  const count = (events: number): string => Math.round(events).toLocaleString('en');
  return `${count(long.bad)} of ${count(long.total)} events bad in ${formatDuration(longWindowSeconds)}`;
}

function exhaustionText(forecast: NonNullable<InstanceView['forecast']>): string {
  const { exhaustedInSeconds, earliestSeconds, latestSeconds } = forecast;
  if (exhaustedInSeconds === null) return 'never at this rate';
  if (exhaustedInSeconds <= 0) return 'already exhausted';
  const range = [earliestSeconds, latestSeconds].map((seconds) =>
    seconds === null ? 'never' : coarse(seconds),
  );
  return `${coarse(exhaustedInSeconds)} (${range.join(' to ')})`;
}

/** Two leading units are all that a forecast deserves. */
function coarse(seconds: number): string {
  const step = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1;
  return formatDuration(Math.max(step, Math.round(seconds / step) * step));
}

function windowText(slo: Slo): string {
  return slo.window.kind === 'rolling'
    ? formatDuration(slo.window.seconds)
    : `this ${slo.window.unit} (${slo.window.zone})`;
}

function times(rate: number): string {
  return `${Number(rate.toPrecision(3))}×`;
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))} %`;
}
