// Alerting rules as rules that Grafana evaluates itself (`provisioning/alerting`), over the series of the recording rules.
import { type YamlData, writeYaml } from '../../formats/yaml-writer.ts';
import { managedAlertUid } from '../../slo/names.ts';
import type { Folder } from '../folder.ts';

/** An alerting rule of Prometheus, and how often it is evaluated. */
export interface AlertSource {
  readonly alert: string;
  readonly expr: string;
  /** Seconds. */
  readonly keepFiringFor: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface AlertSourceGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly AlertSource[];
}

/** Grafana evaluates no oftener than every ten seconds. */
const LEAST_INTERVAL = 10;

/**
 * `provisioning/alerting/ninefold.yaml`: one rule for each alert of each SLO. Grafana calls an alert by the title of its
 * rule, so the alert's own name is in the label `alert`.
 */
export function managedAlertsFile(
  groups: readonly AlertSourceGroup[],
  folder: Pick<Folder, 'title'>,
): string {
  return writeYaml({
    apiVersion: 1,
    groups: groups.map(({ name, intervalSeconds, rules }) => ({
      orgId: 1,
      name,
      folder: folder.title,
      interval: `${Math.max(LEAST_INTERVAL, intervalSeconds)}s`,
      rules: rules.map(managedRule),
    })),
  });
}

function managedRule(rule: AlertSource): YamlData {
  const { alert, expr, keepFiringFor, labels } = rule;
  const { slo = '', severity = '' } = labels;
  const own = Object.entries({ ...labels, alert });
  return {
    uid: managedAlertUid(alert, slo, severity),
    title: `${alert} ${slo} ${severity}`,
    condition: 'B',
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: 600, to: 0 },
        datasourceUid: 'prometheus',
        model: { refId: 'A', expr, instant: true, range: false },
      },
      {
        refId: 'B',
        datasourceUid: '__expr__',
        // Prometheus' alerts are the series that are there, whatever their value; only labels are filled in by Grafana.
        model: {
          refId: 'B',
          type: 'math',
          expression: 'is_number($A) || is_nan($A) || is_inf($A)',
        },
      },
    ],
    // Nothing that fires is nothing to tell.
    noDataState: 'OK',
    execErrState: 'Error',
    for: '0s',
    keepFiringFor: `${keepFiringFor}s`,
    labels: Object.fromEntries(own.map(([name, text]) => [name, text.replaceAll('$', '$$$$')])),
    annotations: Object.fromEntries(
      Object.entries(rule.annotations)
        .filter(([, template]) => !asksForMore(template))
        .map(([name, template]) => [name, withGrafanaValue(template)]),
    ),
    isPaused: false,
  };
}

/** An action of a Go template; braces inside of its strings do not end it. */
const ACTION = /\{\{((?:"(?:\\.|[^"\\])*"|[^"])*?)\}\}/g;

/** Whether a template queries other series, which Grafana's cannot. */
function asksForMore(template: string): boolean {
  return [...template.matchAll(ACTION)].some(([, action = '']) =>
    /\bquery\b/.test(action.replace(/"(?:\\.|[^"\\])*"/g, '')),
  );
}

/** `$value` is a text about all queries in Grafana; the number is that of query A. */
function withGrafanaValue(template: string): string {
  return template.replace(ACTION, (action) =>
    action.replace(/\$value\b/g, () => '$values.A.Value'),
  );
}
