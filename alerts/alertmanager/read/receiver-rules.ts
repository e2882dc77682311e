// What Alertmanager asks of receivers once `global` is known: what an integration lacks may stand there.
import type { AlertmanagerTarget, IntegrationCapability } from '../capability.ts';
import { isSupported } from '../capability.ts';
import type { FindingList } from '../finding.ts';
import { INTEGRATIONS } from '../integrations.ts';
import { hasAuthorization } from './http-rules.ts';
import { isGiven, listField, objectField, placeOf, textField } from './source.ts';
import type { SourceObject } from './source.ts';

/** Fields of `global` that hold something when nobody says anything. */
const GLOBAL_DEFAULTS: ReadonlySet<string> = new Set([
  'pagerduty_url',
  'opsgenie_api_url',
  'wechat_api_url',
  'victorops_api_url',
  'telegram_api_url',
  'webex_api_url',
  'rocketchat_api_url',
  'slack_app_url',
  'http_config',
]);

interface Setting {
  readonly global: SourceObject | undefined;
  readonly target: AlertmanagerTarget;
  readonly findings: FindingList;
}

/** Notes everything that an integration of the receiver lacks or has twice. */
export function checkIntegrations(receiver: SourceObject, setting: Setting): void {
  for (const [kind, capability] of Object.entries(INTEGRATIONS)) {
    for (const entry of listField(receiver, `${kind}_configs`)) {
      if (entry === undefined) nullEntry(receiver, kind, setting.findings);
      else checkIntegration(entry, kind, capability, setting);
    }
  }
}

/** Notes fields of `global` that exclude one another. */
export function checkGlobal({ global, findings }: Setting): void {
  const pairs = [
    ['slack_api_url', 'slack_api_url_file'],
    ['slack_app_token', 'slack_app_token_file'],
    ['opsgenie_api_key', 'opsgenie_api_key_file'],
    ['victorops_api_key', 'victorops_api_key_file'],
    ['telegram_bot_token', 'telegram_bot_token_file'],
    ['smtp_auth_password', 'smtp_auth_password_file'],
    ['smtp_auth_secret', 'smtp_auth_secret_file'],
    ['wechat_api_secret', 'wechat_api_secret_file'],
    ['mattermost_webhook_url', 'mattermost_webhook_url_file'],
  ] as const;
  if (global === undefined) return;
  for (const pair of pairs) exclusive(global, pair, findings);
  for (const name of ['rocketchat_token', 'rocketchat_token_id']) {
    if (global.values.get(name) !== undefined)
      exclusive(global, [name, `${name}_file`], findings, true);
  }
  if (!isGiven(global, 'slack_app_token') && !isGiven(global, 'slack_app_token_file')) return;
  if (!isGiven(global, 'slack_api_url') && !isGiven(global, 'slack_api_url_file')) return;
  // Both may be there when they lead to the same place: an old way to use tokens.
  const app = global.values.has('slack_app_url')
    ? textField(global, 'slack_app_url')
    : 'https://slack.com/api/chat.postMessage';
  if (textField(global, 'slack_api_url') === app && app !== '') return;
  exclusive(
    global,
    ['slack_api_url', 'slack_api_url_file', 'slack_app_token', 'slack_app_token_file'],
    findings,
  );
}

function checkIntegration(
  entry: SourceObject,
  kind: string,
  capability: IntegrationCapability,
  setting: Setting,
): void {
  const known = (group: readonly string[]): string[] =>
    group.filter((name) => Object.hasOwn(capability.fields, name));
  for (const group of capability.exclusive) {
    const given = known(group).filter((name) => isHeld(entry, name));
    if (given.length > 1) conflict(entry, given, setting.findings);
  }
  if (kind === 'slack') return checkSlack(entry, setting);
  for (const group of capability.required) {
    if (kind === 'webex' && group[0] === 'http_config') continue;
    if (
      known(group).some((name) => isHeld(entry, name) || stands(capability.fallback[name], setting))
    )
      continue;
    missing(entry, kind, group, capability, setting.findings);
  }
  if (kind === 'webex' && !hasAuthorization(objectField(entry, 'http_config'))) {
    setting.findings.error(
      'missing-field',
      placeOf(entry, 'http_config'),
      'webex needs http_config with authorization',
      'Add http_config.authorization.credentials_file.',
    );
  }
  if (kind === 'incidentio') checkIncidentio(entry, setting.findings);
  if (kind === 'sns') checkSns(entry, setting.findings);
  if (kind === 'msteamsv2') checkCopiedHttp(entry, setting);
}

/** Whether a field is set in the integration itself; an optional secret may be empty. */
function isHeld(entry: SourceObject, name: string): boolean {
  if (entry.shape === 'rocketchat' && (name === 'token' || name === 'token_id')) {
    return entry.values.get(name) !== undefined;
  }
  return isGiven(entry, name);
}

/** Whether a field of `global` stands in. */
function stands(name: string | undefined, { global, target }: Setting): boolean {
  if (name === undefined) return false;
  if (global?.values.has(name) === true) {
    return name.startsWith('rocketchat_token') && !name.endsWith('_file')
      ? global.values.get(name) !== undefined
      : isGiven(global, name);
  }
  if (name === 'slack_app_url' && !isSupported('0.31', target)) return false;
  return GLOBAL_DEFAULTS.has(name);
}

function checkSlack(entry: SourceObject, setting: Setting): void {
  const { findings, target } = setting;
  const own = (names: readonly string[]): boolean => names.some((name) => isGiven(entry, name));
  const token = ['app_token', 'app_token_file'];
  const address = ['api_url', 'api_url_file'];
  const http = objectField(entry, 'http_config');
  if (own(token) && own(address)) {
    conflict(
      entry,
      [...address, ...token].filter((name) => isGiven(entry, name)),
      findings,
    );
  }
  const takesToken = !own(token) && !hasAuthorization(http) && !isGiven(entry, 'api_url');
  const globalToken = token.some((name) => stands(`slack_${name}`, setting));
  const hasToken = own(token) || (takesToken && globalToken);
  const hasAddress = own(address) || address.some((name) => stands(`slack_${name}`, setting));
  if (!hasToken && !hasAddress) {
    missing(entry, 'slack', [...address, ...token], INTEGRATIONS.slack, findings);
  }
  if (!isSupported('0.31', target)) return;
  if (!isGiven(entry, 'app_url') && !stands('slack_app_url', setting)) {
    missing(entry, 'slack', ['app_url'], INTEGRATIONS.slack, findings);
  }
  checkCopiedHttp(entry, setting);
  if (hasToken && hasAuthorization(http ?? objectField(setting.global, 'http_config'))) {
    findings.error(
      'conflicting-fields',
      placeOf(entry, 'http_config'),
      "http authorization can't be set when using Slack app tokens",
      'Drop the authorization, or the token.',
    );
  }
  if (
    isGiven(entry, 'update_message') &&
    textField(entry, 'api_url') !== 'https://slack.com/api/chat.postMessage'
  ) {
    findings.error(
      'conflicting-fields',
      placeOf(entry, 'update_message'),
      'update_message can only be used with bot tokens',
      'Set api_url to https://slack.com/api/chat.postMessage in the same entry, or drop update_message.',
    );
  }
}

/** Some integrations copy the HTTP settings of `global`, and crash when those are null. */
function checkCopiedHttp(entry: SourceObject, { global, findings, target }: Setting): void {
  const reads = entry.shape === 'slack' || isSupported('0.34', target);
  const isNull =
    global?.values.has('http_config') === true && global.values.get('http_config') === undefined;
  if (!reads || !isNull) return;
  if (entry.shape === 'slack' && objectField(entry, 'http_config') !== undefined) return;
  findings.error(
    'null-entry',
    placeOf(global, 'http_config'),
    'Alertmanager crashes on a null http_config in global',
    'Drop the field.',
  );
}

function checkIncidentio(entry: SourceObject, findings: FindingList): void {
  const http = objectField(entry, 'http_config');
  const token = ['alert_source_token', 'alert_source_token_file'].filter((name) =>
    isGiven(entry, name),
  );
  if (hasAuthorization(http) && token.length > 0) {
    conflict(entry, ['http_config', ...token], findings);
  }
  if (http !== undefined && !hasAuthorization(http) && token.length === 0) {
    missing(
      entry,
      'incidentio',
      ['alert_source_token', 'alert_source_token_file'],
      INTEGRATIONS.incidentio,
      findings,
    );
  }
}

function checkSns(entry: SourceObject, findings: FindingList): void {
  const given = ['topic_arn', 'phone_number', 'target_arn'].filter((name) => isGiven(entry, name));
  // Go's check is a chain of unequal signs: two at once fail, three at once pass.
  if (given.length === 2) conflict(entry, given, findings);
}

function exclusive(
  object: SourceObject,
  names: readonly string[],
  findings: FindingList,
  firstHeld = false,
): void {
  const given = names.filter((name, index) => (firstHeld && index === 0) || isGiven(object, name));
  if (given.length > 1) conflict(object, given, findings);
}

function conflict(object: SourceObject, given: readonly string[], findings: FindingList): void {
  findings.error(
    'conflicting-fields',
    placeOf(object, given[1]),
    `at most one of ${given.join(', ')} can be given`,
    `Keep one of ${given.join(', ')}.`,
  );
}

function missing(
  entry: SourceObject,
  kind: string,
  group: readonly string[],
  capability: IntegrationCapability,
  findings: FindingList,
): void {
  const first = group[0] ?? '';
  const fallback = capability.fallback[first];
  findings.error(
    'missing-field',
    entry.position,
    `${kind} needs ${group.length === 1 ? first : `one of ${group.join(', ')}`}`,
    fallback === undefined ? `Add ${first}.` : `Add ${first} here or ${fallback} to global.`,
  );
}

function nullEntry(receiver: SourceObject, kind: string, findings: FindingList): void {
  findings.error(
    'null-entry',
    placeOf(receiver, `${kind}_configs`),
    `an entry of ${kind}_configs is empty`,
    'Fill the entry, or remove its dash.',
  );
}
