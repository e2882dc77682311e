// Every name that leaves the program: alerts, labels, annotations and series. Nowhere else are they spelt.
import type { Severity } from './burn-policy.ts';
import type { Labels } from './instance.ts';
import type { Slo } from './slo.ts';

/** Alert names. */
export const ALERTS = {
  /** The error budget burns too fast; one alert for each SLO instance and severity. */
  burn: 'ErrorBudgetBurn',
  /** The SLI has not been measured for a while; burn alerts are frozen meanwhile. */
  missing: 'SliDataMissing',
} as const;

export type AlertName = (typeof ALERTS)[keyof typeof ALERTS];

/** Labels that Ninefold sets itself; a definition may not use them. */
export const RESERVED_LABELS = [
  'alertname',
  'slo',
  'service',
  'team',
  'tier',
  'severity',
  'long_window',
  'short_window',
] as const;

/** The labels that identify an SLO instance on series and alerts. */
export function instanceLabels(slo: Slo, group: Labels): Labels {
  return {
    ...slo.service.labels,
    ...slo.labels,
    ...group,
    slo: slo.id,
    service: slo.service.name,
    team: slo.service.team,
    tier: slo.service.tier,
  };
}

/** The full label set of an alert, the same whether the collector or a generated rule sends it. */
export function alertLabels(name: AlertName, slo: Slo, group: Labels, severity: Severity): Labels {
  return { ...instanceLabels(slo, group), alertname: name, severity };
}

/** Annotation names. */
export const ANNOTATIONS = {
  summary: 'summary',
  description: 'description',
  firedBy: 'fired_by',
  burnRates: 'burn_rates',
  budgetRemaining: 'budget_remaining',
  budgetSpent: 'budget_spent',
  exhaustion: 'budget_exhausted_in',
  evidence: 'evidence',
  coverage: 'coverage',
  runbook: 'runbook_url',
  dashboard: 'dashboard_url',
  /** Where the burn rates are drawn, in the Prometheus that judges. */
  query: 'query_url',
} as const;

/** Series that describe an SLO instance; ratios are 0…1. */
export const SERIES = {
  objective: 'ninefold_slo_objective_ratio',
  total: 'ninefold_slo_window_events',
  bad: 'ninefold_slo_window_bad_events',
  sli: 'ninefold_slo_sli_ratio',
  budgetRemaining: 'ninefold_slo_error_budget_remaining_ratio',
  coverage: 'ninefold_slo_coverage_ratio',
  burnRate: 'ninefold_slo_burn_rate',
  alertFiring: 'ninefold_slo_alert_firing',
  watermark: 'ninefold_slo_watermark_timestamp_seconds',
} as const;

/**
 * The label of those `SERIES` that generated rules record: a collector that is scraped by the same Prometheus shows series of
 * the same names and labels. One more label is found at once; that some are lacking, as those of a scrape, Prometheus learns
 * from every value that they have.
 */
export const RECORDED = { name: 'ninefold_by', value: 'rules' } as const;

/** Series that generated rules keep for themselves and for the alerts; all carry the labels `slo` and `service`. */
export const RULE_SERIES = {
  /** Events counted since the rules began; never falls. */
  total: 'ninefold_slo_events_total',
  /** Bad ones among them; where good events are counted it may fall by what is still under way. */
  bad: 'ninefold_slo_bad_events_total',
  /** What one evaluation adds to both counters, where one look at the series tells it; by `ninefold_of`. */
  tile: 'ninefold_slo_tile_events',
  /** Series of the total that have a sample now. */
  measured: 'ninefold_slo_measured_series',
  /** What both counters were at the beginning of a window, by `window`; bad events have the label `of="bad"`. */
  before: 'ninefold_slo_events_before',
  /** Events in an alert window, named by the label `window`. */
  windowTotal: 'ninefold_slo_events',
  windowBad: 'ninefold_slo_bad_events',
  /** How strongly an alert window speaks against the objective being kept: slo/evidence.ts. */
  evidence: 'ninefold_slo_evidence',
  /** The burn rate of what an alert of this `severity` is about, while its conditions hold; of SLOs that share their rules. */
  burning: 'ninefold_slo_burning',
  /** What raw data say of the time before the counters began, by `window`. */
  earlierTotal: 'ninefold_slo_earlier_events',
  earlierBad: 'ninefold_slo_earlier_bad_events',
  /** The number of the running calendar period, and the counters as it began. */
  period: 'ninefold_slo_period',
  periodStartTotal: 'ninefold_slo_period_start_events',
  periodStartBad: 'ninefold_slo_period_start_bad_events',
} as const;

/** The longest uid of a dashboard that Grafana takes. */
export const LONGEST_UID = 40;

/** How the uids of generated dashboards begin. */
export const OWN_UID_PREFIX = 'ninefold-';

/** Uids of the generated dashboards about all SLOs: links point at them, so they never change. */
export const PAGE_UIDS = {
  overview: 'ninefold-slo-overview',
  onCall: 'ninefold-on-call',
  collector: 'ninefold-collector',
  sla: 'ninefold-sla',
  business: 'ninefold-business',
} as const;

/**
 * The uid of the folder of a workspace's dashboards: `ninefold`, or `ninefold-payments` of one with a name. The uids of
 * its dashboards, and the tags by which they link to each other, begin with it.
 */
export function workspaceUid(workspace?: string): string {
  return workspace === undefined ? 'ninefold' : `ninefold-${workspace}`;
}

/** Whether a workspace may have a name: short enough for uids, and no beginning of another workspace's uids. */
export function isWorkspaceName(name: string): boolean {
  const uid = workspaceUid(name);
  return /^[a-z][a-z0-9]{1,15}$/.test(name) && !Object.values<string>(PAGE_UIDS).includes(uid);
}

/** The uid of a page about all SLOs of a workspace. */
export function pageUid(page: keyof typeof PAGE_UIDS, workspace?: string): string {
  return `${workspaceUid(workspace)}${PAGE_UIDS[page].slice(workspaceUid().length)}`;
}

/** How the uids of services' dashboards begin. */
export function serviceUidPrefix(workspace?: string): string {
  return `${workspaceUid(workspace)}-s-`;
}

/** The uid of a service's dashboard; of a name that is too long, its beginning and a checksum. */
export function serviceUid(name: string, workspace?: string): string {
  const uid = `${serviceUidPrefix(workspace)}${name}`;
  if (uid.length <= LONGEST_UID) return uid;
  return `${uid.slice(0, LONGEST_UID - 9)}-${checksum(name)}`;
}

/** The uid of a rule that Grafana evaluates itself, for one alert of an SLO. */
export function managedAlertUid(alert: string, slo: string, severity: string): string {
  const text = `${alert} ${slo} ${severity}`;
  return `ninefold-a-${checksum(text)}${checksum(`${text} `)}`;
}

/** FNV-1a of 32 bits, in eight hexadecimal digits. */
function checksum(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01_00_01_93);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Series of checks; all carry the labels `check`, `service`, `team` and, when it is known, `location`. */
export const PROBE_SERIES = {
  /** Runs by `verdict`. */
  runs: 'ninefold_probe_runs_total',
  success: 'ninefold_probe_success',
  duration: 'ninefold_probe_duration_seconds',
  /** By `phase`. */
  phase: 'ninefold_probe_phase_duration_seconds',
  lastRun: 'ninefold_probe_last_run_timestamp_seconds',
  lag: 'ninefold_probe_schedule_lag_seconds',
  certificateEnd: 'ninefold_probe_certificate_not_after_timestamp_seconds',
} as const;

const CHECK_STREAM = 'probe.';

/** The ingest stream of a check's runs, `probe.checkout.home`. No stream of users' own has a dot in its name, and no name of a check. */
export function checkStream(service: string, check: string): string {
  return `${CHECK_STREAM}${service}.${check}`;
}

/** The id of the check whose runs a stream holds, `checkout/home`; undefined for any other stream. */
export function checkOfStream(stream: string): string | undefined {
  const [service, check, ...more] = stream.startsWith(CHECK_STREAM)
    ? stream.slice(CHECK_STREAM.length).split('.')
    : [];
  return service && check && more.length === 0 ? `${service}/${check}` : undefined;
}
