// What an alert says, as templates that Prometheus fills in when it fires.
import type { Condition, Severity } from '../../slo/burn-policy.ts';
import { type Fraction, toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ANNOTATIONS, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';

/** The annotations of a burn alert, under the names that the collector uses. */
export function burnAnnotations(slo: Slo, severity: Severity): Readonly<Record<string, string>> {
  const own = slo.burnPolicy.conditions.filter((each) => each.severity === severity);
  const leading = own[0];
  const left = lookUp(SERIES.budgetRemaining, slo);
  const { total, bad } = { total: lookUp(SERIES.total, slo), bad: lookUp(SERIES.bad, slo) };
  return {
    [ANNOTATIONS.summary]: `${instanceText(slo)} burns its error budget too fast${when(left, (share) => `, ${percent(share)} left`)}`,
    [ANNOTATIONS.description]:
      `${escapeTemplate(`${slo.objective.text} of ${slo.description ?? slo.id} in ${windowText(slo)}`)}: ` +
      `${when(bad, whole)} of ${when(total, whole)} events were bad. ` +
      escapeTemplate(firstStep(slo)),
    [ANNOTATIONS.firedBy]: own.map((each) => firedText(slo, each)).join(''),
    [ANNOTATIONS.burnRates]: [
      ...new Set(own.flatMap(({ longWindow, shortWindow }) => [longWindow, shortWindow])),
    ]
      .map((seconds) => rateText(slo, seconds))
      .join(', '),
    [ANNOTATIONS.budgetRemaining]: when(left, percent, 'unknown'),
    ...(leading !== undefined && { [ANNOTATIONS.evidence]: evidenceText(slo, leading) }),
    ...(slo.runbookUrl !== undefined && { [ANNOTATIONS.runbook]: escapeTemplate(slo.runbookUrl) }),
    ...(slo.dashboardUrl !== undefined && {
      [ANNOTATIONS.dashboard]: escapeTemplate(slo.dashboardUrl),
    }),
  };
}

/** Text that must not be read as a template. */
export function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** `checkout/availability`, with the labels of its group as the collector writes them. */
function instanceText({ id, groupBy }: Slo): string {
  if (groupBy === undefined) return id;
  const pairs = groupBy.labels.map((label) => `${label}={{ printf "%q" $labels.${label} }}`);
  // A brace of text next to a template's own would be taken for a part of it.
  return `${id}{{ "{" }}${pairs.join(',')}{{ "}" }}`;
}

/** The series of the alert's own instance, as an argument of `query`. */
function lookUp(series: string, slo: Slo, window = ''): string {
  const matchers = `slo=\\"${slo.id}\\"${window}`;
  const groups = slo.groupBy?.labels ?? [];
  if (groups.length === 0) return `query "${series}{${matchers}}"`;
  const format = groups.map((label) => `,${label}=%q`).join('');
  const values = groups.map((label) => `$labels.${label}`).join(' ');
  return `printf "${series}{${matchers}${format}}" ${values} | query`;
}

/** Text made of a query's first value, or other text when it has none. */
function when(query: string, text: (value: string) => string, otherwise = ''): string {
  const other = otherwise === '' ? '' : `{{ else }}${otherwise}`;
  return `{{ with ${query} }}${text('. | first | value')}${other}{{ end }}`;
}

function percent(value: string): string {
  return `{{ ${value} | humanizePercentage }}`;
}

function whole(value: string): string {
  return `{{ ${value} | printf "%.0f" }}`;
}

/** Said of a pair whose both windows are above its rate; the series are of the same evaluation as the alert. */
function firedText(slo: Slo, { longWindow, shortWindow, burnRate }: Condition): string {
  const [long, short] = [formatDuration(longWindow), formatDuration(shortWindow)];
  const groups = slo.groupBy?.labels ?? [];
  const matchers = groups.map((label) => `,${label}=%q`).join('');
  const above = (window: string): string =>
    `${SERIES.burnRate}{slo=\\"${slo.id}\\",window=\\"${window}\\"${matchers}} > ${toNumber(burnRate)}`;
  const both = `"${above(long)} and ignoring (window) ${above(short)}"`;
  const values = groups.map((label) => `$labels.${label}`).join(' ');
  const query =
    groups.length === 0 ? `query ${both}` : `printf ${both} ${values} ${values} | query`;
  return `{{ if ${query} }}${long}/${short} above ${times(burnRate)}; {{ end }}`;
}

function rateText(slo: Slo, seconds: number): string {
  const window = formatDuration(seconds);
  const rate = lookUp(SERIES.burnRate, slo, `,window=\\"${window}\\"`);
  return `${window} ${when(rate, (value) => `{{ ${value} | printf "%.3g" }}×`, 'no events')}`;
}

function evidenceText(slo: Slo, { longWindow }: Condition): string {
  const window = formatDuration(longWindow);
  const label = `,window=\\"${window}\\"`;
  const bad = when(lookUp(RULE_SERIES.windowBad, slo, label), whole, '0');
  const total = when(lookUp(RULE_SERIES.windowTotal, slo, label), whole, '0');
  return `${bad} of ${total} events bad in ${window}`;
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

function times(rate: Fraction): string {
  return `${Number(toNumber(rate).toPrecision(3))}×`;
}
