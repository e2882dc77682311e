// Reads the files that the commands about Alertmanager are given: configurations, alerts, route tests.
import {
  ALERTMANAGER_TARGETS,
  type AlertmanagerTarget,
} from '../../alerts/alertmanager/capability.ts';
import type { AlertmanagerConfiguration } from '../../alerts/alertmanager/configuration.ts';
import type { AlertmanagerFinding } from '../../alerts/alertmanager/finding.ts';
import { readAlertmanagerConfiguration } from '../../alerts/alertmanager/read-configuration.ts';
import { isZone } from '../../alerts/alertmanager/time-interval.ts';
import { formatDiagnostics } from '../../formats/diagnostics.ts';
import { parsePlainYaml, PlainYamlError } from '../../formats/plain-yaml.ts';
import type { Diagnostic } from '../../slo/diagnostic.ts';
import { CommandFailure } from '../failure.ts';
import { readInputFile } from '../input-file.ts';
import { plainText } from '../plain-text.ts';
import type { Terminal } from '../terminal.ts';

const LARGEST_FILE = 64 << 20;
/** As many bytes as the reader of configurations takes characters: a larger one is not judged. */
const LARGEST_CONFIGURATION = 8_000_000;

/** The text of a configuration. @throws CommandFailure */
export function readConfigurationText(file: string): Promise<string> {
  return readInputFile(file, LARGEST_CONFIGURATION);
}

/** The IANA name that `--zone` gives. @throws CommandFailure */
export function zoneOf(given: string | undefined): string | undefined {
  if (given === undefined || (given !== '' && given !== 'Local' && isZone(given))) return given;
  throw new CommandFailure(
    'usage',
    `--zone ${given} is no time zone`,
    'write a name of the IANA database, such as Europe/Berlin',
  );
}

/** The version of Alertmanager that `--target` names. @throws CommandFailure */
export function targetOf(given: string | undefined): AlertmanagerTarget {
  const newest = ALERTMANAGER_TARGETS.at(-1) ?? '0.34';
  const found = ALERTMANAGER_TARGETS.find((target) => target === (given ?? newest));
  if (found === undefined)
    throw new CommandFailure(
      'usage',
      `${given} is no target`,
      `write one of ${ALERTMANAGER_TARGETS.join(', ')}; what lies between counts as the older one`,
    );
  return found;
}

/** A configuration that the target would load. @throws CommandFailure after telling why it would not */
export async function needConfiguration(
  terminal: Terminal,
  file: string,
  target: AlertmanagerTarget,
): Promise<AlertmanagerConfiguration> {
  const text = await readConfigurationText(file);
  const { configuration, findings } = readAlertmanagerConfiguration(text, target);
  if (configuration !== undefined) return configuration;
  for (const line of findingLines(file, findings, (colour, text) =>
    terminal.paintErr(colour, text),
  ))
    terminal.err(line);
  throw new CommandFailure(
    'badData',
    `Alertmanager ${target} would refuse ${file}`,
    `correct it; \`ninefold alerts lint ${file}\` shows this again`,
  );
}

/** Findings for people, each with its place, what is wrong and what to do. */
export function findingLines(
  file: string,
  findings: readonly AlertmanagerFinding[],
  paint: Terminal['paint'],
): readonly string[] {
  return findings.flatMap(({ code, severity, message, line, column, remedy }) => [
    `${file}:${line}:${column}: ${paint(severity === 'error' ? 'red' : 'yellow', severity)}: ${plainText(message)} ${paint('dim', `[${code}]`)}`,
    `  ${plainText(remedy)}`,
  ]);
}

/** YAML or JSON read by one of the alerts room's readers. @throws CommandFailure after telling what is wrong */
export async function needData<Read extends object>(
  terminal: Terminal,
  file: string,
  read: (data: unknown) => Read | { readonly problems: readonly Diagnostic[] },
): Promise<Exclude<Read, { readonly problems: readonly Diagnostic[] }>> {
  const result = read(parseData(file, await readInputFile(file, LARGEST_FILE)));
  if (!('problems' in result))
    return result as Exclude<Read, { readonly problems: readonly Diagnostic[] }>;
  const problems = result.problems.map((each) => ({ ...each, file }));
  terminal.err(formatDiagnostics(problems, { colour: terminal.colourErr }).trimEnd());
  throw new CommandFailure('badData', `${file} has errors`, 'correct them');
}

function parseData(file: string, text: string): unknown {
  try {
    return parsePlainYaml(text);
  } catch (error) {
    if (!(error instanceof PlainYamlError)) throw error;
    throw new CommandFailure(
      'badData',
      `${file}, line ${error.line}: ${error.message}`,
      'write YAML or JSON',
      error,
    );
  }
}
