// ninefold build: everything that follows from a workspace, written into a folder, or compared with what is there.
import { createTwoFilesPatch } from 'diff';
import {
  compareFolder,
  type FolderChange,
  ForeignFileError,
  generate,
  type GeneratorNote,
  GENERATORS,
  keepMemorySmall,
  TARGETS,
  type Targets,
  writeFolder,
} from '../../catalog/index.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { onFile } from '../file-failure.ts';
import { makeFolder } from '../output-folder.ts';
import type { Terminal } from '../terminal.ts';
import { needCatalog } from '../workspace.ts';

export interface BuildOptions {
  readonly out: string;
  readonly only?: readonly string[] | undefined;
  readonly target?: readonly string[] | undefined;
  readonly check?: true | undefined;
  readonly json?: true | undefined;
}

/** Lines of one file's difference that are shown. */
const MOST_LINES = 60;

export async function build(
  terminal: Terminal,
  folder: string,
  options: BuildOptions,
): Promise<ExitCode> {
  keepMemorySmall();
  const kinds = kindsOf(options.only);
  const targets = targetsOf(options.target ?? []);
  const catalog = await needCatalog(terminal, folder);
  const made = generate(catalog, { kinds, targets, now: Math.floor(Date.now() / 1000) });
  const changes = await onFile(
    options.out,
    options.check === true ? compareFolder(options.out, made) : write(options.out, made),
  );
  if (options.json === true)
    terminal.out(
      JSON.stringify({
        folder: options.out,
        artifacts: made.index.artifacts,
        changes: changes.map(({ path, change }) => ({ path, change })),
        notes: made.notes,
      }),
    );
  else tell(terminal, options, made, changes);
  const stale = options.check === true && changes.length > 0;
  const wrong = made.notes.some(({ severity }) => severity === 'error');
  return stale || wrong ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}

function kindsOf(only: readonly string[] | undefined): readonly string[] {
  const known = GENERATORS.map(({ kind }) => kind);
  const wanted = only?.flatMap((each) => each.split(',').map((kind) => kind.trim())) ?? known;
  const unknown = wanted.filter((kind) => !known.includes(kind));
  if (unknown.length > 0)
    throw new CommandFailure(
      'usage',
      `nothing is called ${unknown.join(', ')}`,
      `--only takes some of ${known.join(', ')}, joined by commas`,
    );
  return known.filter((kind) => wanted.includes(kind));
}

function targetsOf(given: readonly string[]): Targets {
  const targets: Record<string, string> = Object.fromEntries(
    Object.entries(TARGETS).map(([program, versions]) => [program, versions[0]]),
  );
  for (const text of given.flatMap((each) => each.split(','))) {
    const [program = '', version = ''] = text.split('=');
    const known: readonly string[] | undefined = Object.hasOwn(TARGETS, program)
      ? TARGETS[program as keyof Targets]
      : undefined;
    if (known?.includes(version) !== true)
      throw new CommandFailure(
        'usage',
        `${text} is no target`,
        `write one of ${Object.entries(TARGETS)
          .flatMap(([name, versions]) => versions.map((each) => `${name}=${each}`))
          .join(', ')}`,
      );
    targets[program] = version;
  }
  return targets as unknown as Targets;
}

async function write(
  folder: string,
  made: ReturnType<typeof generate>,
): Promise<readonly FolderChange[]> {
  await makeFolder(folder);
  try {
    return await writeFolder(folder, made);
  } catch (error) {
    if (!(error instanceof ForeignFileError)) throw error;
    throw new CommandFailure(
      'findings',
      error.message,
      'move it away, or write into another folder with --out',
      error,
    );
  }
}

function tell(
  terminal: Terminal,
  { out, check }: BuildOptions,
  made: ReturnType<typeof generate>,
  changes: readonly FolderChange[],
): void {
  for (const note of made.notes) terminal.err(noteText(terminal, note));
  const total = `${made.artifacts.length} files`;
  if (changes.length === 0) {
    terminal.out(`${out} is up to date: ${total}.`);
    return;
  }
  if (check === true) {
    for (const change of changes) terminal.out(differenceText(terminal, change));
    terminal.out(
      `${out} is stale: ${changes.length} of ${total} differ. Run the same command without --check.`,
    );
    return;
  }
  for (const { path, change } of changes) terminal.out(`${MARKS[change]} ${path}`);
  const edited = changes.filter(({ change }) => change === 'edited').length;
  if (edited > 0)
    terminal.err(`${edited} of them had been changed by hand; their generated form is back.`);
  terminal.out(`${out}: ${total}, ${changes.length} written or removed.`);
}

const MARKS: Readonly<Record<FolderChange['change'], string>> = {
  new: '+',
  changed: '~',
  edited: '~',
  obsolete: '-',
};

function noteText(terminal: Terminal, { severity, source, message }: GeneratorNote): string {
  const colour = severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim';
  return `${terminal.paintErr(colour, `${severity}:`)} ${source}: ${message}`;
}

function differenceText(terminal: Terminal, { path, before, after }: FolderChange): string {
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : path,
    after === undefined ? '/dev/null' : path,
    before ?? '',
    after ?? '',
    'in the folder',
    'generated',
    { context: 2 },
  );
  const lines = patch.split('\n').slice(1);
  const shown = lines.slice(0, MOST_LINES).map((line) => {
    if (line.startsWith('+')) return terminal.paint('green', line);
    return line.startsWith('-') ? terminal.paint('red', line) : line;
  });
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n').trimEnd();
}
