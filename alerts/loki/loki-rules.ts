// Rules for Loki's ruler out of SLOs on log lines: one file a service, with alerts that Loki itself evaluates.
import { type Condition, SEVERITIES, type Severity } from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS } from '../../slo/names.ts';
import type { LogForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import { streamSelector } from '../../formats/logql-selector.ts';
import { subjectOf } from '../rules/alert-subject.ts';
import { ruleLabels } from '../rules/burn-alert.ts';
import type { RulesFile, RulesNote } from '../rules/prometheus-rules.ts';
import { formatRuleFile } from '../rules/rule-file.ts';
import type { AlertingRule, RuleGroup } from '../rules/rule.ts';
import { burnAnnotations } from './burn-annotations.ts';
import { burnExpression } from './burn-expression.ts';
import { lineCounts } from './line-counts.ts';
import { SILENCE_SECONDS, silenceAlert } from './silence-alert.ts';

export interface LokiRules {
  /** Rule files as the ruler's storage takes them, and `lokitool rules load`, whose namespace is the file's name. */
  readonly files: readonly RulesFile[];
  readonly notes: readonly RulesNote[];
}

/**
 * The alerts of all SLOs on log lines; SLOs on other telemetry are passed over. What the ruler does differently than
 * the collector is told in the notes. The same SLOs give the same bytes.
 */
export function generateLokiRules(slos: readonly Slo[]): LokiRules {
  const notes: RulesNote[] = [];
  const files = [...Map.groupBy(slos, ({ service }) => service.name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([service, own]) => {
      const ruled = own
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .flatMap((slo) => ruledSlo(slo, notes));
      if (ruled.length === 0) return [];
      const groups = ruled.flatMap(groupsOf);
      const sourceIds = ruled.map(({ slo }) => slo.id);
      return [{ path: `${service}.rules.yaml`, text: formatRuleFile(COMMENT, groups), sourceIds }];
    });
  return { files, notes };
}

const COMMENT = `# Made by ninefold from SLO definitions; changes here are lost. For the ruler of Loki 3.
`;

/** An SLO that the ruler can judge. */
interface RuledSlo {
  readonly slo: Slo;
  readonly form: LogForm;
  readonly streams: string;
}

function ruledSlo(slo: Slo, notes: RulesNote[]): RuledSlo[] {
  const { form } = slo.sli;
  if (form.form !== 'logs') return [];
  const streams = streamSelector(form.total);
  const refusal = refusalOf(slo, form, streams);
  if (refusal !== undefined || streams === undefined) {
    notes.push({
      slo: slo.id,
      severity: 'info',
      reason: `${refusal ?? ''} No rule is written; the collector counts it.`,
    });
    return [];
  }
  notes.push(...limitsOf(slo));
  return [{ slo, form, streams }];
}

/** Why there can be no rule. */
function refusalOf(slo: Slo, form: LogForm, streams: string | undefined): string | undefined {
  if (slo.method.kind === 'time-slices')
    return 'It counts slices of time, and whole slices only the collector sees.';
  if (streams === undefined) return 'No stream selector is found in its query.';
  // oxlint-disable-next-line no-control-regex
  const odd = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\uFEFF]/.exec(
    form.total + form.part,
  );
  if (odd === null) return undefined;
  const code = odd[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase();
  return `Its query holds the character U+${code}, which YAML cannot hold as it is: write it as an escape, \\u${code}.`;
}

const DAY = 86_400;

/** What the rules of an SLO say differently than the collector, and what they cost. */
function limitsOf({ id, burnPolicy, groupBy }: Slo): readonly RulesNote[] {
  const note = (severity: RulesNote['severity'], reason: string): RulesNote => ({
    slo: id,
    severity,
    reason,
  });
  const { conditions, keepFiring } = burnPolicy;
  const kept = SEVERITIES.filter(
    (severity) => keepFiring[severity] > 0 && conditionsOf(conditions, severity).length > 0,
  );
  const windows = conditions.flatMap(({ longWindow, shortWindow }) => [longWindow, shortWindow]);
  const days = [...new Set(windows)].filter((each) => each >= DAY).sort((a, b) => a - b);
  return [
    note(
      'info',
      'Loki alerts, but keeps no budget: what is spent and left of it only the collector knows.',
    ),
    note(
      'info',
      `${ALERTS.missing} is a ticket when Loki has had no line for ${formatDuration(SILENCE_SECONDS)}, as in a night without requests; the collector sends it when it cannot read Loki.`,
    ),
    ...kept.map((severity) =>
      note(
        'info',
        `The ${severity} ends as soon as its windows are clear, not ${formatDuration(keepFiring[severity])} later: Loki's ruler forgets keep_firing_for.`,
      ),
    ),
    ...(days.length === 0
      ? []
      : [
          note(
            'warning',
            `Windows of ${days.map(formatDuration).join(' and ')} read all their lines at every evaluation. Where that is too much, leave these pairs out of burnPolicy.conditions or let the collector judge.`,
          ),
        ]),
    ...(groupBy === undefined
      ? []
      : [
          note(
            'info',
            `Every set of ${groupBy.labels.join(', ')} has alerts of its own, also beyond the limit of ${groupBy.limit}.`,
          ),
        ]),
  ];
}

/** A group for each alert of each SLO: a query that takes long makes no other alert late. */
function groupsOf(ruled: RuledSlo): readonly RuleGroup[] {
  const { slo, streams } = ruled;
  const group = (what: string, intervalSeconds: number, rule: AlertingRule): RuleGroup => ({
    name: `ninefold-${slo.service.name}-${slo.name}-${what}`,
    intervalSeconds,
    rules: [rule],
  });
  return [
    ...SEVERITIES.flatMap((severity) => {
      const conditions = conditionsOf(slo.burnPolicy.conditions, severity);
      if (conditions.length === 0) return [];
      return [group(severity, intervalOf(conditions), burnAlert(ruled, severity, conditions))];
    }),
    group('silence', SILENCE_INTERVAL, silenceAlert(slo, streams)),
  ];
}

function burnAlert(
  { slo, form }: RuledSlo,
  severity: Severity,
  conditions: readonly Condition[],
): AlertingRule {
  const groups = slo.groupBy?.labels ?? [];
  return {
    alert: ALERTS.burn,
    expr: burnExpression(slo, conditions, (seconds) => lineCounts(form, groups, seconds)),
    // The ruler would take the field and forget it.
    keepFiringFor: 0,
    labels: ruleLabels(subjectOf(slo), severity),
    annotations: burnAnnotations(slo, form, conditions),
  };
}

const SILENCE_INTERVAL = 60;
const SHORTEST_INTERVAL = 10;
const LONGEST_INTERVAL = 300;

/** A tenth of the shortest window, because every evaluation reads the lines of all windows again. */
function intervalOf(conditions: readonly Condition[]): number {
  const shortest = Math.min(...conditions.map(({ shortWindow }) => shortWindow));
  return Math.min(Math.max(Math.round(shortest / 10), SHORTEST_INTERVAL), LONGEST_INTERVAL);
}

function conditionsOf(conditions: readonly Condition[], severity: Severity): readonly Condition[] {
  return conditions.filter((each) => each.severity === severity);
}
