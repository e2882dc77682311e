// Runs a workspace's files in a process of its own and sends back what they export, as plain data.
import { join, sep } from 'node:path';
import { createJiti } from 'jiti';
import { didYouMean } from '../slo/nearest-name.ts';
import { frozenCopy } from '../slo/plain-data.ts';

/** What the process is told, in one message. */
export interface LoadOrder {
  readonly folder: string;
  /** Relative to the folder, in the order to load. */
  readonly files: readonly string[];
  /** Address of the module that definitions import as 'ninefold'. */
  readonly door: string;
}

/** What the process sends for each file, in order. */
export type LoadedFile =
  | { readonly file: string; readonly exports: readonly LoadedExport[] }
  | { readonly file: string; readonly error: LoadError };

/** A definition of any kind, with the name it is exported under: `checkout`, `slos[2]`. */
export interface LoadedExport {
  readonly name: string;
  readonly value: { readonly kind: string };
}

export interface LoadError {
  readonly message: string;
  /** Where in the file, when that is known. */
  readonly line?: number;
}

const KINDS = [
  'service',
  'slo',
  'check',
  'config',
  'team',
  'routing',
  'runbook',
  'dashboard',
  'telemetry',
];
const MOST_ELEMENTS = 10_000;

// A definition may send messages too; the first one is the order.
process.once('message', (order: LoadOrder) => {
  void load(order, (loaded) => process.send?.(loaded)).then(() => process.disconnect());
});

async function load(order: LoadOrder, send: (loaded: LoadedFile) => void): Promise<void> {
  const door = (await import(order.door)) as Readonly<Record<string, unknown>>;
  const jiti = createJiti(join(order.folder, 'workspace.ts'), {
    // Definitions get the running program's own functions, without transforming its files again.
    virtualModules: { ninefold: door },
    interopDefault: false,
    fsCache: false,
  });
  for (const file of order.files) {
    const path = join(order.folder, file);
    try {
      send({ file, exports: definitionsOf(await jiti.import<Record<string, unknown>>(path)) });
    } catch (error) {
      send({ file, error: describe(error, order.folder, file, Object.keys(door)) });
    }
  }
}

/** The exports that are definitions, and the definitions in exported lists. */
function definitionsOf(module: Readonly<Record<string, unknown>>): readonly LoadedExport[] {
  return Object.entries(module).flatMap(([name, value]) => {
    if (!Array.isArray(value))
      return isDefinition(value) ? [{ name, value: frozenCopy(value) }] : [];
    return value
      .slice(0, MOST_ELEMENTS)
      .flatMap((each: unknown, index) =>
        isDefinition(each) ? [{ name: `${name}[${index}]`, value: frozenCopy(each) }] : [],
      );
  });
}

function isDefinition(value: unknown): value is { readonly kind: string } {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return typeof value.kind === 'string' && KINDS.includes(value.kind);
}

/** The message without the workspace's address, and the place: the first one that parser or stack name in the workspace. */
function describe(
  error: unknown,
  folder: string,
  file: string,
  exported: readonly string[],
): LoadError {
  const { message, stack } =
    error instanceof Error ? error : { message: String(error), stack: undefined };
  const below = (text: string): string => text.replaceAll(`${folder}${sep}`, '');
  const place = /([^\s(]+\.[cm]?[jt]s):(\d+):\d+/.exec(below(`${message}\n${stack ?? ''}`));
  const named = place?.[1]?.startsWith(sep) === true ? undefined : place;
  const first = below(message.split('\n')[0] ?? '');
  const text = first
    // What a transformed import looks like when it is called.
    .replace(/\(0 , \w+\.(\w+)\)/g, '$1')
    .trim();
  const missing = /^(\w+) is not a function$/.exec(text)?.[1];
  const hint = missing === undefined ? '' : didYouMean(missing, exported);
  const elsewhere = named?.[1] !== undefined && named[1] !== file;
  return {
    message: elsewhere
      ? `${text} (in ${named[1]}, line ${named[2]})${hint}`
      : `${text}${hint === '' ? '' : `.${hint}`}`,
    ...(named === undefined || named === null || elsewhere ? {} : { line: Number(named[2]) }),
  };
}
