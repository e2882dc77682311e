// A tree as the file that one target loads: nothing that it would refuse, and a note for whatever had to be dropped.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { writeYaml, type YamlData } from '../../formats/yaml-writer.ts';
import { formatDuration } from '../../slo/duration.ts';
import { type FieldValue, isSecret, type Receiver } from '../receivers/receiver.ts';
import type { SmtpSettings } from '../routing.ts';
import { type AlertmanagerTarget, fieldCapability } from './capability.ts';
import { isTakenWhole } from './secret-files.ts';
import { SHAPES } from './shapes.ts';
import type {
  AlertmanagerNote,
  AlertmanagerTree,
  TreeInhibitRule,
  TreeReceiver,
  TreeRoute,
} from './tree.ts';
import { type IntegrationWriting, writeIntegration } from './write-integration.ts';
import { writeTimeIntervals } from './write-time-intervals.ts';

export interface WrittenConfiguration {
  /** The whole file. */
  readonly text: string;
  readonly notes: readonly AlertmanagerNote[];
}

/** Name of the file of templates, beside the configuration. */
export const TEMPLATE_FILE = 'ninefold.tmpl';

/** Writes a tree for a target. The same tree and target give the same bytes. */
export function writeAlertmanagerConfiguration(
  tree: AlertmanagerTree,
  { target }: { readonly target: AlertmanagerTarget },
): WrittenConfiguration {
  const notes: AlertmanagerNote[] = [];
  const writing: IntegrationWriting = {
    target,
    secretsFolder: tree.secretsFolder,
    given: tree.smtp === undefined ? ['url', 'api_url'] : ['url', 'api_url', 'smarthost', 'from'],
    note: (note) => notes.push(note),
  };
  const document = {
    global: tree.smtp === undefined ? undefined : smtpOf(tree.smtp, tree.secretsFolder),
    templates: [TEMPLATE_FILE],
    route: routeOf(tree.root),
    receivers: tree.receivers.map((receiver) => receiverOf(receiver, writing)),
    inhibit_rules: tree.inhibitRules.map((rule) => inhibitRuleOf(rule, target)),
    time_intervals:
      tree.timeIntervals.length === 0 ? undefined : writeTimeIntervals(tree.timeIntervals),
  };
  const opening = `# For Alertmanager ${target}, written by Ninefold from teams and services: change those instead.\n`;
  return {
    text: `${opening}${writeYaml(document)}`,
    notes: [...notes, ...smtpNotes(tree, target), ...secretNotes(tree)],
  };
}

function smtpOf(smtp: SmtpSettings, secretsFolder: string): YamlData {
  return {
    smtp_smarthost: smtp.smarthost,
    smtp_from: smtp.from,
    smtp_auth_username: smtp.user,
    smtp_auth_password_file:
      smtp.password === undefined ? undefined : secretPath(smtp.password, secretsFolder),
    smtp_require_tls: smtp.requireTls,
  };
}

function smtpNotes(
  { smtp }: AlertmanagerTree,
  target: AlertmanagerTarget,
): readonly AlertmanagerNote[] {
  if (smtp?.password === undefined || !isTakenWhole('email', 'auth_password', target)) return [];
  return [
    {
      severity: 'warning',
      about: 'smtp',
      message: `Alertmanager ${target} takes the file of smtp_auth_password as it is: with a line end in it, no mail would leave.`,
      remedy: `Write the file without one: printf %s "$SECRET" > file.`,
    },
  ];
}

function secretPath(
  secret: { readonly file: string } | { readonly environment: string },
  folder: string,
): string {
  return 'file' in secret ? secret.file : `${folder}/${secret.environment}`;
}

function routeOf(route: TreeRoute): YamlData {
  const { matchers, timers, muteTimeIntervals, activeTimeIntervals, routes } = route;
  return {
    receiver: route.receiver,
    matchers: matchers.length === 0 ? undefined : matchers.map(matcherText),
    group_by: route.groupBy,
    group_wait: timers && formatDuration(timers.groupWait),
    group_interval: timers && formatDuration(timers.groupInterval),
    repeat_interval: timers && formatDuration(timers.repeatInterval),
    mute_time_intervals: muteTimeIntervals,
    active_time_intervals: activeTimeIntervals,
    routes: routes?.map(routeOf),
  };
}

/** The one spelling that every parser of matchers since 0.22 reads alike: an ASCII name and a quoted value. */
function matcherText({ name, operator, value }: LabelMatcher): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${name}${operator}"${escaped}"`;
}

function inhibitRuleOf(rule: TreeInhibitRule, target: AlertmanagerTarget): YamlData {
  const named = fieldCapability(SHAPES['inhibit-rule'], 'name', target)?.known === true;
  return {
    name: named ? rule.name : undefined,
    source_matchers: rule.source.map(matcherText),
    target_matchers: rule.target.map(matcherText),
    equal: rule.equal,
  };
}

function receiverOf({ name, integrations }: TreeReceiver, writing: IntegrationWriting): YamlData {
  const byKey: Record<string, YamlData[]> = {};
  for (const integration of integrations) {
    const written = writeIntegration(integration, name, writing);
    if (written === undefined) continue;
    const key = `${integration.integration}_configs`;
    byKey[key] = [...(byKey[key] ?? []), written];
  }
  if (integrations.length > 0 && Object.keys(byKey).length === 0)
    writing.note({
      severity: 'error',
      about: name,
      message: `Nobody is left in the receiver ${name}: its alerts reach nobody.`,
      remedy: `Name a receiver that Alertmanager ${writing.target} has.`,
    });
  return { name, ...byKey };
}

/** Where secrets of the environment are expected, each told once. */
function secretNotes(tree: AlertmanagerTree): readonly AlertmanagerNote[] {
  const named = new Map<string, string>();
  for (const { name, integrations } of tree.receivers)
    for (const variable of integrations.flatMap(({ fields }) => variablesIn(fields)))
      if (!named.has(variable)) named.set(variable, name);
  if (tree.smtp?.password !== undefined)
    for (const variable of variablesIn({ password: tree.smtp.password }))
      named.set(variable, 'smtp');
  return [...named]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, about]) => ({
      severity: 'info',
      about,
      message: `Alertmanager reads no environment variables: it reads ${variable} from the file ${tree.secretsFolder}/${variable}.`,
      remedy: `Put the secret there, or write fromFile('/path/of/the/secret').`,
    }));
}

function variablesIn(fields: Receiver['fields']): readonly string[] {
  return Object.values(fields).flatMap((value: FieldValue): readonly string[] => {
    if (typeof value !== 'object') return [];
    if (Array.isArray(value)) return [];
    if (isSecret(value)) return 'environment' in value ? [value.environment] : [];
    return variablesIn(value as Receiver['fields']);
  });
}
