// Fields and services that are on their way out.
import { isGiven, listField, objectField, placeOf } from '../read/source.ts';
import type { SourceObject } from '../read/source.ts';
import type { LintSubject } from './lint-subject.ts';

export function findDeprecatedParts({ file, routes, findings }: LintSubject): void {
  const old = (object: SourceObject, field: string, remedy: string): void => {
    if (object.values.get(field) === undefined) return;
    findings.warning(
      'deprecated-field',
      object.keys.get(field) ?? placeOf(object, field),
      `${field} is deprecated and will be removed from Alertmanager`,
      remedy,
      field,
    );
  };
  old(file, 'mute_time_intervals', 'Call it time_intervals.');
  for (const { source } of routes) {
    for (const field of ['match', 'match_re']) old(source, field, 'Use matchers.');
  }
  for (const rule of listField(file, 'inhibit_rules')) {
    if (rule === undefined) continue;
    for (const side of ['source', 'target']) {
      for (const field of [`${side}_match`, `${side}_match_re`])
        old(rule, field, `Use ${side}_matchers.`);
    }
  }
  for (const http of httpConfigs(file)) {
    for (const field of ['bearer_token', 'bearer_token_file']) {
      if (isGiven(http, field)) old(http, field, 'Use authorization with credentials_file.');
    }
  }
}

export function findEndingServices({ configuration, findings }: LintSubject): void {
  for (const { integrations } of configuration.receivers) {
    for (const { kind, position } of integrations) {
      if (kind === 'opsgenie') {
        findings.warning(
          'ending-service',
          position,
          'Opsgenie ends on 2027-04-05; from then on these notifications fail',
          'Move to Jira Service Management, or to another pager.',
          kind,
        );
      } else if (kind === 'msteams') {
        findings.warning(
          'ending-service',
          position,
          'Microsoft has retired the Office 365 connectors that msteams writes to',
          'Use msteamsv2 with a workflow.',
          kind,
        );
      }
    }
  }
}

function httpConfigs(file: SourceObject): SourceObject[] {
  const owners = [
    objectField(file, 'global'),
    ...listField(file, 'receivers').flatMap((receiver) =>
      [...(receiver?.values.keys() ?? [])]
        .filter((field) => field.endsWith('_configs'))
        .flatMap((field) => listField(receiver, field)),
    ),
  ];
  return owners
    .map((owner) => objectField(owner, 'http_config'))
    .filter((each) => each !== undefined);
}
