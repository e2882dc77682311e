// Reads the files that `dashboards lint` is given: dashboards as JSON or YAML, alone or wrapped, and what is excepted beside them.
import { stat } from 'node:fs/promises';
import { readBoundedJson } from '../../dashboards/lint/bounded-json.ts';
import {
  ExclusionsError,
  readExclusions,
  type ReadExclusions,
} from '../../dashboards/lint/read-exclusions.ts';
import { unwrapDashboards } from '../../dashboards/lint/read-dashboard.ts';
import { parsePlainYaml, PlainYamlError } from '../../formats/plain-yaml.ts';
import { CommandFailure } from '../failure.ts';
import { readInputFile } from '../input-file.ts';

export interface DashboardFile {
  readonly file: string;
  /** Where in the file: `$`, or `$.data["slo.json"]`. */
  readonly path: string;
  readonly json: unknown;
}

const LARGEST_FILE = 32 << 20;
const LARGEST_EXCLUSIONS = 1 << 20;
/** The reader of YAML is slow with what nests deeply; a ConfigMap holds a mebibyte at most. */
const LARGEST_YAML = 2 << 20;

/** The dashboards in a file. @throws CommandFailure that names file, place and what is wrong */
export async function readDashboardFile(file: string): Promise<readonly DashboardFile[]> {
  const text = await readLimited(file, LARGEST_FILE);
  const isYaml = /\.ya?ml$/i.test(file);
  const json = isYaml ? parseYaml(file, text) : parseJson(file, '$', text);
  return unwrapDashboards(json).map((wrapped) => ({
    file,
    path: wrapped.path,
    json: wrapped.text === undefined ? wrapped.json : parseJson(file, wrapped.path, wrapped.text),
  }));
}

/** What a file `.lint` excepts; nothing when there is none. @throws CommandFailure */
export async function readExclusionsFile(file: string): Promise<ReadExclusions> {
  if ((await stat(file).catch(() => undefined))?.isFile() !== true)
    return { exclusions: [], warnings: [] };
  try {
    return readExclusions(await readLimited(file, LARGEST_EXCLUSIONS));
  } catch (error) {
    if (!(error instanceof ExclusionsError)) throw error;
    throw new CommandFailure(
      'badData',
      `${file}: ${error.message}`,
      'correct it; it is YAML with exclusions: {RULE: {reason, entries: [{dashboard, panel, targetIdx}]}}',
      error,
    );
  }
}

/** The names in a list of metrics: one a line, or what Prometheus answers to /api/v1/label/__name__/values. */
export async function readMetricNames(file: string): Promise<ReadonlySet<string>> {
  const text = await readLimited(file, LARGEST_FILE);
  if (!/^\s*[[{]/.test(text)) return new Set(text.split(/\s+/).filter((name) => name !== ''));
  const json = parseJson(file, '$', text);
  const data = Array.isArray(json) ? json : (json as { readonly data?: unknown } | null)?.data;
  if (Array.isArray(data) && data.every((name) => typeof name === 'string')) return new Set(data);
  throw new CommandFailure(
    'badData',
    `${file} holds no list of names`,
    'write one name a line, or save what Prometheus answers to /api/v1/label/__name__/values',
  );
}

/** Without a byte order mark, which JSON does not allow. */
async function readLimited(file: string, largest: number): Promise<string> {
  return (await readInputFile(file, largest)).replace(/^\uFEFF/, '');
}

function parseJson(file: string, at: string, text: string): unknown {
  const read = readBoundedJson(text);
  if ('value' in read) return read.value;
  const { message, path, line, column } = read.problem;
  // Within a wrapper, lines are those of the text in it.
  const inside = at === '$' ? '' : ` in ${at}`;
  throw new CommandFailure(
    'badData',
    `${file}:${line}:${column}:${inside} ${path}: ${message}`,
    'give the JSON of a dashboard, as Grafana exports it',
  );
}

function parseYaml(file: string, text: string): unknown {
  if (text.length > LARGEST_YAML)
    throw new CommandFailure(
      'badData',
      `${file} has ${text.length} characters of YAML`,
      'lint the JSON in it instead',
    );
  try {
    return parsePlainYaml(text);
  } catch (error) {
    if (error instanceof PlainYamlError)
      throw new CommandFailure(
        'badData',
        `${file}:${error.line}: ${error.message}`,
        'correct it',
        error,
      );
    if (error instanceof RangeError)
      throw new CommandFailure(
        'badData',
        `${file} is nested too deeply`,
        'lint the JSON in it instead',
        error,
      );
    throw error;
  }
}
