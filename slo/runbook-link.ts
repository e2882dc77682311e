// Where the generated runbook of an alert is: a page for each service, and on it a heading for each alert.
import type { Severity } from './burn-policy.ts';
import { type AlertName, ALERTS } from './names.ts';
import type { Slo } from './slo.ts';

/** The form of the pages that links lead to. */
export const RUNBOOK_FORMATS = ['html', 'markdown'] as const;

export type RunbookFormat = (typeof RUNBOOK_FORMATS)[number];

/** Where generated runbooks are read. */
export interface RunbookSettings {
  /** Address under which the generated folder is published, no slash at its end; absent: alerts carry no link of ours. */
  readonly baseUrl?: string;
  /** @default 'html' */
  readonly format: RunbookFormat;
  /** Where people reach Prometheus; absent: where the collector does. */
  readonly prometheusUrl?: string;
  /** Grafana's address, for links to the generated dashboards. */
  readonly grafanaUrl?: string;
}

/** The page of a service without its ending, relative to the folder of all pages. */
export function serviceRunbookPath(service: string): string {
  return `services/${service}`;
}

/** The page of the alerts that no SLO raises. */
export const OTHER_ALERTS_PATH = 'alerts';

/** The ending of a page's file. */
export function runbookEnding(format: RunbookFormat): string {
  return format === 'html' ? '.html' : '.md';
}

/** The heading of an SLO on its service's page. */
export function sloHeading(name: string): string {
  return `SLO ${name}`;
}

/** The heading of an alert on the page of its service; a missing SLI has one, whoever is told of it. */
export function alertHeading(slo: string, alert: AlertName, severity: Severity): string {
  if (alert === ALERTS.missing) return `${alert} of ${slo}`;
  return `${severity === 'page' ? 'Page' : 'Ticket'}: ${alert} of ${slo}`;
}

/** The address of an SLO's section; undefined without a base address. */
export function sloRunbookUrl(
  slo: Pick<Slo, 'service' | 'name'>,
  { baseUrl, format }: RunbookSettings,
): string | undefined {
  if (baseUrl === undefined) return undefined;
  const page = `${baseUrl}/${serviceRunbookPath(slo.service.name)}${runbookEnding(format)}`;
  return `${page}#${anchor(sloHeading(slo.name))}`;
}

/** The runbook that an alert carries: on a generated page its own heading, otherwise the SLO's one address. */
export function alertRunbookUrl(
  slo: Pick<Slo, 'name' | 'runbookUrl' | 'generatedRunbook'>,
  alert: AlertName,
  severity: Severity,
): string | undefined {
  if (slo.generatedRunbook !== true) return slo.runbookUrl;
  return slo.runbookUrl?.replace(/#.*$/, `#${anchor(alertHeading(slo.name, alert, severity))}`);
}

/** Names of SLOs and alerts hold nothing that an anchor could not. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(':', '').replaceAll(' ', '-');
}
