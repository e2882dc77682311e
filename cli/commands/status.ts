// ninefold status: the budgets of a running collector, most pressing first.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SloSummary, Source } from '../../collector/http/contract.ts';
import { type ApiClient, createApiClient } from '../api-client.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { percent, span } from '../figures.ts';
import { plainText } from '../plain-text.ts';
import { type Column, formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { disagrees, testimonyText } from '../testimony.ts';

const WATCH_MS = 2000;

export interface StatusOptions {
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly watch?: true | undefined;
  readonly json?: true | undefined;
}

interface Status {
  readonly slos: readonly SloSummary[];
  readonly sources: readonly Source[];
}

export async function status(terminal: Terminal, options: StatusOptions): Promise<ExitCode> {
  const client = await createApiClient(options, terminal.environment);
  if (options.watch !== true) {
    show(terminal, await read(client), options, false);
    return EXIT_CODES.ok.code;
  }
  const stopped = terminal.stopSignal();
  while (!stopped.aborted) {
    try {
      show(terminal, await read(client), options, terminal.interactive);
    } catch (error) {
      // A collector that restarts is what one watches for; a wrong token is not.
      if (!(error instanceof CommandFailure) || error.exitCode !== EXIT_CODES.unavailable.code)
        throw error;
      terminal.err(`ninefold: ${error.message}`);
    }
    await sleep(WATCH_MS, undefined, { signal: stopped }).catch(() => {});
  }
  return EXIT_CODES.ok.code;
}

async function read(client: ApiClient): Promise<Status> {
  const [slos, sources] = await Promise.all([
    client.list<SloSummary>('/slos'),
    client.get<{ items: Source[] }>('/sources'),
  ]);
  return { slos, sources: sources.items };
}

function show(terminal: Terminal, status: Status, options: StatusOptions, redraw: boolean): void {
  if (options.json === true) return terminal.out(JSON.stringify(status));
  const lines = format(terminal, status);
  const clear = redraw ? '\u001b[H\u001b[2J' : '';
  return terminal.out(`${clear}${lines.join('\n')}`);
}

function format(terminal: Terminal, { slos, sources }: Status): string[] {
  if (slos.length === 0) return ['The collector has no SLO.'];
  const sorted = slos.toSorted((a, b) => urgency(a) - urgency(b) || (a.id < b.id ? -1 : 1));
  const lines = formatTable(sorted, columns(terminal), terminal.columns);
  const troubled = sources.filter(({ state }) => state === 'failing' || state === 'stopped');
  for (const { name, state, lastError } of troubled)
    lines.push(
      '',
      terminal.paint(
        'red',
        plainText(`source ${name} is ${state}: ${lastError?.message ?? 'no reason given'}`),
      ),
    );
  for (const { id, witnesses } of sorted)
    for (const witness of witnesses.filter(disagrees))
      lines.push('', terminal.paint('yellow', plainText(`${id}: ${testimonyText(witness)}.`)));
  const grouped = slos.filter(({ groupBy }) => groupBy !== null).length;
  if (grouped > 0) lines.push('', 'Of a grouped SLO the group with the least budget is shown.');
  return lines;
}

/** Less is more pressing: firing first, then the least budget, then those without events. */
function urgency({ groups, budget }: SloSummary): number {
  if (groups.firing > 0) return -1e9 + (budget?.budgetRemaining ?? 0);
  return budget?.budgetRemaining ?? 1e9;
}

function columns(terminal: Terminal): Column<SloSummary>[] {
  return [
    {
      title: 'SLO',
      value: ({ id, groups }) => (groups.count > 1 ? `${id} (${groups.count} groups)` : id),
    },
    { title: 'OBJECTIVE', value: ({ objective }) => objective, align: 'right' },
    { title: 'WINDOW', value: ({ window }) => windowText(window) },
    { title: 'SLI', value: ({ budget }) => percent(budget?.sli ?? null), align: 'right' },
    {
      title: 'BUDGET LEFT',
      value: ({ budget }) => percent(budget?.budgetRemaining ?? null, 1),
      align: 'right',
      paint: (text, { budget }) => terminal.paint(colourOf(budget?.budgetRemaining), text),
    },
    {
      title: 'STATE',
      value: stateText,
      paint: (text, slo) => (slo.groups.firing > 0 ? terminal.paint('red', text) : text),
    },
  ];
}

function windowText(window: SloSummary['window']): string {
  return window.kind === 'rolling' ? span(window.seconds) : window.unit;
}

function colourOf(left: number | null | undefined): 'red' | 'yellow' | 'green' | 'dim' {
  if (left === null || left === undefined) return 'dim';
  return left <= 0 ? 'red' : left < 0.25 ? 'yellow' : 'green';
}

function stateText({ budget, groups }: SloSummary): string {
  if (budget === null) return 'waiting';
  const { measurement, firing, coverage } = budget;
  const alerts = firing.length > 0 ? firing.join('+').toUpperCase() : '';
  const others =
    groups.count > 1 && groups.firing > 0 ? `${groups.firing} of ${groups.count} firing` : '';
  const gaps =
    coverage < 0.95 && measurement !== 'waiting' ? `${percent(coverage, 0)} covered` : '';
  return [alerts, others, measurement, gaps].filter((part) => part !== '').join(', ');
}
