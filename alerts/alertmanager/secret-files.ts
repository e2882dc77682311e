// Which files of secrets a target takes as they are, line end included, so that they must not end with one.
import { type AlertmanagerTarget, isSupported } from './capability.ts';
import type { IntegrationKind } from './integrations.ts';

interface UntrimmedFile {
  readonly integration: IntegrationKind;
  readonly field: string;
  /** The first target that takes the line end off; undefined: none does. */
  readonly trimmedSince?: AlertmanagerTarget;
}

/** Read off what each version does with the file; all others take white space off both ends. */
const UNTRIMMED: readonly UntrimmedFile[] = [
  // Since 0.28.1, and 0.28 is the whole line.
  { integration: 'opsgenie', field: 'api_key', trimmedSince: '0.31' },
  { integration: 'email', field: 'auth_password', trimmedSince: '0.28' },
  { integration: 'pushover', field: 'user_key' },
  { integration: 'pushover', field: 'token' },
];

/** Whether a secret's file must hold the secret and nothing else, not even a line end. */
export function isTakenWhole(
  integration: IntegrationKind,
  field: string,
  target: AlertmanagerTarget,
): boolean {
  return UNTRIMMED.some(
    (each) =>
      each.integration === integration &&
      each.field === field &&
      (each.trimmedSince === undefined || !isSupported(each.trimmedSince, target)),
  );
}
