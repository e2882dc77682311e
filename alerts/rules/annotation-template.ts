// What an alert says, as templates that Prometheus fills in when it fires.
import type { Condition, Severity } from '../../slo/burn-policy.ts';
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, ANNOTATIONS, RECORDED, SERIES } from '../../slo/names.ts';
import { alertRunbookUrl } from '../../slo/runbook-link.ts';
import type { Slo } from '../../slo/slo.ts';
import type { AlertSubject } from './alert-subject.ts';

/**
 * The annotations of a burn alert, under the names that the collector uses. The alert's value is the burn rate of its
 * leading pair; few queries are made besides, because an outage of everything fires a thousand alerts at once.
 */
export function burnAnnotations(
  subject: AlertSubject,
  severity: Severity,
): Readonly<Record<string, string>> {
  const { slo, text } = subject;
  const own = slo.burnPolicy.conditions.filter((each) => each.severity === severity);
  const runbook = alertRunbookUrl(slo, ALERTS.burn, severity);
  const budget = `${slo.objective.text} of ${slo.description ?? slo.id} in ${windowText(slo)} is at stake. `;
  return {
    [ANNOTATIONS.summary]: `${instanceText(subject)} burns its error budget at ${times('$value')}`,
    [ANNOTATIONS.description]: text(budget + firstStep(slo)),
    [ANNOTATIONS.firedBy]: firedText(subject, own),
    [ANNOTATIONS.burnRates]: ratesText(subject),
    [ANNOTATIONS.budgetRemaining]: `{{ with ${lookUp(SERIES.budgetRemaining, subject)} }}{{ . | first | value | humanizePercentage }}{{ else }}unknown{{ end }}`,
    ...(runbook !== undefined && { [ANNOTATIONS.runbook]: text(runbook) }),
    ...(slo.dashboardUrl !== undefined && { [ANNOTATIONS.dashboard]: text(slo.dashboardUrl) }),
    [ANNOTATIONS.query]: `{{ $externalURL }}{{ ${seriesOf(subject, (matchers) => `${SERIES.burnRate}{${matchers}}`, 1)} | graphLink }}`,
  };
}

/** `checkout/availability`, with the labels of its group as the collector writes them. */
function instanceText({ slo: { id, groupBy }, text }: AlertSubject): string {
  if (groupBy === undefined) return text(id);
  const pairs = groupBy.labels.map((label) => `${label}={{ printf "%q" $labels.${label} }}`);
  // A brace of text next to a template's own would be taken for a part of it.
  return `${text(id)}{{ "{" }}${pairs.join(',')}{{ "}" }}`;
}

/** The series of the alert's own instance, as a pipeline that queries them. */
function lookUp(series: string, subject: AlertSubject): string {
  return queryOf(subject, (matchers) => `${series}{${matchers}}`, 1);
}

/** A query on series of the alert's instance, whose matchers occur so many times in it. */
function queryOf(subject: AlertSubject, text: (matchers: string) => string, times: number): string {
  return `${seriesOf(subject, text, times)} | query`;
}

/** PromQL on series of the alert's instance, as a template's text or pipeline. */
function seriesOf(
  { slo, isShared }: AlertSubject,
  text: (matchers: string) => string,
  times: number,
): string {
  const told = [...(isShared ? ['slo'] : []), ...(slo.groupBy?.labels ?? [])];
  const own = isShared ? [] : [`slo="${slo.id}"`];
  const matchers = [...own, ...told.map((label) => `${label}=%q`)].join(',');
  const query = JSON.stringify(text(`${matchers},${RECORDED.name}="${RECORDED.value}"`));
  if (told.length === 0) return query;
  const values = told.map((label) => ` $labels.${label}`).join('');
  return `printf ${query}${values.repeat(times)}`;
}

/** Every pair whose both windows are above its rate, in one query; the series are of the same evaluation as the alert. */
function firedText(subject: AlertSubject, conditions: readonly Condition[]): string {
  const pairs = (matchers: string): string =>
    conditions
      .map(({ longWindow, shortWindow, burnRate }) => {
        const above = (seconds: number): string =>
          `${SERIES.burnRate}{${matchers},window="${formatDuration(seconds)}"} > ${toNumber(burnRate)}`;
        const name = `${formatDuration(longWindow)}/${formatDuration(shortWindow)} above ${Number(toNumber(burnRate).toPrecision(3))}×`;
        return `label_replace(${above(longWindow)} and ignoring (window) ${above(shortWindow)}, "pair", "${name}", "", "")`;
      })
      .join(' or ');
  return `{{ range ${queryOf(subject, pairs, 2 * conditions.length)} }}{{ .Labels.pair }}; {{ end }}`;
}

function ratesText(subject: AlertSubject): string {
  return `{{ range ${lookUp(SERIES.burnRate, subject)} }}{{ .Labels.window }} ${times('.Value')}, {{ end }}`;
}

function times(value: string): string {
  return `{{ printf "%.3g" ${value} }}×`;
}

function firstStep({ sli, runbookUrl }: Slo): string {
  const { form } = sli;
  const follow = runbookUrl === undefined ? '' : 'Follow the runbook. ';
  if (form.form !== 'counters') return `${follow}Look first at what changed last.`;
  const which = form.counted === 'bad' ? 'fail' : 'still succeed';
  return `${follow}See first which series ${which}: topk(10, rate(${form.part.selector}[5m])).`;
}

function windowText({ window }: Slo): string {
  return window.kind === 'rolling'
    ? formatDuration(window.seconds)
    : `this ${window.unit} (${window.zone})`;
}
