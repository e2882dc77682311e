// ninefold replay: runs counts from a file through the collector's own evaluation under a virtual clock.
import { parseInstant, readCountLines } from '../../collector/replay/count-lines.ts';
import { replay as run, type ReplayEvent } from '../../collector/replay/replay.ts';
import { parseDuration } from '../../slo/duration.ts';
import type { Slo } from '../../slo/slo.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { onFile } from '../file-failure.ts';
import { events, percent, rate } from '../figures.ts';
import type { Colour, Terminal } from '../terminal.ts';
import { whatIfSlo } from '../what-if.ts';
import { needCatalog } from '../workspace.ts';

export interface ReplayOptions {
  readonly counts: string;
  readonly until: string;
  readonly from?: string | undefined;
  readonly tick: string;
  readonly objective?: string | undefined;
  readonly window: string;
  readonly evidenceGate: boolean;
  readonly json?: true | undefined;
}

export async function replay(
  terminal: Terminal,
  workspace: string | undefined,
  options: ReplayOptions,
): Promise<ExitCode> {
  const until = momentOf('--until', options.until);
  const tickSeconds = parseDuration(options.tick);
  if (tickSeconds === undefined)
    throw new CommandFailure(
      'usage',
      `--tick ${options.tick} is not a duration`,
      'write it like 1s',
    );
  const slos = await slosOf(terminal, workspace, options);
  const { lines, mistakes } = await onFile(
    options.counts,
    readCountLines(options.counts, new Set(slos.map(({ id }) => id))),
  );
  for (const mistake of mistakes) terminal.err(mistake.message);
  if (mistakes.length > 0)
    throw new CommandFailure(
      'badData',
      `${options.counts} has lines that cannot be used`,
      'correct the lines named above',
    );
  const first = lines[0];
  if (first === undefined)
    throw new CommandFailure(
      'badData',
      `${options.counts} holds no counts`,
      'write {"time", "seconds", "total", "bad"} lines into it',
    );
  const from = options.from === undefined ? first.start : momentOf('--from', options.from);
  if (from > until)
    throw new CommandFailure(
      'usage',
      `the replay starts after its end, ${options.until}`,
      'choose a later --until',
    );
  const progress = terminal.progress();
  const show =
    options.json === true || !terminal.interactive ? JSON.stringify : sentenceOf(terminal);
  await run({
    slos,
    lines,
    from,
    until,
    tickSeconds,
    emit(event) {
      progress.end();
      terminal.out(show(event));
    },
    progress: (done, total) => progress.report('ticks', done, total),
    signal: terminal.stopSignal(),
  });
  progress.end();
  return EXIT_CODES.ok.code;
}

function momentOf(option: string, text: string): number {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  throw new CommandFailure(
    'usage',
    `${option} ${text} is not RFC 3339 on a whole second`,
    'write it like 2026-01-31T00:00:00Z',
  );
}

async function slosOf(
  terminal: Terminal,
  workspace: string | undefined,
  { objective, window, evidenceGate }: ReplayOptions,
): Promise<readonly Slo[]> {
  if (workspace !== undefined && objective !== undefined)
    throw new CommandFailure(
      'usage',
      'a workspace and --objective exclude each other',
      'leave one of them out',
    );
  if (workspace !== undefined) return (await needCatalog(terminal, workspace)).slos;
  if (objective !== undefined) return [whatIfSlo({ objective, window, evidenceGate })];
  throw new CommandFailure(
    'usage',
    'replay needs a workspace or an --objective',
    'write `ninefold replay WORKSPACE …` or `--objective 99.9%`',
  );
}

/** A line for people, for each kind of event. */
function sentenceOf(terminal: Terminal): (event: ReplayEvent) => string {
  const line = (colour: Colour, { time, slo, labels }: ReplayEvent, text: string): string => {
    const group = labels === undefined ? '' : ` ${JSON.stringify(labels)}`;
    return `${time}  ${slo}${group}  ${terminal.paint(colour, text)}`;
  };
  return (event) => {
    switch (event.type) {
      case 'condition':
        return line(
          'dim',
          event,
          `${event.severity} condition ${event.longWindow}/${event.shortWindow} above ${rate(event.burnRate)} is ${event.state}`,
        );
      case 'alert':
        return line(
          event.state === 'firing' ? 'red' : 'green',
          event,
          `${event.severity} ${event.state}`,
        );
      case 'data':
        return line(
          'yellow',
          event,
          event.state === 'missing' ? 'the SLI is no longer measured' : 'the SLI is measured again',
        );
      case 'budget':
        return line(
          'bold',
          event,
          `${events(event.bad)} of ${events(event.total)} bad, SLI ${percent(event.sli)}, budget left ${percent(event.budgetRemaining, 1)}, ${percent(event.coverage, 1)} measured`,
        );
    }
  };
}
