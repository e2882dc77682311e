// What checks need from outside: variables, secret files, documents and reports; and the same checks with files where a job finds them.
import { isRecord } from '../../slo/plain-data.ts';
import type { Check } from '../check.ts';
import { CHECK_FILE_ENDING } from '../check-file.ts';
import { textHash } from '../text-hash.ts';

/** By the key under which a volume holds it, the path that the check was written with; sorted by key. */
export type KeyedFiles = ReadonlyMap<string, string>;

export interface JobNeeds {
  /** Names of environment variables, sorted. */
  readonly variables: readonly string[];
  /** What a Secret must hold: secrets in files, and documents whose text is not known. */
  readonly secrets: KeyedFiles;
  /** What is handed over with the definitions: contracts, and certificates without their keys. */
  readonly documents: KeyedFiles;
  /** Where other jobs leave the time of their last report, for heartbeats. */
  readonly reports: KeyedFiles;
}

/** Where a job finds its files, each kind in a folder of its own. */
export interface JobFolders {
  readonly secrets: string;
  readonly documents: string;
  readonly reports: string;
}

type FileKind = keyof JobFolders;

/** Which properties are paths of files, by the object that they are in. */
const FILES: Readonly<Record<string, Readonly<Record<string, FileKind>>>> = {
  tls: { ca: 'documents', certificate: 'documents' },
  document: { openapi: 'documents', schema: 'documents' },
  source: { file: 'reports' },
};
/** What is sent may have properties of any name; only references to secrets are ours in it. */
const SENT = 'body';

/** Checks whose files are in the folders, each under its key, and what was found in them; `isKnown` tells documents whose text is at hand. */
export function withFilesIn(
  checks: readonly Check[],
  folders: JobFolders,
  isKnown: (path: string) => boolean,
): { readonly checks: readonly Check[]; readonly needs: JobNeeds } {
  const variables = new Set<string>();
  const files = { secrets: keyedFiles(), documents: keyedFiles(), reports: keyedFiles() };
  const moved = (kind: FileKind, path: string): string => {
    const place = kind === 'documents' && !isKnown(path) ? 'secrets' : kind;
    return `${folders[place]}/${files[place].keyOf(path)}`;
  };

  function walk(value: unknown, within: string): unknown {
    if (Array.isArray(value)) return value.map((each) => walk(each, within));
    if (!isRecord(value)) return value;
    if (value['kind'] === 'secret') {
      const { environment, file } = value;
      if (typeof environment === 'string') variables.add(environment);
      return typeof file === 'string' ? { ...value, file: moved('secrets', file) } : value;
    }
    const kinds = FILES[within] ?? {};
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
        return kind !== undefined && typeof each === 'string'
          ? [name, moved(kind, each)]
          : [name, walk(each, within === SENT ? SENT : name)];
      }),
    );
  }

  const changed = checks.map((check) => ({
    ...check,
    probe: { ...check.probe, settings: walk(check.probe.settings, '') },
  }));
  return {
    checks: changed,
    needs: {
      variables: [...variables].sort(),
      secrets: files.secrets.sorted(),
      documents: files.documents.sorted(),
      reports: files.reports.sorted(),
    },
  };
}

/** For those who ask only what is needed. */
const NOWHERE: JobFolders = { secrets: '', documents: '', reports: '' };

/** The paths of all documents that checks are written with, sorted. */
export function documentPaths(checks: readonly Check[]): readonly string[] {
  const { needs } = withFilesIn(checks, NOWHERE, () => true);
  return [...needs.documents.values()].sort();
}

/** The variables that checks read, sorted. */
export function neededVariables(checks: readonly Check[]): readonly string[] {
  return withFilesIn(checks, NOWHERE, () => true).needs.variables;
}

/** Gives each path a key of its own: its path with dots, `run.secrets.token` for `/run/secrets/token`. */
function keyedFiles(): {
  readonly keyOf: (path: string) => string;
  readonly sorted: () => KeyedFiles;
} {
  const paths = new Map<string, string>();
  return {
    keyOf(path) {
      const plain = plainKey(path);
      const other = paths.get(plain);
      // Two paths that differ in what a key cannot hold; or one that would be the definitions' own.
      const taken = (other !== undefined && other !== path) || plain.endsWith(CHECK_FILE_ENDING);
      const key = taken ? `${plain}.${textHash(path).toString(36)}` : plain;
      paths.set(key, path);
      return key;
    },
    sorted: () => new Map([...paths].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** Kubernetes takes 253 characters; some are left for what tells two apart. */
const LONGEST_KEY = 240;

function plainKey(path: string): string {
  return path
    .replaceAll(/[^\w.-]+/g, '.')
    .replace(/^\.+/, '')
    .slice(0, LONGEST_KEY);
}
