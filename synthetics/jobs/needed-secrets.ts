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

/** Which properties are paths of files, by the object that they are in. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  tls: ['ca', 'certificate'],
  document: ['openapi', 'schema'],
};
/** What is sent may have properties of any name; only references to secrets are ours in it. */
const SENT = 'body';

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

  function walk(value: unknown, within: string): unknown {
    if (Array.isArray(value)) return value.map((each) => walk(each, within));
    if (!isRecord(value)) return value;
    if (value['kind'] === 'secret') {
      const { environment, file } = value;
      if (typeof environment === 'string') variables.add(environment);
      return typeof file === 'string' ? { ...value, file: moved(file) } : value;
    }
    const files = FILES[within] ?? [];
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        files.includes(name) && typeof each === 'string'
          ? moved(each)
          : walk(each, within === SENT ? SENT : name),
      ]),
    );
  }

  const changed = checks.map((check) => ({
    ...check,
    probe: { ...check.probe, settings: walk(check.probe.settings, '') },
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
