// Reads any Alertmanager file for a target version: a configuration when that version would load it, else all that it would refuse.
import { YamlSyntaxError } from '../../formats/yaml-cursor.ts';
import { parseYamlDocument } from '../../formats/yaml-document.ts';
import type { YamlDocument } from '../../formats/yaml-document.ts';
import type { AlertmanagerTarget } from './capability.ts';
import type { AlertmanagerConfiguration } from './configuration.ts';
import { FindingList } from './finding.ts';
import type { AlertmanagerFinding } from './finding.ts';
import { checkConfiguration } from './read/configuration-rules.ts';
import { buildConfiguration } from './read/configuration-build.ts';
import { UnreadableFile } from './read/alias-guard.ts';
import { Decoder } from './read/decoder.ts';
import { isSourceObject } from './read/source.ts';
import type { SourceObject, SourceTemplate } from './read/source.ts';

/** Characters; Alertmanager itself has no bound. */
const LONGEST_FILE = 8_000_000;
/** Collections inside collections; Alertmanager allows 10,000. */
const DEEPEST_FILE = 200;
/** Keys and values; a tree of 20,000 routes has no more. */
const MOST_NODES = 500_000;

export interface ReadAlertmanagerConfiguration {
  /** Undefined when the target would refuse the file. */
  readonly configuration?: AlertmanagerConfiguration;
  /** Why it would; in the order of the file. */
  readonly findings: readonly AlertmanagerFinding[];
}

/** What the lint looks at besides the configuration. */
export interface ReadSource {
  readonly file: SourceObject;
  readonly templates: readonly SourceTemplate[];
  readonly ignoredFrom: YamlDocument['ignoredFrom'];
}

/** @param target default 0.34 */
export function readAlertmanagerConfiguration(
  text: string,
  target: AlertmanagerTarget = '0.34',
): ReadAlertmanagerConfiguration {
  const findings = new FindingList();
  const read = readInto(text, target, findings);
  return {
    ...(read === undefined ? {} : { configuration: read.configuration }),
    findings: findings.sorted(),
  };
}

/** The same, with findings added to a list; undefined when the target would refuse the file. */
export function readInto(
  text: string,
  target: AlertmanagerTarget,
  findings: FindingList,
): (ReadSource & { readonly configuration: AlertmanagerConfiguration }) | undefined {
  const document = parse(text, findings);
  if (document === undefined) return undefined;
  const decoder = new Decoder({ target, findings });
  const file = decode(document, decoder);
  if (file !== undefined) checkConfiguration(file, decoder);
  if (file === undefined || findings.errors > 0) return undefined;
  return {
    configuration: buildConfiguration(file, target),
    file,
    templates: decoder.templates,
    ignoredFrom: document.ignoredFrom,
  };
}

function parse(text: string, findings: FindingList): YamlDocument | undefined {
  try {
    return parseYamlDocument(text, {
      length: LONGEST_FILE,
      depth: DEEPEST_FILE,
      nodes: MOST_NODES,
    });
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    findings.error(
      'yaml-syntax',
      error,
      `the file is no YAML that Alertmanager reads: ${error.message}`,
      'Look at the indentation, quotes and brackets here and on the line before.',
    );
    return undefined;
  }
}

function decode(document: YamlDocument, decoder: Decoder): SourceObject | undefined {
  try {
    const file =
      document.root === undefined
        ? undefined
        : decoder.decode(document.root, '{configuration}', '');
    if (isSourceObject(file)) return file;
    if (decoder.findings.errors === 0) {
      decoder.findings.error(
        'root-route',
        { line: 1, column: 1 },
        'the file is empty',
        'Write at least route and receivers.',
      );
    }
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}
