// Checks in a file of their own, resolved: what a CronJob runs without the workspace they were defined in.
import { isRecord } from '../slo/plain-data.ts';
import type { Check } from './check.ts';

/** How the names of such files end. */
export const CHECK_FILE_ENDING = '.checks.json';

const FORMAT = 'ninefold-checks/1';
/** A ConfigMap holds a mebibyte; files elsewhere may be larger. */
const LARGEST_FILE = 16 * 1024 * 1024;
const MOST_CHECKS = 10_000;
const LONGEST_PERIOD_SECONDS = 7 * 86_400;
const LONGEST_TRY_MS = 600_000;

/** The checks as JSON text. */
export function formatCheckFile(checks: readonly Check[]): string {
  return `${JSON.stringify({ format: FORMAT, checks })}\n`;
}

/** The checks of a file's text. @throws CheckFileError that names the place, the value and what was expected */
export function parseCheckFile(text: string): readonly Check[] {
  if (text.length > LARGEST_FILE)
    throw new CheckFileError(`it has ${text.length} characters, more than ${LARGEST_FILE}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CheckFileError('it is no JSON');
  }
  if (!isRecord(value) || value['format'] !== FORMAT)
    throw new CheckFileError(`its format is not '${FORMAT}'`);
  const { checks } = value;
  if (!Array.isArray(checks) || checks.length > MOST_CHECKS)
    throw new CheckFileError(`checks is not a list of at most ${MOST_CHECKS}`);
  return checks.map((each: unknown, index) => {
    const wrong = whatIsWrong(each);
    if (wrong !== undefined) throw new CheckFileError(`checks[${index}].${wrong}`);
    return each as Check;
  });
}

/** A file does not hold checks as `ninefold build` writes them. */
class CheckFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckFileError';
  }
}

type Rule = readonly [name: string, holds: (value: unknown) => boolean, expected: string];

const within =
  (least: number, most: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value >= least && value <= most;
const isText = (value: unknown): boolean => typeof value === 'string';
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isLabels = (value: unknown): boolean => isRecord(value) && Object.values(value).every(isText);

const RULES: readonly Rule[] = [
  ['kind', (value) => value === 'check', `'check'`],
  ['id', isText, 'text'],
  ['name', isText, 'text'],
  ['everySeconds', within(1, LONGEST_PERIOD_SECONDS), 'seconds up to a week'],
  ['jitter', within(0, 1), 'a ratio from 0 to 1'],
  ['timeoutMs', within(1, LONGEST_TRY_MS), 'milliseconds up to ten minutes'],
  ['locations', isNames, 'a list of texts'],
  ['tags', isNames, 'a list of texts'],
  ['labels', isLabels, 'texts by name'],
];
const SERVICE_RULES: readonly Rule[] = [
  ['name', isText, 'text'],
  ['team', isText, 'text'],
  ['labels', isLabels, 'texts by name'],
];
const PROBE_RULES: readonly Rule[] = [
  ['type', isText, 'text'],
  ['target', isText, 'text'],
  ['settings', isRecord, 'an object'],
  ['assertions', Array.isArray, 'a list'],
];
const RETRY_RULES: readonly Rule[] = [
  ['most', within(0, 5), '0 to 5'],
  ['waitMs', within(0, LONGEST_TRY_MS), 'milliseconds up to ten minutes'],
  ['backoff', (value) => value === 'fixed' || value === 'exponential', 'fixed or exponential'],
  ['on', (value) => value === 'network' || value === 'failure', 'network or failure'],
];

/** `timeoutMs is -1 instead of …`, of the first thing that is wrong. */
function whatIsWrong(check: unknown): string | undefined {
  return (
    broken(check, RULES, '') ??
    broken(field(check, 'service'), SERVICE_RULES, 'service.') ??
    broken(field(check, 'probe'), PROBE_RULES, 'probe.') ??
    broken(field(check, 'retries'), RETRY_RULES, 'retries.')
  );
}

function broken(value: unknown, rules: readonly Rule[], path: string): string | undefined {
  const wrong = rules.find(([name, holds]) => !holds(field(value, name)));
  if (wrong === undefined) return undefined;
  const [name, , expected] = wrong;
  const shown = JSON.stringify(field(value, name))?.slice(0, 100) ?? 'absent';
  return `${path}${name} is ${shown} instead of ${expected}`;
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
