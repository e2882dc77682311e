// What checks need from outside: variables and files, and the same checks with files where a job finds them.
import { isRecord } from '../../slo/plain-data.ts';
import type { Check } from '../check.ts';
import { textHash } from '../text-hash.ts';

export interface NeededSecrets {
  /** Names of environment variables, sorted. */
  readonly variables: readonly string[];
  /** By the key under which a Secret holds it, the path that the check was written with; sorted by key. */
  readonly files: ReadonlyMap<string, string>;
}

/** Properties of `tls` that are paths of files. */
const TLS_FILES = ['ca', 'certificate'];

/** Checks whose files are in one folder, each under its key; and what was found in them. */
export function withFilesIn(
  checks: readonly Check[],
  folder: string,
): { readonly checks: readonly Check[]; readonly needed: NeededSecrets } {
  const variables = new Set<string>();
  const files = new Map<string, string>();
  const moved = (path: string): string => {
    const plain = secretKey(path);
    const other = files.get(plain);
    // Two paths that differ in what a key cannot hold.
    const key =
      other === undefined || other === path ? plain : `${plain}.${textHash(path).toString(36)}`;
    files.set(key, path);
    return `${folder}/${key}`;
  };

  function walk(value: unknown, inTls: boolean): unknown {
    if (Array.isArray(value)) return value.map((each) => walk(each, false));
    if (!isRecord(value)) return value;
    if (value['kind'] === 'secret') {
      const { environment, file } = value;
      if (typeof environment === 'string') variables.add(environment);
      return typeof file === 'string' ? { ...value, file: moved(file) } : value;
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        inTls && TLS_FILES.includes(name) && typeof each === 'string'
          ? moved(each)
          : walk(each, name === 'tls'),
      ]),
    );
  }

  const changed = checks.map((check) => ({
    ...check,
    probe: { ...check.probe, settings: walk(check.probe.settings, false) },
  }));
  return {
    checks: changed,
    needed: {
      variables: [...variables].sort(),
      files: new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1))),
    },
  };
}

/** The key of a file in a Secret: its path with dots, `run.secrets.token` for `/run/secrets/token`. */
function secretKey(path: string): string {
  return path
    .replaceAll(/[^\w.-]+/g, '.')
    .replace(/^\.+/, '')
    .slice(0, 253);
}
